"""A Twilio on loopback for the blast: answers every message after 50 ms, and remembers when what arrived for whom."""

from __future__ import annotations

import asyncio
import time
from collections import Counter, defaultdict
from collections.abc import Iterable
from email.utils import formatdate

from aiohttp import web

from benchmarks.server import ACCOUNT

ANSWER_SECONDS = 0.05
MESSAGES = f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"


class Arrivals:
    """What reached the server, by phone, and what it answers about that; times are `time.monotonic()`'s."""

    def __init__(self) -> None:
        self._by_phone: dict[str, list[tuple[float, str, str]]] = defaultdict(list)
        self._count = 0

    def routes(self) -> list[web.RouteDef]:
        """Give Twilio's addresses, and our own questions."""
        return [
            web.post(MESSAGES, self._create),
            web.get(MESSAGES, self._list),
            web.get("/count", self._give_count),
            web.get("/heard", self._give_heard),
            web.get("/tally", self._give_tally),
        ]

    async def _create(self, request: web.Request) -> web.Response:
        form = await request.post()
        phone, body = str(form["To"]), str(form["Body"])
        self._count += 1
        message = (time.monotonic(), f"SM{self._count:032x}", body)
        self._by_phone[phone].append(message)
        await asyncio.sleep(ANSWER_SECONDS)
        return _answer(_resource(phone, message), 201)

    async def _list(self, request: web.Request) -> web.Response:
        """List what went to a phone, as the service asks now and then to learn how late such lists are."""
        phone = request.query.get("To", "")
        rows = [_resource(phone, message) for message in self._by_phone.get(phone, ())]
        return _answer({"messages": rows[::-1], "next_page_uri": None})

    async def _give_count(self, _request: web.Request) -> web.Response:
        return web.json_response(self._count)

    async def _give_heard(self, request: web.Request) -> web.Response:
        phone = request.query["phone"]
        return web.json_response([(at, body) for at, _sid, body in self._by_phone.get(phone, ())])

    async def _give_tally(self, request: web.Request) -> web.Response:
        """Say how many phones got so many messages that begin so, and when the first and the last came."""
        beginning = request.query["beginning"]
        times = [[at for at, _sid, body in all_ if body.startswith(beginning)] for all_ in self._by_phone.values()]
        return web.json_response({"phones": Counter(map(len, times)), "span": _span(times)})


def _span(times: Iterable[list[float]]) -> tuple[float, float]:
    flat = sorted(at for some in times for at in some)
    return (flat[0], flat[-1]) if flat else (0.0, 0.0)


def _resource(phone: str, message: tuple[float, str, str]) -> dict[str, object]:
    _at, sid, body = message
    return {
        "sid": sid,
        "account_sid": ACCOUNT,
        "to": phone,
        "body": body,
        "status": "queued",
        "direction": "outbound-api",
        "num_media": "0",
        "num_segments": "1",
        "error_code": None,
        "error_message": None,
        "date_created": formatdate(usegmt=True),
        "api_version": "2010-04-01",
        "uri": MESSAGES.replace("Messages", f"Messages/{sid}"),
    }


def _answer(content: object, status: int = 200) -> web.Response:
    return web.json_response(content, status=status, headers={"Date": formatdate(usegmt=True)})


async def serve() -> None:
    """Serve until the process is ended; prints the port."""
    app = web.Application()
    app.add_routes(Arrivals().routes())
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, backlog=1024).start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve())

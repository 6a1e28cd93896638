"""People who text while a blast runs, and how long each waited for the answer."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from itertools import count

from benchmarks.load import inbound
from benchmarks.town import KEYWORD

EVERY_SECONDS = 0.2
GROUP, STEPS = 5, 3
"""Five phones take turns, so that nobody texts again before the answer; each has three things to say."""


async def post(port: int, phone: str, text: str, sid: str) -> None:
    """Hand a text to the service as Twilio does; raises `ConnectionError` unless it is taken."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(inbound(phone, text, sid))
    status = await reader.readline()
    writer.close()
    if b" 200 " not in status:
        raise ConnectionError(f"the service answered {status!r}")


class Phones:
    """Texts one thing every 200 ms until stopped; the answers are counted by phone, in their order."""

    def __init__(self, port: int, run: int) -> None:
        self._port = port
        self._run = run
        self._posts: set[asyncio.Task[None]] = set()
        self.posted_at: dict[str, list[float]] = defaultdict(list)
        """By phone: when each text was handed over, by `time.monotonic()`."""

    async def text(self) -> None:
        """Go on texting; to be cancelled."""
        started = time.monotonic()
        for turn in count():
            await asyncio.sleep(max(0.0, started + turn * EVERY_SECONDS - time.monotonic()))
            phone, text = self._next(turn)
            self.posted_at[phone].append(time.monotonic())
            task = asyncio.create_task(post(self._port, phone, text, f"SM{self._run:08d}{turn:024d}"))
            self._posts.add(task)

    async def finish(self) -> None:
        """Wait for the answers of the webhook; raises `ConnectionError` where one was refused."""
        await asyncio.gather(*self._posts)

    def _next(self, turn: int) -> tuple[str, str]:
        """One of five asks for help each time, the others take the survey."""
        block, place = divmod(turn, GROUP * STEPS)
        step, member = divmod(place, GROUP)
        texts = ("HELP",) * STEPS if member == 0 else (KEYWORD, "For the noise of it", "Since we met")
        return f"+1555{self._run}{block * GROUP + member:06d}", texts[step]


def quantile_ms(waits: list[float], share: float) -> float:
    """Give the wait that this share of them stays within, in milliseconds."""
    ordered = sorted(waits)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1_000

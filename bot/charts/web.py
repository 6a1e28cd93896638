"""Charts over HTTP: `/charts/<token>.png`."""

from __future__ import annotations

import asyncio
import sys
from collections import OrderedDict
from collections.abc import Sequence
from importlib.util import find_spec

import orjson
import structlog
from aiohttp import web

from bot.charts.link import Wanted, check, sign
from bot.clock import Clock
from bot.house import House
from flows.errors import NotFound
from flows.surveys.results import QuestionResult, add_up
from flows.values import Key
from storage.database import Database
from storage.results import read_results

log = structlog.get_logger(__name__)
DRAW_SECONDS = 20.0
KEPT = 8
"""Pictures that are kept for a moment: providers fetch one several times."""
KEPT_SECONDS = 30.0
MOST_QUESTIONS = 10
TOKEN_LENGTH = 60
"""Characters at most; 39 bytes are 52."""


class Charts:
    """Makes links, and draws what is asked for by one; one picture at a time."""

    def __init__(self, database: Database, house: House, clock: Clock, public_url: str, secret: bytes) -> None:
        self._database = database
        self._house = house
        self._clock = clock
        self._public_url = public_url
        self._secret = secret
        self._one_at_a_time = asyncio.Lock()
        self._kept: OrderedDict[Wanted, tuple[float, bytes]] = OrderedDict()

    def url(self, flow_id: Key, language: str, now_at: int) -> str | None:
        """Link to the chart of a survey; None where matplotlib is not installed (`rollcall-bot[charts]`)."""
        if find_spec("matplotlib") is None:
            return None
        return f"{self._public_url}/charts/{sign(Wanted(flow_id, language), now_at, self._secret)}.png"

    def routes(self) -> Sequence[web.RouteDef]:
        """Give the address."""
        return (web.get(rf"/charts/{{token:[\w-]{{20,{TOKEN_LENGTH}}}}}.png", self.chart),)

    async def chart(self, request: web.Request) -> web.Response:
        """Give a picture; 404 for a link that is not ours or has expired."""
        wanted = check(request.match_info["token"], self._clock(), self._secret)
        async with self._one_at_a_time:
            picture = self._remembered(wanted) or await self._drawn(wanted)
        headers = {"Cache-Control": "private, max-age=60", "X-Content-Type-Options": "nosniff"}
        return web.Response(body=picture, content_type="image/png", headers=headers)

    def _remembered(self, wanted: Wanted) -> bytes | None:
        drawn_seconds, picture = self._kept.get(wanted, (0.0, b""))
        return picture if picture and self._seconds() - drawn_seconds < KEPT_SECONDS else None

    async def _drawn(self, wanted: Wanted) -> bytes:
        survey = next((one for one in self._house.catalogue.surveys.values() if one.flow_id == wanted.flow_id), None)
        if survey is None:
            raise NotFound("This survey is gone.")
        async with self._database.read() as connection:
            given = await read_results(connection, wanted.flow_id)
        results = add_up(survey.survey, given, wanted.language, self._house.workspace.language)
        picture = await _draw(document_of(survey.survey.name, results))
        self._kept[wanted] = (self._seconds(), picture)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return picture

    def _seconds(self) -> float:
        return asyncio.get_running_loop().time()


def document_of(name: str, results: Sequence[QuestionResult]) -> dict[str, object]:
    """Say what is drawn: every question whose answers are few and repeat, with its bars."""
    shown = [one for one in results if one.is_countable and one.answered_count][:MOST_QUESTIONS]
    most = max((one.answered_count for one in results), default=0)
    return {
        "title": name,
        "note": f"n = {most}",
        "questions": [
            {"text": one.text, "note": _note(one), "whole": one.answered_count, "bars": list(one.counts)}
            for one in shown
        ],
    }


def _note(result: QuestionResult) -> str:
    average = f"ø {result.average:.1f}   " if result.average is not None else ""
    return f"{average}n = {result.answered_count}"


async def _draw(document: dict[str, object]) -> bytes:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot.charts.drawing"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(DRAW_SECONDS):
            picture, problems = await process.communicate(orjson.dumps(document))
    except TimeoutError:
        process.kill()
        await process.wait()
        picture, problems = b"", b"timeout"
    if not picture:
        log.error("no_chart", problem=problems.decode(errors="replace")[-500:])
        raise NotFound("The chart could not be drawn.")
    return picture

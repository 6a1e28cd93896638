"""One way to run work again and again: an error costs a round, never the loop."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from time import monotonic

import structlog

from bot.metrics import LOOP_FAILURES
from flows.errors import StorageError

log = structlog.get_logger(__name__)
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.5, 5.0
"""How long a loop waits after a failed round: twice as long each time, up to the bound."""
MOST_FAILURES = 10
"""After so many failed rounds in a row a loop is in trouble."""
LATE_SECONDS = 60.0
"""A loop that has not begun a round for so long is in trouble."""
WAITING_SECONDS = 600.0
"""The same for rounds that wait for a provider."""
SHORT_REST_SECONDS = 30.0
"""Loops that rest longer than this between rounds are late that much later."""
Round = Callable[[], Awaitable[object]]
"""One round of work; a true result asks for the next round at once."""


class Loop:
    """Runs rounds until it is stopped; a round that fails is logged, counted and tried again after a pause.

    Between rounds it rests, unless `wake` is set. `is_cut_short` says that a stop need not wait for the round that is
    under way; `rests_first` that the first round begins after a rest.
    """

    def __init__(
        self,
        name: str,
        work: Round,
        rest_seconds: float,
        *,
        is_cut_short: bool = False,
        rests_first: bool = False,
        late_seconds: float = LATE_SECONDS,
    ) -> None:
        self.name = name
        self.tick_seconds: float | None = None
        """How often the ticker wakes it; None: it is never woken for the time alone."""
        self.work = work
        self.wake = asyncio.Event()
        self.round_count = 0
        self.failure_count = 0
        """Failed rounds in a row."""
        self._rest_seconds = rest_seconds
        self._is_cut_short = is_cut_short
        self._rests_first = rests_first
        self._late_seconds = late_seconds
        self._begun_seconds: float | None = None
        self._problem = ""
        self._stop = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._restart: asyncio.TimerHandle | None = None

    @property
    def is_stopping(self) -> bool:
        """Whether the loop was told to stop."""
        return self._stop.is_set()

    @property
    def age_seconds(self) -> float:
        """Seconds since the last round began, 0 before the start and after the stop."""
        return 0.0 if self._begun_seconds is None or self.is_stopping else monotonic() - self._begun_seconds

    @property
    def trouble(self) -> str | None:
        """Return why the loop does not do its work, None where it does."""
        if self.is_stopping:
            return None
        if self.failure_count >= MOST_FAILURES:
            return f"failed {self.failure_count} times in a row: {self._problem}"
        between_seconds = self.tick_seconds or self._rest_seconds
        late_seconds = self._late_seconds + (between_seconds if between_seconds > SHORT_REST_SECONDS else 0.0)
        age_seconds = self.age_seconds
        return f"no round for {age_seconds:.0f} s" if age_seconds > late_seconds else None

    def start(self) -> None:
        """Begin, unless the loop runs already."""
        if self._task is None and not self.is_stopping:
            self._begun_seconds = monotonic()
            self._begin()

    async def stop(self) -> None:
        """End after the round that is under way, or in its midst where it may be cut short."""
        self._stop.set()
        self.wake.set()
        if self._restart is not None:
            self._restart.cancel()
        if self._task is not None:
            if self._is_cut_short:
                self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def beat(self) -> None:
        """Note that a long round goes on: one of its steps begins."""
        self._begun_seconds = monotonic()

    def succeed(self) -> None:
        """Note that a round which hardly ever ends does its work: the failures before it are over."""
        self.failure_count = 0
        self.beat()

    def _begin(self) -> None:
        self._restart = None
        self._task = asyncio.create_task(self._run(), name=f"loop {self.name}")
        self._task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        """Begin again where something else than `stop` ended the task."""
        if self.is_stopping:
            return
        error = None if task.cancelled() else task.exception()
        pause_seconds = self._failed(error or asyncio.CancelledError())
        self._restart = task.get_loop().call_later(pause_seconds, self._begin)

    async def _run(self) -> None:
        if self._rests_first:
            self._rests_first = False
            await self._wait(self.wake, self._rest_seconds)
        while not self.is_stopping:
            self.wake.clear()
            self.round_count += 1
            self.beat()
            try:
                is_busy = await self.work()
            except Exception as error:  # whatever it was: the next round may do better
                await self._wait(self._stop, self._failed(error))
                continue
            self.failure_count = 0
            await self._wait(self.wake, 0.0 if is_busy else self._rest_seconds)

    @staticmethod
    async def _wait(event: asyncio.Event, seconds: float) -> None:
        if seconds <= 0.0:
            await asyncio.sleep(0)
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await event.wait()

    def _failed(self, error: BaseException) -> float:
        """Note a failure; gives how many seconds to wait before the next round."""
        self.failure_count += 1
        is_ours = isinstance(error, StorageError)
        self._problem = error.message if isinstance(error, StorageError) else type(error).__name__
        LOOP_FAILURES.labels(self.name).inc()
        if is_ours:
            log.warning("loop_failed", loop=self.name, failures=self.failure_count, problem=self._problem)
        else:
            log.error("loop_failed", loop=self.name, failures=self.failure_count, kind=self._problem, exc_info=error)
        return min(FIRST_PAUSE_SECONDS * 2.0 ** min(self.failure_count - 1, 10), LONGEST_PAUSE_SECONDS)


def every(seconds: float, name: str, work: Round, *, at_once: bool = False, waits: bool = False) -> Loop:
    """Make the loop of work that is due at every tick and cut short by a stop; the first time after one, or at once.

    Where no tick comes it begins by itself after twice the time.

    A round that `waits` for a provider, page after page, may take ten minutes.
    """

    async def tick() -> None:
        await work()  # its result counts things; it does not ask for another round

    late_seconds = WAITING_SECONDS if waits else LATE_SECONDS
    loop = Loop(name, tick, 2 * seconds, is_cut_short=True, rests_first=not at_once, late_seconds=late_seconds)
    loop.tick_seconds = seconds
    return loop

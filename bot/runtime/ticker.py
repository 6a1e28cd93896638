"""The ticks: APScheduler wakes the loops whose work is due at intervals.

It does nothing else and keeps nothing: what is due stands in the database, so a tick that is missed loses nothing.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.runtime.loop import Loop


class Ticker:
    """Wakes loops, each at its own interval."""

    def __init__(self) -> None:
        self._scheduler = AsyncIOScheduler(timezone="UTC")

    def start(self, loops: Iterable[Loop]) -> None:
        """Begin to tick for the loops that are due at intervals."""
        for loop in loops:
            if loop.tick_seconds is not None:
                self._scheduler.add_job(_waker(loop), "interval", seconds=loop.tick_seconds, coalesce=True)
        self._scheduler.start()

    def stop(self) -> None:
        """Tick no more."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)


def _waker(loop: Loop) -> Callable[[], Awaitable[None]]:
    async def wake() -> None:  # a coroutine: APScheduler runs plain functions in a thread, where events must not be set
        loop.wake.set()

    return wake

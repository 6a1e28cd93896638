"""The files that operators attach: fetched and read beside the other commands, a few at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")
MOST_AT_ONCE = 2
"""Files that are read at the same time; the others wait for their turn."""


class Interrupted(Exception):
    """The service stops before the file is read."""


class FileReader:
    """Runs the reading of files; `stop` ends what is under way."""

    def __init__(self, most_at_once: int = MOST_AT_ONCE) -> None:
        self._places = asyncio.Semaphore(most_at_once)
        self._tasks: set[asyncio.Task[object]] = set()
        self._is_stopping = False

    async def run(self, work: Callable[[], Awaitable[T]]) -> T:
        """Fetch and read a file when there is a place; raises `Interrupted` when the service stops meanwhile."""
        if self._is_stopping:
            raise Interrupted
        task = asyncio.create_task(self._in_turn(work), name="contact file")
        self._tasks.add(task)
        try:
            return await task
        except asyncio.CancelledError:
            task.cancel()
            if self._is_stopping:
                raise Interrupted from None
            raise
        finally:
            self._tasks.discard(task)

    async def stop(self) -> None:
        """End what is under way, and begin nothing more."""
        self._is_stopping = True
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _in_turn(self, work: Callable[[], Awaitable[T]]) -> T:
        async with self._places:
            return await work()

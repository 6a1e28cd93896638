"""Everything that waits is one batch: callers wait for their own result, the work is done together."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from bot.runtime.loop import Loop
from flows.errors import StorageError

T = TypeVar("T")
R = TypeVar("R")
BATCH_SIZE = 256
IDLE_SECONDS = 10.0
"""How often a batcher without items shows that it lives."""


class Overloaded(StorageError):
    """Too much is waiting already: nothing was stored, try again."""

    code = "overloaded"


class Batcher(Generic[T, R]):
    """Collects items and works them off in batches, one batch at a time, in the order they came."""

    def __init__(
        self, work: Callable[[Sequence[T]], Awaitable[Sequence[R | Exception]]], *, limit: int, name: str = "batcher"
    ) -> None:
        self._work = work
        self._limit = limit
        self._waiting: deque[tuple[T, asyncio.Future[R]]] = deque()
        self._stopping = False
        self.loop = Loop(name, self._round, IDLE_SECONDS)

    @property
    def waiting_count(self) -> int:
        """How many items wait for their batch."""
        return len(self._waiting)

    def start(self) -> None:
        """Begin to work."""
        self.loop.start()

    async def stop(self) -> None:
        """Take nothing more, finish what waits, and end."""
        self._stopping = True
        await self.loop.stop()
        while await self._round():
            pass

    def put(self, item: T) -> asyncio.Future[R]:
        """Add an item and give the future of its result; raises `Overloaded` past the limit or while stopping."""
        if self._stopping or len(self._waiting) >= self._limit:
            raise Overloaded
        future: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, future))
        self.loop.wake.set()
        return future

    async def _round(self) -> bool:
        batch = [self._waiting.popleft() for _ in range(min(BATCH_SIZE, len(self._waiting)))]
        if batch:
            await self._work_off(batch)
        return bool(self._waiting)

    async def _work_off(self, batch: Sequence[tuple[T, asyncio.Future[R]]]) -> None:
        try:
            results: Sequence[R | Exception] = await self._work([item for item, _future in batch])
        except asyncio.CancelledError:  # killed in its midst: nobody may wait for ever
            for _item, future in batch:
                if not future.done():
                    future.set_exception(StorageError("The work was broken off: try again."))
            raise
        except Exception as error:  # a worker loop lives on; each caller learns what happened
            results = [error] * len(batch)
        for (_item, future), result in zip(batch, results, strict=True):
            if future.done():
                continue
            if isinstance(result, Exception):
                future.set_exception(result)
            else:
                future.set_result(result)

"""Everything that waits is one batch: callers wait for their own result, the work is done together."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from flows.errors import StorageError

T = TypeVar("T")
R = TypeVar("R")
BATCH_SIZE = 256


class Overloaded(StorageError):
    """Too much is waiting already: nothing was stored, try again."""

    code = "overloaded"


class Batcher(Generic[T, R]):
    """Collects items and works them off in batches, one batch at a time, in the order they came."""

    def __init__(self, work: Callable[[Sequence[T]], Awaitable[Sequence[R | Exception]]], *, limit: int) -> None:
        self._work = work
        self._limit = limit
        self._waiting: deque[tuple[T, asyncio.Future[R]]] = deque()
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._stopping = False

    @property
    def waiting_count(self) -> int:
        """How many items wait for their batch."""
        return len(self._waiting)

    def start(self) -> None:
        """Begin to work."""
        self._task = asyncio.create_task(self._run(), name="batcher")

    async def stop(self) -> None:
        """Take nothing more, finish what waits, and end."""
        self._stopping = True
        self._wake.set()
        if self._task is not None:
            await self._task

    def put(self, item: T) -> asyncio.Future[R]:
        """Add an item and give the future of its result; raises `Overloaded` past the limit or while stopping."""
        if self._stopping or len(self._waiting) >= self._limit:
            raise Overloaded
        future: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, future))
        self._wake.set()
        return future

    async def _run(self) -> None:
        while True:
            if not self._waiting:
                if self._stopping:
                    return
                self._wake.clear()
                await self._wake.wait()
                continue
            batch = [self._waiting.popleft() for _ in range(min(BATCH_SIZE, len(self._waiting)))]
            await self._work_off(batch)

    async def _work_off(self, batch: Sequence[tuple[T, asyncio.Future[R]]]) -> None:
        try:
            results: Sequence[R | Exception] = await self._work([item for item, _future in batch])
        except Exception as error:  # a worker loop lives on; each caller learns what happened
            results = [error] * len(batch)
        for (_item, future), result in zip(batch, results, strict=True):
            if future.done():
                continue
            if isinstance(result, Exception):
                future.set_exception(result)
            else:
                future.set_result(result)

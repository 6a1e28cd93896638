"""Everything that waits is one batch."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from bot.batcher import BATCH_SIZE, Batcher, Overloaded
from flows.errors import StorageError


class Work:
    """Doubles numbers; waits at the gate; a negative number fails alone, 1313 fails its whole batch."""

    def __init__(self) -> None:
        self.gate = asyncio.Event()
        self.batches: list[list[int]] = []

    async def __call__(self, items: Sequence[int]) -> Sequence[int | Exception]:
        """Work a batch off."""
        self.batches.append(list(items))
        await self.gate.wait()
        if 1313 in items:
            raise ValueError("thirteen")
        return [ValueError("negative") if item < 0 else item * 2 for item in items]


async def test_what_waits_is_one_batch_in_order() -> None:
    """While the first batch works, everything that comes is collected for the second."""
    work = Work()
    batcher = Batcher(work, limit=1_000)
    batcher.start()
    first = batcher.put(0)
    await asyncio.sleep(0)
    others = [batcher.put(number) for number in range(1, BATCH_SIZE + 2)]
    work.gate.set()
    assert await first == 0
    assert await asyncio.gather(*others) == [number * 2 for number in range(1, BATCH_SIZE + 2)]
    assert [len(batch) for batch in work.batches] == [1, BATCH_SIZE, 1]
    await batcher.stop()


async def test_an_item_fails_alone_and_a_batch_fails_together() -> None:
    """A failed result reaches its own caller only; work that raises reaches every caller of its batch, and goes on."""
    work = Work()
    work.gate.set()
    batcher = Batcher(work, limit=10)
    batcher.start()
    results = await asyncio.gather(batcher.put(1), batcher.put(-1), return_exceptions=True)
    assert results[0] == 2
    assert isinstance(results[1], ValueError)
    assert all(
        isinstance(r, ValueError)
        for r in await asyncio.gather(batcher.put(1313), batcher.put(2), return_exceptions=True)
    )
    assert await batcher.put(3) == 6
    await batcher.stop()


async def test_past_its_bound_it_refuses() -> None:
    """More than the limit waiting is refused at once; so is everything after stop, which finishes what waits."""
    work = Work()
    batcher = Batcher(work, limit=2)
    waiting = [batcher.put(1), batcher.put(2)]
    assert batcher.waiting_count == 2
    with pytest.raises(Overloaded):
        batcher.put(3)
    batcher.start()
    work.gate.set()
    await batcher.stop()
    assert [future.result() for future in waiting] == [2, 4]
    with pytest.raises(Overloaded):
        batcher.put(4)


async def test_a_caller_that_went_away_is_passed_over() -> None:
    """A cancelled caller does not disturb the others of its batch."""
    work = Work()
    batcher = Batcher(work, limit=10)
    gone, stays = batcher.put(1), batcher.put(2)
    gone.cancel()
    batcher.start()
    work.gate.set()
    assert await stays == 4
    await batcher.stop()


async def test_work_that_is_broken_off() -> None:
    """Whoever waits for a batch whose task is killed hears it at once instead of waiting for ever."""
    work = Work()
    batcher = Batcher(work, limit=10, name="broken off")
    gone, waiting = batcher.put(1), batcher.put(2)
    batcher.start()
    await asyncio.sleep(0.01)
    gone.cancel()
    later = batcher.put(3)
    next(task for task in asyncio.all_tasks() if task.get_name() == "loop broken off").cancel()
    with pytest.raises(StorageError, match="broken off"):
        await waiting
    work.gate.set()
    assert await later == 6
    await batcher.stop()

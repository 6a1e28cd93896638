"""A loop lives through whatever its rounds do, and the watch says when it does not work."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from structlog.testing import capture_logs

from bot.metrics import LOOP_FAILURES
from bot.runtime.loop import MOST_FAILURES, Loop, every
from bot.runtime.watch import LoopWatch
from flows.errors import StorageError


class Work:
    """Counts its rounds, and raises or hangs when it is told to."""

    def __init__(self) -> None:
        self.round_count = 0
        self.error: Exception | None = None
        self.gate = asyncio.Event()
        self.gate.set()

    async def __call__(self) -> bool:
        """Take a round."""
        self.round_count += 1
        await self.gate.wait()
        if self.error is not None:
            raise self.error
        return False


async def until(holds: Callable[[], object]) -> None:
    """Wait until something holds."""
    async with asyncio.timeout(8):
        while not holds():  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.01)


def failures(name: str) -> float:
    """Read the metric of a loop's failures."""
    return float(LOOP_FAILURES.labels(name)._value.get())


def task_of(name: str) -> asyncio.Task[object]:
    """Find the task of a loop by the loop's name."""
    return next(task for task in asyncio.all_tasks() if task.get_name() == f"loop {name}")


def quiet(_troubles: Mapping[str, str]) -> Awaitable[None]:
    """Tell nobody."""
    return asyncio.sleep(0)


async def test_an_unexpected_error_costs_a_round() -> None:
    """A KeyError ended a worker's task for good before; now it is logged with the name, counted and tried again."""
    work = Work()
    loop, before = Loop("made up", work, 0.01), failures("made up")
    work.error = KeyError("Mars/Olympus")
    with capture_logs() as logs:
        loop.start()
        await until(lambda: loop.failure_count == 1)
        work.error = None
        await until(lambda: work.round_count > 3)
    assert loop.failure_count == 0
    assert failures("made up") == before + 1
    said = [(line["event"], line["loop"], line["kind"]) for line in logs]
    assert said == [("loop_failed", "made up", "KeyError")]
    await loop.stop()


async def test_a_killed_task_begins_again() -> None:
    """Whoever cancels the task of a loop from outside ends a round, not the loop."""
    work = Work()
    loop = Loop("killed", work, 0.01)
    loop.start()
    loop.start()
    await until(lambda: work.round_count)
    with capture_logs():
        task_of("killed").cancel()
        await until(lambda: loop.failure_count == 1)
        done_count = work.round_count
        await until(lambda: work.round_count > done_count)
    await loop.stop()
    task_count = sum(task.get_name() == "loop killed" for task in asyncio.all_tasks())
    assert task_count == 0


async def test_a_stop_while_it_would_begin_again() -> None:
    """A loop that was killed and then stopped does not come back."""
    work = Work()
    loop = Loop("gone", work, 0.01)
    loop.start()
    await until(lambda: work.round_count)
    with capture_logs():
        task_of("gone").cancel()
        await until(lambda: loop.failure_count == 1)
    await loop.stop()
    round_count = work.round_count
    await asyncio.sleep(0.7)
    assert work.round_count == round_count


async def test_a_stop_waits_for_the_round_or_cuts_it_short() -> None:
    """A round under way is finished; one of a loop that may be cut short is not waited for."""
    for is_cut_short in (False, True):
        work = Work()
        loop = Loop("stopped", work, 60, is_cut_short=is_cut_short)
        work.gate.clear()
        loop.start()
        await until(lambda: work.round_count)  # noqa: B023 - used before the next
        stopping = asyncio.create_task(loop.stop())
        await asyncio.sleep(0.05)
        assert stopping.done() is is_cut_short
        work.gate.set()
        async with asyncio.timeout(2):
            await stopping
        assert loop.trouble is None


async def test_work_at_intervals_begins_after_one() -> None:
    """A tick rests first, and what its work returns does not ask for another round at once."""
    work = Work()
    work.gate.set()

    async def count() -> int:
        await work()
        return 5

    tick = every(0.1, "tick", count)
    tick.start()
    await asyncio.sleep(0.05)
    assert work.round_count == 0
    await asyncio.sleep(0.2)
    assert 1 <= work.round_count <= 3
    await tick.stop()


async def test_ten_failures_in_a_row_are_told_once() -> None:
    """The watch names the loop and the reason, tells the admins once, and tries again while they cannot be told."""
    told: list[Mapping[str, str]] = []
    is_away = True

    async def tell(troubles: Mapping[str, str]) -> None:
        if is_away:
            raise StorageError("The database does not answer.")
        told.append(dict(troubles))

    work = Work()
    loop = Loop("commands", work, 0.01)
    watch = LoopWatch(lambda: (loop,), tell)
    work.error = StorageError("The database is read-only.")
    with capture_logs():
        for _round in range(MOST_FAILURES):
            assert watch.troubles() == {}
            loop._failed(work.error)
        await watch.look()
        is_away = False
        await watch.look()
        await watch.look()
    trouble = {"commands": "failed 10 times in a row: The database is read-only."}
    assert watch.troubles() == trouble
    assert told == [trouble]
    work.error = None
    loop.start()
    await until(lambda: watch.troubles() == {})
    await watch.look()
    watch.measure()
    assert len(told) == 1
    await loop.stop()


async def test_a_round_that_hangs_is_trouble() -> None:
    """A loop that has not begun a round for its bound is in trouble, unless a long round shows that it goes on."""
    work = Work()
    work.gate.clear()
    loop = Loop("hung", work, 0.01, late_seconds=0.2)
    watch = LoopWatch(lambda: (loop,), quiet)
    assert watch.troubles() == {}
    loop.start()
    await until(watch.troubles)
    assert "no round for" in watch.troubles()["hung"]
    loop.beat()
    assert watch.troubles() == {}
    work.gate.set()
    await loop.stop()

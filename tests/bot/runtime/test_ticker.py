"""APScheduler ticks; a loop that it does not reach goes on by itself."""

from __future__ import annotations

import asyncio
from time import monotonic

from bot.runtime.loop import Loop, every
from bot.runtime.ticker import Ticker


async def _rounds(loop: Loop, count: int) -> float:
    """Return how many seconds so many rounds of a loop take, from its start."""
    begun = monotonic()
    loop.start()
    async with asyncio.timeout(10):
        while loop.round_count < count:  # noqa: ASYNC110 - rounds are counted, not announced
            await asyncio.sleep(0.01)
    await loop.stop()
    return monotonic() - begun


async def _nothing() -> None:
    """Do no work."""


async def test_a_tick_wakes_the_loop() -> None:
    """A loop rests twice as long as the interval; APScheduler wakes it at every interval."""
    loop = every(0.2, "tick", _nothing)
    ticker = Ticker()
    ticker.start((loop,))
    assert await _rounds(loop, 4) < 4 * 0.4
    ticker.stop()


async def test_without_a_tick_it_goes_on() -> None:
    """Should the ticks ever end, work that is due still begins, at half the pace."""
    assert await _rounds(every(0.1, "tick", _nothing), 3) >= 3 * 0.2


async def test_stopping_twice_does_no_harm() -> None:
    """A ticker that never started, or has stopped, can be stopped."""
    ticker = Ticker()
    ticker.stop()
    ticker.start(())
    ticker.stop()
    ticker.stop()

"""The watch over the loops: who is in trouble, and that the admins hear of it once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from time import monotonic

import structlog

from bot.metrics import LOOP_AGE, LOOP_FAILING, LOOPS_IN_TROUBLE
from bot.runtime.loop import Loop
from flows.errors import StorageError

log = structlog.get_logger(__name__)
LOOK_SECONDS = 5.0
TELL_AGAIN_SECONDS = 3_600.0
"""A loop that recovers and falls into trouble again is news once an hour at most."""
Troubles = Mapping[str, str]
"""Why loops do not do their work, by their names."""


class LoopWatch:
    """Looks after the loops of one process; itself one of them."""

    def __init__(self, loops: Callable[[], Sequence[Loop]], tell: Callable[[Troubles], Awaitable[None]]) -> None:
        self._loops = loops
        self._tell = tell
        self._told: dict[str, float] = {}
        """When the admins were told of a loop."""
        self.loop = Loop("watch", self.look, LOOK_SECONDS, is_cut_short=True)

    def troubles(self) -> dict[str, str]:
        """Name the loops that do not do their work, and say why."""
        return {loop.name: trouble for loop in (*self._loops(), self.loop) if (trouble := loop.trouble) is not None}

    async def look(self) -> None:
        """Tell the admins of loops that came into trouble, once; they hear it when the database takes it."""
        troubles, now_seconds = self.troubles(), monotonic()
        news = {
            name: trouble
            for name, trouble in troubles.items()
            if now_seconds - self._told.get(name, -TELL_AGAIN_SECONDS) >= TELL_AGAIN_SECONDS
        }
        if not news:
            return
        log.error("loops_in_trouble", loops=news)
        try:
            await self._tell(news)
        except StorageError as error:
            log.warning("loops_not_told", problem=error.message)
            return
        self._told |= dict.fromkeys(news, now_seconds)

    def measure(self) -> None:
        """Bring the metrics of the loops up to date."""
        for loop in (*self._loops(), self.loop):
            LOOP_FAILING.labels(loop.name).set(loop.failure_count)
            LOOP_AGE.labels(loop.name).set(loop.age_seconds)
        LOOPS_IN_TROUBLE.set(len(self.troubles()))

"""Whether the service lives and is ready, and what it counts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import func, select

from bot.clock import Clock
from bot.metrics import CHANNELS_PAUSED, INBOX_WAITING, OLDEST_QUEUED, OUTBOX
from bot.runtime.metrics_access import MetricsAccess
from bot.runtime.watch import LoopWatch
from flows.errors import StorageError
from flows.values import SECOND, MessageStatus
from storage.database import Database
from storage.schema import channels, messages

log = structlog.get_logger(__name__)
_WATCHED = (MessageStatus.QUEUED, MessageStatus.SENDING, MessageStatus.UNKNOWN)
READY_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Health:
    """Answers load balancers and Prometheus."""

    database: Database
    clock: Clock
    waiting_count: Callable[[], int]
    not_ready_because: Callable[[], str | None]
    """Says what keeps the whole service from its work: it stops, or still reads what people texted in its absence."""
    watch: LoopWatch
    access: MetricsAccess

    def routes(self) -> Sequence[web.RouteDef]:
        """Give the three addresses."""
        return (
            web.get("/health/live", self.live),
            web.get("/health/ready", self.ready),
            web.get("/metrics", self.metrics),
        )

    async def live(self, _request: web.Request) -> web.Response:
        """Say that the process runs."""
        return web.json_response({"status": "live"})

    async def ready(self, _request: web.Request) -> web.Response:
        """Return whether messages can be taken now, and the loops do their work."""
        if reason := self.not_ready_because():
            return web.json_response({"status": reason}, status=503)
        try:
            async with asyncio.timeout(READY_SECONDS), self.database.read() as connection:
                await connection.execute(select(1))
        except (StorageError, TimeoutError):
            return web.json_response({"status": "database away"}, status=503)
        if troubles := self.watch.troubles():
            return web.json_response({"status": "loops in trouble", "loops": troubles}, status=503)
        return web.json_response({"status": "ready"})

    async def metrics(self, request: web.Request) -> web.Response:
        """Give the metrics in Prometheus' text format; those of the outbox as they last were while it is away."""
        self.access.check(request)
        INBOX_WAITING.set(self.waiting_count())
        self.watch.measure()
        try:
            async with asyncio.timeout(READY_SECONDS):
                await self._look_at_outbox()
        except (StorageError, TimeoutError) as error:
            log.warning("outbox_not_counted", kind=type(error).__name__)
        return web.Response(body=generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})

    async def _look_at_outbox(self) -> None:
        async with self.database.read() as connection:
            rows = await connection.execute(
                select(messages.c.status, func.count(), func.min(messages.c.created_at))
                .where(messages.c.status.in_([status.value for status in _WATCHED]))
                .group_by(messages.c.status)
            )
            found = {row[0]: (row[1], row[2]) for row in rows}
            paused = select(func.count()).select_from(channels).where(channels.c.paused_until_at > self.clock())
            CHANNELS_PAUSED.set((await connection.execute(paused)).scalar_one())
        for status in _WATCHED:
            OUTBOX.labels(status.value).set(found.get(status.value, (0, 0))[0])
        _count, oldest_at = found.get(MessageStatus.QUEUED.value, (0, None))
        OLDEST_QUEUED.set((self.clock() - oldest_at) / SECOND if oldest_at is not None else 0)

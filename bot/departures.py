"""What left after a copy was made that was put back since: read from the provider's log before anything is sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import structlog

from bot.clock import Clock
from bot.providers.base import LOG_MARGIN, Provider, plain
from bot.receipts import class_of
from flows.errors import SendError
from flows.values import Key
from storage.channels import all_channels
from storage.database import Database
from storage.outbox.claim import Claimed
from storage.outbox.departures import (
    Departure,
    add_departures,
    copied_at,
    departures_of,
    departures_read,
    drop_departures,
    has_departures,
    prolong_replay,
    settle_doubtful,
)
from storage.plan import Plan

log = structlog.get_logger(__name__)


class Departures:
    """Knows which messages need not be sent any more; in a database that was never put back, none."""

    def __init__(self, database: Database, providers: Mapping[str, Provider], clock: Clock) -> None:
        self._database = database
        self._providers = providers
        self._clock = clock
        self._any = False

    async def read(self) -> bool:
        """Read the provider's log since the copy, where that is not done; False: it cannot be read yet.

        Raises `StorageError`.
        """
        since_at = await self._database.run(copied_at())
        if since_at is not None:
            try:
                await self._read_since(since_at - LOG_MARGIN)
            except SendError as error:
                log.error("departures_wait", problem=error.message, advice="nothing is sent until the log is read")
                return False
            await self._settle_doubtful()
            await self._database.run(departures_read())
        self._any = await self._database.run(has_departures())
        return True

    def of(self, claimed: Sequence[Claimed]) -> Plan[Mapping[Key, Departure]]:
        """Say which of these messages have left already, and how: in the transaction that claims them."""
        return (yield from departures_of({one.id: plain(one.body) for one in claimed})) if self._any else {}

    async def prolong(self) -> None:
        """Note that texts which may have been answered before are read anew now; raises `StorageError`."""
        await self._database.run(prolong_replay(self._clock()))

    async def drop(self) -> None:
        """Forget the log once nobody needs it; raises `StorageError`."""
        if self._any:
            await self._database.run(drop_departures(self._clock()))
            self._any = await self._database.run(has_departures())

    async def _read_since(self, since_at: int) -> None:
        for channel in await self._database.run(all_channels()):
            provider = self._providers.get(channel.provider)
            if provider is None or channel.provider == "simulator":
                continue
            listed = await provider.list_all(channel.address, channel.transport, since_at)
            rows = [
                (channel.id, one.provider_id, one.recipient, plain(one.body), one.status.value, one.created_at)
                for one in listed
            ]
            await self._database.run(add_departures(rows))
            log.info("departures_read", provider=channel.provider, count=len(rows))

    async def _settle_doubtful(self) -> None:
        """Look what the restore made doubtful up among what left: the reconciler would ask for each by itself."""
        after: Key | None = b""
        while after is not None:
            after = await self._database.run(settle_doubtful(after, plain, self._clock(), class_of))

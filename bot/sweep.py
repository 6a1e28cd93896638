"""The sweep: what people texted and no webhook brought is read from the provider's log."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

import structlog

from bot.providers.base import Piece, Provider
from flows.errors import SendError
from flows.values import DAY, HOUR, SECOND, InboundMessage, Key
from storage.channels import Channel, all_channels, set_swept
from storage.database import Database
from storage.keys import inbound_key
from storage.load import known_keys
from storage.plan import in_pages

_log = structlog.get_logger(__name__)
SWEEP_MARGIN = 600 * SECOND
"""How far a sweep looks back behind the end of the last: a text may appear late in the provider's log."""
LEAST_SPAN, MOST_SPAN, MANY_SWEPT = 10 * SECOND, HOUR, 500
"""How much of the provider's log is read at once, the oldest first: more and more, while few texts are in it."""
SWEPT_AT_ONCE = 256
"""Messages: one batch of the inbox."""


@dataclass(frozen=True, slots=True)
class Unswept:
    """A channel whose log could not be read to the end, and why."""

    channel: Channel
    reason: str


@dataclass(frozen=True, slots=True)
class Sweep:
    """Reads the logs of all channels."""

    database: Database
    providers: Mapping[str, Provider]
    inbox_put: Callable[[InboundMessage], Awaitable[object]]

    async def run(self) -> dict[Key, Unswept]:
        """Put what people texted since the last sweep through the inbox; the first looks back a day.

        Raises `StorageError`; gives the channels whose list failed: they are swept from there the next time.
        """
        unswept: dict[Key, Unswept] = {}
        for channel in await self.database.run(all_channels()):
            provider = self.providers.get(channel.provider)
            if provider is None or channel.provider == "simulator":
                continue
            try:
                await self._sweep(channel, provider)
            except SendError as error:
                _log.warning("sweep", provider=channel.provider, reason=error.message)
                unswept[channel.id] = Unswept(channel, error.message)
        return unswept

    async def _sweep(self, channel: Channel, provider: Provider) -> None:
        now_at = await provider.read_clock()  # by which its log is dated, whatever our own says
        swept_at = now_at - DAY if channel.swept_at is None else min(channel.swept_at, now_at)
        start_at, span = swept_at - SWEEP_MARGIN, LEAST_SPAN
        while start_at < now_at:
            until_at, limit = start_at + span, None if span == LEAST_SPAN else MANY_SWEPT
            piece = Piece(channel.address, channel.transport, start_at, None if until_at >= now_at else until_at, limit)
            missed = await provider.list_missed(piece, lambda ids: self._known(channel, ids))
            if missed is None:
                span = max(span // 4, LEAST_SPAN)
                continue
            for page in in_pages(missed.messages, SWEPT_AT_ONCE):  # side by side, in the order in which they came
                await asyncio.gather(*(self.inbox_put(message) for message in page))
            start_at = min(until_at, now_at)
            await self.database.run(set_swept(channel.id, max(start_at, swept_at)))
            if missed.listed_count < MANY_SWEPT // 2:
                span = min(2 * span, MOST_SPAN)

    async def _known(self, channel: Channel, provider_ids: Sequence[str]) -> set[str]:
        keys = {inbound_key(channel.id, one): one for one in provider_ids}
        known = await self.database.run(known_keys(list(keys)))
        return {keys[key] for key in known}

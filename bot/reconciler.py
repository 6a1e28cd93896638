"""The reconciler: what happened to messages that nobody knows about, by the provider's own log; never guessed."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

import structlog

from bot.clock import Clock
from bot.list_lag import ListLag
from bot.providers.base import Call, Listed, Listing, Piece, Provider, plain
from bot.receipts import class_of
from bot.transactions import run_until_settled
from flows.errors import SendError
from flows.lifecycle import FIRST_CHECK_SECONDS, next_check_seconds
from flows.values import DAY, HOUR, SECOND, InboundMessage, Key, Receipt
from storage.channels import Channel, all_channels, set_swept
from storage.database import Database
from storage.keys import inbound_key
from storage.load import known_keys
from storage.outbox.janitor import clean_queue
from storage.outbox.receipts import match_orphans
from storage.outbox.unknowns import Unknown, assign, close_absent, due_unknowns, postpone
from storage.plan import in_pages

_log = structlog.get_logger(__name__)
GOOD_LISTS = 2
SWEEP_MARGIN = 600 * SECOND
"""How far a sweep looks back behind the end of the last: a text may appear late in the provider's log."""
LEAST_SPAN, MOST_SPAN, MANY_SWEPT = 10 * SECOND, HOUR, 500
"""How much of the provider's log is read at once, the oldest first: more and more, while few texts are in it."""
SWEPT_AT_ONCE = 256
"""Messages: one batch of the inbox."""
_BEFORE_START = 120 * SECOND


@dataclass(frozen=True, slots=True)
class Unswept:
    """A channel whose log could not be read to the end, and why."""

    channel: Channel
    reason: str


class Reconciler:
    """Resolves unknown outcomes, tidies the queue, and sweeps in what people texted while we were away."""

    def __init__(self, database: Database, providers: Mapping[str, Provider], clock: Clock, lag: ListLag) -> None:
        self._database = database
        self._providers = providers
        self._clock = clock
        self._lag = lag
        self._offsets: dict[str, int] = {}

    async def run_once(self) -> None:
        """Look up what is due and tidy the queue; raises `StorageError`."""
        silent: set[Key] = set()
        for unknown in await self._database.run(due_unknowns(self._clock())):
            await self._look_up(unknown, silent)
        now_at = self._clock()
        await run_until_settled(self._database, lambda: match_orphans(now_at, class_of))
        await run_until_settled(self._database, lambda: clean_queue(now_at))

    async def measure_lag(self) -> None:
        """Look whether what was accepted a moment ago is listed by now."""
        await self._lag.measure(self._list_sent, self._clock())

    async def sweep(self, inbox_put: Callable[[InboundMessage], Awaitable[object]]) -> dict[Key, Unswept]:
        """Put what people texted since the last sweep through the inbox; the first looks back a day.

        Raises `StorageError`; gives the channels whose list failed: they are swept from there the next time.
        """
        unswept: dict[Key, Unswept] = {}
        for channel in await self._database.run(all_channels()):
            provider = self._providers.get(channel.provider)
            if provider is None or channel.provider == "simulator":
                continue
            try:
                await self._sweep_channel(channel, provider, inbox_put)
            except SendError as error:
                _log.warning("sweep", provider=channel.provider, reason=error.message)
                unswept[channel.id] = Unswept(channel, error.message)
        return unswept

    async def _sweep_channel(
        self, channel: Channel, provider: Provider, inbox_put: Callable[[InboundMessage], Awaitable[object]]
    ) -> None:
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
                await asyncio.gather(*(inbox_put(message) for message in page))
            start_at = min(until_at, now_at)
            await self._database.run(set_swept(channel.id, max(start_at, swept_at)))
            if missed.listed_count < MANY_SWEPT // 2:
                span = min(2 * span, MOST_SPAN)

    async def _known(self, channel: Channel, provider_ids: Sequence[str]) -> set[str]:
        keys = {inbound_key(channel.id, one): one for one in provider_ids}
        known = await self._database.run(known_keys(list(keys)))
        return {keys[key] for key in known}

    async def _look_up(self, unknown: Unknown, silent: set[Key]) -> None:
        listing = None if unknown.channel_id in silent else await self._list(unknown)
        if listing is None:
            silent.add(unknown.channel_id)
            await self._postpone(unknown, unknown.check_count)
            return
        now_at = self._clock()
        seen = candidates(unknown, listing, self._offsets[unknown.provider])
        is_found = await run_until_settled(self._database, lambda: assign(seen, now_at, class_of))
        if not is_found:
            await self._count_absence(unknown, now_at)

    async def _count_absence(self, unknown: Unknown, now_at: int) -> None:
        missing_seconds = self._lag.absent_seconds - (now_at - unknown.claimed_at) / SECOND
        good_lists = unknown.check_count + 1 if missing_seconds < 0 else 0
        if good_lists >= GOOD_LISTS:
            await self._database.run(close_absent(unknown, now_at))
        else:  # once it is old enough the lists follow each other: a person waits
            await self._postpone(unknown, good_lists, missing_seconds if good_lists == 0 else FIRST_CHECK_SECONDS)

    async def _postpone(self, unknown: Unknown, good_lists: int, at_most_seconds: float = math.inf) -> None:
        now_at = self._clock()
        wait_seconds = min(next_check_seconds((now_at - unknown.claimed_at) / SECOND), max(1.0, at_most_seconds))
        await self._database.run(postpone(unknown, now_at + round(wait_seconds * SECOND), good_lists, now_at))

    async def _list(self, unknown: Unknown) -> Listing | None:
        return await self._list_sent(unknown.provider, _call(unknown), unknown.claimed_at)

    async def _list_sent(self, name: str, call: Call, claimed_at: int) -> Listing | None:
        """List what the provider has for the call since its attempt; None: it does not say."""
        provider = self._providers.get(name)
        if provider is None:
            return None
        since_at = claimed_at + self._offsets.get(name, 0) - _BEFORE_START
        try:
            listing = await provider.list_sent(call, since_at)
        except SendError as error:
            _log.warning("list", provider=name, reason=error.message)
            return None
        self._offsets[name] = listing.provider_now_at - self._clock()
        return listing


def candidates(unknown: Unknown, listing: Listing, offset: int) -> list[Receipt]:
    """Pick what may be the message, oldest first: the same text, made no earlier than 120 s before the attempt.

    `offset` is how far the provider's clock is ahead of ours, in microseconds: only its own clock dates its log.
    """
    wanted, since_at = plain(unknown.body), unknown.claimed_at + offset - _BEFORE_START
    found = [listed for listed in listing.messages if listed.created_at >= since_at and plain(listed.body) == wanted]
    return [_receipt(unknown, listed) for listed in sorted(found, key=lambda listed: listed.created_at)]


def _receipt(unknown: Unknown, listed: Listed) -> Receipt:
    return Receipt(unknown.provider, listed.provider_id, listed.status, listed.error_code, None, unknown.id)


def _call(unknown: Unknown) -> Call:
    return Call(unknown.id, unknown.attempt, unknown.transport, unknown.sender, unknown.recipient, unknown.body)

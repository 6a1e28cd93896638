"""The reconciler: what happened to messages that nobody knows about, by the provider's own log; never guessed."""

from __future__ import annotations

import math
from collections.abc import Mapping

import structlog

from bot.clock import Clock
from bot.list_lag import ListLag
from bot.providers.base import Call, Listed, Listing, Provider, plain
from bot.receipts import class_of
from bot.transactions import run_until_settled
from flows.errors import SendError
from flows.lifecycle import FIRST_CHECK_SECONDS, next_check_seconds
from flows.values import SECOND, Key, Receipt
from storage.database import Database
from storage.outbox.janitor import clean_queue
from storage.outbox.receipts import match_orphans
from storage.outbox.unknowns import Unknown, assign, close_absent, due_unknowns, postpone

_log = structlog.get_logger(__name__)
GOOD_LISTS = 2
_BEFORE_START = 120 * SECOND


class Reconciler:
    """Resolves unknown outcomes and tidies the queue."""

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

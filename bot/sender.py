"""The sender: one worker per channel, one provider call per message, every outcome recorded."""

from __future__ import annotations

import asyncio
import platform
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Protocol

import structlog

from bot.batcher import Batcher, Overloaded
from bot.channel_sender import ChannelSender, Office
from bot.clock import Clock
from bot.list_lag import ListLag
from bot.metrics import NODES_ALIVE
from bot.providers.base import Provider
from bot.receipts import class_of
from bot.runtime.loop import Loop
from bot.transactions import run_until_settled
from flows.errors import StorageError
from flows.limits import ABROAD, UNHELD, Ceiling, Limits
from flows.values import SECOND, Key, Transport
from storage.channels import Channel, all_channels
from storage.database import Database
from storage.outbox.claim import Claimed, claim, in_flight_count
from storage.outbox.departures import Departure
from storage.outbox.nodes import leave, take_over
from storage.outbox.outcome import Outcome, record
from storage.outbox.spending import Taken, claim_within
from storage.plan import Plan

_log = structlog.get_logger(__name__)
HEARTBEAT_SECONDS = 5.0
CONCURRENCY = 64
"""Calls in flight, per channel."""
BARRIER_POLL_SECONDS = 0.02
_RECORD_AGAIN_SECONDS = 0.5
_REMEMBER_STOPS_SECONDS = 60
_QUEUE_LIMIT = 100_000
Departed = Callable[[Sequence[Claimed]], Plan[Mapping[Key, Departure]]]


class Alarms(Protocol):
    """Hears what the admins should know; may raise `StorageError`."""

    async def channel_paused(self, channel: Channel, reason: str) -> None:
        """Hear that a channel had to be paused, and why."""

    async def ceiling_reached(self, channel: Channel, ceiling: Ceiling) -> None:
        """Hear that messages of a channel wait for the next day."""


class Sender:
    """Sends what the outbox holds, on every channel whose provider is given here."""

    def __init__(
        self,
        database: Database,
        providers: Mapping[str, Provider],
        clock: Clock,
        *,
        node_id: Key,
        jitter: Callable[[], float],
        lag: ListLag,
    ) -> None:
        self._database = database
        self._providers = providers
        self._clock = clock
        self._stops: dict[Key, int] = {}
        self._outcomes: Batcher[Outcome, None] = Batcher(self._write_down, limit=_QUEUE_LIMIT, name="outcomes")
        self._office = Office(
            database,
            clock,
            node_id,
            jitter,
            CONCURRENCY,
            self._take,
            self._record,
            self._stops.get,
            lag,
            lambda channel, reason: self._tell(lambda alarms: alarms.channel_paused(channel, reason)),
        )
        self._channels: dict[Key, ChannelSender] = {}
        self._heart = Loop("sender", self._beat, HEARTBEAT_SECONDS, is_cut_short=True, rests_first=True)
        self._is_started = False
        self._alarms: Alarms | None = None
        self._limits = Limits()
        self._departed: Departed = _nothing_departed
        self._fresh_since = 0

    async def start(
        self, alarms: Alarms | None = None, limits: Limits = Limits(), departed: Departed | None = None
    ) -> None:
        """Take over what dead processes left in flight and begin to send, within limits.

        Raises `StorageError`; then it has not started and may be started again. `departed` knows what left before the
        database was put back from a copy.
        """
        self._alarms, self._limits, self._departed = alarms, limits, departed or _nothing_departed
        self._outcomes.start()
        await self._beat()
        self._heart.start()
        self._is_started = True

    @property
    def loops(self) -> tuple[Loop, ...]:
        """The heartbeat, the writing down of outcomes, and a loop per channel; none before the start."""
        if not self._is_started:
            return ()
        return (self._heart, self._outcomes.loop, *(channel.loop for channel in self._channels.values()))

    async def stop(self) -> None:
        """Claim nothing more, let the calls in flight finish (at most 15 s), and write every outcome down."""
        await self._heart.stop()
        await asyncio.gather(*(channel.stop() for channel in self._channels.values()))
        await self._outcomes.stop()
        with suppress(StorageError):  # then the others find out by themselves
            await self._database.run(leave(self._office.node_id))

    def wake(self) -> None:
        """Look at the queue now: something was put into it."""
        for channel in self._channels.values():
            channel.wake()

    def hold_back(self, fresh_since: int) -> None:
        """Let leave only what always does, and answers to what has come since then; 0: everything."""
        self._fresh_since = fresh_since
        self.wake()

    def opted_out(self, contact_ids: Collection[Key]) -> None:
        """Remember that these contacts stopped just now: what was claimed before is not sent any more."""
        now_at = self._clock()
        old = [key for key, at in self._stops.items() if at < now_at - _REMEMBER_STOPS_SECONDS * SECOND]
        for key in old:
            del self._stops[key]
        for key in contact_ids:
            self._stops[key] = now_at

    async def wait_for_calls(self, contact_ids: Collection[Key], timeout_seconds: float = 5.0) -> bool:
        """Wait until no call to these contacts is in flight on any node; False when that takes too long."""
        wanted = tuple(contact_ids)
        try:
            async with asyncio.timeout(timeout_seconds):
                while await self._database.run(in_flight_count(wanted)):  # noqa: ASYNC110 - other nodes' calls too
                    await asyncio.sleep(BARRIER_POLL_SECONDS)
        except TimeoutError:
            _log.warning("calls are still in flight after a stop", contact_count=len(wanted))
            return False
        return True

    async def _tell(self, say: Callable[[Alarms], Awaitable[None]]) -> None:
        if self._alarms is None:
            return
        try:
            await say(self._alarms)
        except StorageError as error:  # the log has it; what became of the message has still to be written down
            _log.warning("alarm not sent", problem=error.message)

    async def _beat(self) -> None:
        office, database = self._office, self._database
        beat = take_over(office.node_id, platform.node(), self._clock(), database.engine_name)
        node_count = await database.run(beat)
        NODES_ALIVE.set(node_count)
        for channel in await database.run(all_channels()):
            share = replace(channel, rate_per_second=channel.rate_per_second / node_count)
            if known := self._channels.get(channel.id):
                known.update(share)
            elif provider := self._providers.get(channel.provider):
                # The other nodes learn at their next beat that they have to share.
                rest_seconds = HEARTBEAT_SECONDS if node_count > 1 else 0.0
                self._channels[channel.id] = ChannelSender(office, share, provider, rest_seconds)

    async def _take(self, channel: Channel, limit: int) -> tuple[Claimed, ...]:
        """Claim what may leave; what must not go to the country of its phone, or has left before, ends here."""
        now_at = self._clock()
        ceiling = self._limits.ceiling(now_at)
        taken, left = await self._database.run(self._claim(channel, limit, now_at, ceiling))
        if ceiling is not None and taken.is_news:
            _log.warning("ceiling reached", provider=channel.provider, day=ceiling.day, segments=ceiling.segments)
            await self._tell(lambda alarms: alarms.ceiling_reached(channel, ceiling))
        ended = [
            Outcome(one, channel.provider, left[one.id].provider_id, left[one.id].status)
            if one.id in left
            else Outcome(one, channel.provider, reason=ABROAD)
            for one in taken.messages
            if one.id in left or self._is_barred(channel, one)
        ]
        if not ended:
            return taken.messages
        await asyncio.gather(*(self._record(outcome) for outcome in ended))
        over = {outcome.claimed.id for outcome in ended}
        return tuple(one for one in taken.messages if one.id not in over)

    def _claim(
        self, channel: Channel, limit: int, now_at: int, ceiling: Ceiling | None
    ) -> Plan[tuple[Taken, Mapping[Key, Departure]]]:
        node_id, fresh_since = self._office.node_id, self._fresh_since
        if ceiling is None:
            taken = Taken((yield from claim(channel, node_id, now_at, limit, fresh_since)))
        else:
            taken = yield from claim_within(channel, node_id, now_at, limit, ceiling, fresh_since)
        return taken, (yield from self._departed(taken.messages))

    def _is_barred(self, channel: Channel, claimed: Claimed) -> bool:
        is_phone = channel.transport is not Transport.MESSENGER  # its user ids are digits, too
        return is_phone and claimed.purpose not in UNHELD and not self._limits.countries.allow(claimed.recipient)

    async def _record(self, outcome: Outcome) -> None:
        while True:
            try:
                return await self._outcomes.put(outcome)
            except Overloaded:
                raise
            except StorageError:
                await asyncio.sleep(_RECORD_AGAIN_SECONDS)

    async def _write_down(self, outcomes: Sequence[Outcome]) -> Sequence[None]:
        now_at = self._clock()
        await run_until_settled(self._database, lambda: record(outcomes, now_at, class_of))
        return [None] * len(outcomes)


def _nothing_departed(_claimed: Sequence[Claimed]) -> Plan[Mapping[Key, Departure]]:
    yield from ()
    return {}

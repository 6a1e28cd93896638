"""The sender of one channel: claims what may leave within a second, makes the calls, records what became of them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog

from bot.breaker import Breaker
from bot.bucket import Bucket
from bot.calls import call_for, failed_on_the_way, make_call
from bot.clock import Clock
from bot.list_lag import SAMPLE_SHARE, ListLag, Sample
from bot.providers.base import Provider
from bot.runtime.loop import Loop
from flows.errors import ErrorClass, StorageError
from flows.lifecycle import Refusal
from flows.values import SECOND, Key, Purpose
from storage.channels import Channel, pause_channel
from storage.database import Database
from storage.outbox.claim import Claimed
from storage.outbox.lost_claims import put_back
from storage.outbox.outcome import Outcome

_log = structlog.get_logger(__name__)
POLL_SECONDS = 1.0
LEAST_REST_SECONDS = 0.02
"""Several tokens are claimed together, where they come fast."""
PAUSE_SECONDS = {ErrorClass.ACCT: 60, ErrorClass.HOLD: 900}
LAST_CALLS_SECONDS = 15.0
MESSAGE_ONLY = frozenset(("", "14107"))
"""Nobody answered (the breaker's business), or it is too much for this one recipient (Twilio 14107)."""


@dataclass(frozen=True, slots=True)
class Office:
    """What the senders of all channels share."""

    database: Database
    clock: Clock
    node_id: Key
    jitter: Callable[[], float]
    concurrency: int
    """Calls in flight, per channel."""
    take: Callable[[Channel, int], Awaitable[tuple[Claimed, ...]]]
    """Claims up to so many messages of a channel that may leave now."""
    record: Callable[[Outcome], Awaitable[None]]
    """Comes back when the outcome is in the database."""
    stopped_at: Callable[[Key], int | None]
    """When a contact's STOP was last heard here."""
    lag: ListLag
    """Gets a sample of what is accepted."""
    alarm: Callable[[Channel, str], Awaitable[None]]
    """Tells the operators that a channel is paused, and why."""


class ChannelSender:
    """Works off the queue of one channel until it is stopped.

    Its `rate_per_second` is this node's share of the channel's; it begins after a rest, in seconds.
    """

    def __init__(self, office: Office, channel: Channel, provider: Provider, rest_seconds: float = 0.0) -> None:
        self.channel = channel
        self._office = office
        self._provider = provider
        self._calls: set[asyncio.Task[None]] = set()
        self._begun: set[Key] = set()
        """What may have left and is not recorded yet."""
        self._may_have_lost_claims = False
        self._breaker = Breaker()
        self._bucket = None if channel.provider == "simulator" else Bucket(channel.rate_per_second, self._seconds())
        if self._bucket is not None:
            self._bucket.rest(rest_seconds, self._seconds())
        self._segments = 1.0
        self.loop = Loop(f"channel {channel.transport} {channel.address[-4:]}", self._work, 0.0)
        self.loop.start()

    def update(self, channel: Channel) -> None:
        """Take over changed settings."""
        self.channel = channel
        if self._bucket is not None:
            self._bucket.rate_per_second = channel.rate_per_second

    def wake(self) -> None:
        """Look at the queue now."""
        self.loop.wake.set()

    async def stop(self) -> None:
        """Claim nothing more; calls in flight have 15 s to finish."""
        await self.loop.stop()
        if self._calls:
            _done, late = await asyncio.wait(self._calls, timeout=LAST_CALLS_SECONDS)
            for call in late:
                call.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _work(self) -> None:
        try:
            await self._put_back()
            claimed_count = await self._round()
        except BaseException:  # also where it is cut short: the claim may have been committed all the same
            self._may_have_lost_claims = True
            raise
        if not claimed_count:
            await self._rest()

    async def _rest(self) -> None:
        wait_seconds = self._bucket.wait_seconds(self._seconds()) if self._bucket is not None else 0.0
        if wait_seconds > 0:
            await asyncio.sleep(min(max(wait_seconds, LEAST_REST_SECONDS), POLL_SECONDS))
            return
        try:
            await asyncio.wait_for(self.loop.wake.wait(), POLL_SECONDS)
        except TimeoutError:
            return

    async def _put_back(self) -> None:
        """Queue again what was claimed without our hearing of it: it would wait until it counts as lost."""
        if self._may_have_lost_claims:
            office = self._office
            plan = put_back(self.channel.id, office.node_id, frozenset(self._begun), office.clock())
            if count := await office.database.run(plan):
                _log.warning("claims were lost", provider=self.channel.provider, message_count=count)
            self._may_have_lost_claims = False

    async def _round(self) -> int:
        """Claim once; gives how many messages were claimed."""
        office, now_seconds = self._office, self._seconds()
        room = self._breaker.allowed(self._room(now_seconds), now_seconds)
        if room <= 0:
            return 0
        taken = await office.take(self.channel, room)
        if taken:
            self._breaker.probing(now_seconds)
            segments = sum(claimed.segments for claimed in taken)
            self._segments = segments / len(taken)
            if self._bucket is not None:
                self._bucket.take(segments, now_seconds)
        for claimed in taken:
            self._begin(claimed)
        return len(taken)

    def _room(self, now_seconds: float) -> int:
        free = self._office.concurrency - len(self._calls)
        if self._bucket is None:
            return free
        tokens = self._bucket.available(now_seconds)
        return min(free, max(1, int(tokens / self._segments))) if tokens >= 1 else 0

    def _begin(self, claimed: Claimed) -> None:
        self._begun.add(claimed.id)
        call = asyncio.create_task(self._send(claimed), name="call")
        self._calls.add(call)
        call.add_done_callback(self._ended)

    def _ended(self, call: asyncio.Task[None]) -> None:
        self._calls.discard(call)
        self.loop.wake.set()
        if not call.cancelled() and call.exception() is not None:
            _log.error("call", exc_info=call.exception())

    async def _send(self, claimed: Claimed) -> None:
        await self._office.record(await self._outcome(claimed))
        self._begun.discard(claimed.id)

    async def _outcome(self, claimed: Claimed) -> Outcome:
        """Make the call, unless the person has stopped meanwhile, and heed what the provider says of the channel."""
        office = self._office
        stopped_at = office.stopped_at(claimed.contact_id)
        if claimed.purpose is not Purpose.CONFIRMATION and stopped_at is not None and claimed.claimed_at <= stopped_at:
            return Outcome(claimed, self.channel.provider)
        outcome = await make_call(self._provider, self.channel, claimed, office.clock(), office.jitter)
        self._breaker.heard(failed=failed_on_the_way(outcome), now_seconds=self._seconds())
        if outcome.refusal is not None:
            await self._heed(outcome.refusal)
        elif outcome.provider_id is not None and self._bucket is not None and office.jitter() < SAMPLE_SHARE:
            call = call_for(self.channel, claimed, office.clock())
            office.lag.take(Sample(self.channel.provider, call, outcome.provider_id, office.clock()))
        return outcome

    async def _heed(self, refusal: Refusal) -> None:
        """Pause, or go slower, where the provider means the channel and not the one message."""
        if refusal.error_class in PAUSE_SECONDS:
            await self._pause(refusal)
        elif self._bucket is not None and refusal.error_class is ErrorClass.RETRY and refusal.code not in MESSAGE_ONLY:
            self._bucket.slow_down(self._seconds())

    async def _pause(self, refusal: Refusal) -> None:
        now_at = self._office.clock()
        until_at = now_at + PAUSE_SECONDS[refusal.error_class] * SECOND
        _log.error("channel paused", provider=self.channel.provider, code=refusal.code, reason=refusal.text)
        try:
            is_news = await self._office.database.run(pause_channel(self.channel.id, until_at, refusal.text, now_at))
        except StorageError as error:  # the next call will be refused as well; what became of this one goes first
            _log.warning("channel not paused", problem=error.message)
            return
        if is_news:
            await self._office.alarm(self.channel, refusal.text)

    def _seconds(self) -> float:
        return asyncio.get_running_loop().time()

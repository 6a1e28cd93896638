"""The sweep: what people texted and no webhook brought is read from the provider's log."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import structlog

from bot.clock import Clock
from bot.metrics import SWEPT_LOST
from bot.providers.base import Piece, Provider
from flows.errors import SendError, StorageError
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
ROUND_SECONDS = 45.0
"""How long one round may take with one channel; the next goes on where it ended."""


@dataclass(frozen=True, slots=True)
class Unswept:
    """A channel whose log could not be read to the end, and why."""

    channel: Channel
    reason: str
    moves_on: bool = False
    """The log can be read, but there is more of it than fits into one round."""


@dataclass(frozen=True, slots=True)
class Sweep:
    """Reads the logs of all channels, side by side, so that one that hangs does not hold up the others."""

    database: Database
    providers: Mapping[str, Provider]
    inbox_put: Callable[[InboundMessage], Awaitable[object]]
    clock: Clock
    round_seconds: float = ROUND_SECONDS

    async def run(self) -> dict[Key, Unswept]:
        """Put what people texted since the last sweep through the inbox; the first looks back a day.

        Raises `StorageError`; returns the channels that were not read to the end: the next sweep goes on from there.
        """
        channels = [
            (channel, provider)
            for channel in await self.database.run(all_channels())
            if channel.provider != "simulator" and (provider := self.providers.get(channel.provider)) is not None
        ]
        results = await asyncio.gather(*(self._within_a_round(*one) for one in channels), return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException):
                raise result
        return {result.channel.id: result for result in results if isinstance(result, Unswept)}

    async def _within_a_round(self, channel: Channel, provider: Provider) -> Unswept | None:
        progress = _Progress()
        try:
            async with asyncio.timeout(self.round_seconds):
                await self._sweep(channel, provider, progress)
        except (StorageError, asyncio.CancelledError):
            raise
        except TimeoutError:
            reason = f"It could not be read to its end within {self.round_seconds:g} seconds."
            return _unswept(Unswept(channel, reason, moves_on=progress.piece_count > 0))
        except SendError as error:
            return _unswept(Unswept(channel, error.message))
        except Exception as error:  # what a provider answers must never keep the others from being read
            _log.exception("sweep_failed", provider=channel.provider)
            return _unswept(Unswept(channel, f"Its answer could not be read ({type(error).__name__})."))
        return None

    async def _sweep(self, channel: Channel, provider: Provider, progress: _Progress) -> None:
        now_at = await provider.read_clock()  # by which its log is dated, whatever our own says
        ahead = now_at - self.clock()
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
                await self._put([_by_our_clock(message, now_at, ahead) for message in page])
            start_at = min(until_at, now_at)
            await self.database.run(set_swept(channel.id, max(start_at, swept_at)))
            progress.piece_count += start_at > swept_at
            if missed.listed_count < MANY_SWEPT // 2:
                span = min(2 * span, MOST_SPAN)

    async def _put(self, messages: Sequence[InboundMessage]) -> None:
        """Put them through the inbox; one of which nothing can be kept does not hold up those that came after it."""
        results = await asyncio.gather(*(self.inbox_put(message) for message in messages), return_exceptions=True)
        for result in results:
            if isinstance(result, StorageError | asyncio.CancelledError):
                raise result
            if isinstance(result, BaseException):
                SWEPT_LOST.inc()
                _log.error("swept_text_lost", kind=type(result).__name__)

    async def _known(self, channel: Channel, provider_ids: Sequence[str]) -> set[str]:
        keys = {inbound_key(channel.id, one): one for one in provider_ids}
        known = await self.database.run(known_keys(list(keys)))
        return {keys[key] for key in known}


@dataclass(slots=True)
class _Progress:
    """How far one round came with a channel."""

    piece_count: int = 0


def _by_our_clock(message: InboundMessage, provider_now_at: int, ahead: int) -> InboundMessage:
    """Date a message by our clock, as those that webhooks bring are; one without a date was sent just now."""
    return replace(message, sent_at=(message.sent_at or provider_now_at) - ahead)


def _unswept(unswept: Unswept) -> Unswept:
    _log.warning("sweep", provider=unswept.channel.provider, reason=unswept.reason, moves_on=unswept.moves_on)
    return unswept

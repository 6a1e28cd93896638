"""One provider call for one claimed message, made once, and what became of it."""

from __future__ import annotations

import time
from collections.abc import Callable

import structlog

from bot.metrics import SEND_SECONDS, SENT_MESSAGES
from bot.providers.base import Call, Provider
from flows.effects import Choice
from flows.errors import ErrorClass, SendError
from flows.language.phones import mask
from flows.lifecycle import Refusal
from flows.values import SECOND
from storage.channels import Channel
from storage.outbox.claim import Claimed
from storage.outbox.outcome import Outcome

_log = structlog.get_logger(__name__)
_MARGIN_SECONDS = 30


def call_for(channel: Channel, claimed: Claimed, now_at: int) -> Call:
    """Say what the provider is asked to send; it may try no longer than the message is of use."""
    left = None
    if claimed.not_after_at is not None:
        left = max(1, (claimed.not_after_at - now_at) // SECOND - _MARGIN_SECONDS)
    return Call(
        message_id=claimed.id,
        attempt=claimed.attempt,
        transport=channel.transport,
        sender=channel.address,
        recipient=claimed.recipient,
        body=claimed.body,
        media_urls=claimed.media_urls,
        choices=tuple(Choice(label, value) for label, value in claimed.choices),
        validity_seconds=left,
        content_sid=claimed.content_sid,
        content_variables=claimed.content_variables,
    )


async def make_call(
    provider: Provider, channel: Channel, claimed: Claimed, now_at: int, draw: Callable[[], float]
) -> Outcome:
    """Send a message once; every way in which that ends is an outcome."""
    started_seconds = time.perf_counter()
    try:
        accepted = await provider.send(call_for(channel, claimed, now_at))
    except SendError as error:
        refusal = Refusal(
            error.error_class, error.provider_code, error.message, error.retry_after_seconds, error.is_pace
        )
        outcome = Outcome(claimed, channel.provider, refusal=refusal, jitter=draw())
        _log.warning("not sent", to=mask(claimed.recipient), reason=error.error_class.value, code=error.provider_code)
    else:
        outcome = Outcome(claimed, channel.provider, accepted.provider_id, accepted.status)
    SEND_SECONDS.observe(time.perf_counter() - started_seconds)
    SENT_MESSAGES.labels(outcome.refusal.error_class.value if outcome.refusal else "accepted").inc()
    return outcome


def failed_on_the_way(outcome: Outcome) -> bool:
    """Say whether no usable answer came: the provider may be away."""
    refusal = outcome.refusal
    if refusal is None:
        return False
    return refusal.error_class is ErrorClass.UNK or (refusal.error_class is ErrorClass.RETRY and not refusal.code)

"""What may become of an outbound message: the machine, the ranks that let news only lead forward, and the verdicts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from statemachine import State, StateMachine

from flows.errors import ErrorClass
from flows.machine import compile_table
from flows.values import MessageStatus


class OutboundMessage(StateMachine):
    """One message on its way out; the events `told_...` are a provider's receipts."""

    queued = State(initial=True)
    sending = State()
    unknown = State()
    sent = State()
    delivered = State()
    read = State(final=True)
    undelivered = State(final=True)
    failed = State(final=True)
    cancelled = State(final=True)
    expired = State(final=True)

    claim = queued.to(sending)
    postpone = sending.to(queued)
    lose = sending.to(unknown)
    resend = unknown.to(queued)
    fail = sending.to(failed) | unknown.to(failed)
    cancel = queued.to(cancelled) | sending.to(cancelled) | unknown.to(cancelled)
    expire = queued.to(expired)
    told_sent = queued.to(sent) | sending.to(sent) | unknown.to(sent)
    told_delivered = queued.to(delivered) | sending.to(delivered) | unknown.to(delivered) | sent.to(delivered)
    told_read = queued.to(read) | sending.to(read) | unknown.to(read) | sent.to(read) | delivered.to(read)
    told_undelivered = queued.to(undelivered) | sending.to(undelivered) | unknown.to(undelivered) | sent.to(undelivered)
    told_failed = queued.to(failed) | sending.to(failed) | unknown.to(failed) | sent.to(failed)
    told_cancelled = queued.to(cancelled) | sending.to(cancelled) | unknown.to(cancelled) | sent.to(cancelled)


TABLE = compile_table(OutboundMessage)
RANK: Mapping[MessageStatus, int] = {
    MessageStatus.QUEUED: 1,
    MessageStatus.SENDING: 2,
    MessageStatus.UNKNOWN: 2,
    MessageStatus.SENT: 3,
    MessageStatus.DELIVERED: 4,
    MessageStatus.UNDELIVERED: 4,
    MessageStatus.FAILED: 4,
    MessageStatus.CANCELLED: 4,
    MessageStatus.EXPIRED: 4,
    MessageStatus.READ: 5,
}
"""A receipt never lowers it, in whatever order receipts arrive."""

MAX_ATTEMPTS = 4
"""Refusals of one message that are safe to repeat, before it has failed."""
MAX_UNRESOLVED = 3
"""Attempts of one message after which an unknown outcome is not tried again."""
FIRST_CHECK_SECONDS = 10.0
_QUIET_SECONDS = 3600.0
_BACK_OFF_SECONDS = 5.0
_CHECKS = ((10.0, 10.0), (40.0, 30.0), (100.0, 60.0))
_LAST_CHECK_SECONDS = 120.0


def moved(status: MessageStatus, told: MessageStatus) -> MessageStatus | None:
    """Say where a receipt moves a message; None: nowhere, it knew that already or knows better."""
    target = TABLE.get((status.value, f"told_{told.value}"))
    return None if target is None else MessageStatus(target)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What follows from a refusal."""

    status: MessageStatus
    delay_seconds: float | None = None
    """Until it may be claimed again, or is looked up."""
    is_counted: bool = True
    """Whether the attempt counts against `MAX_ATTEMPTS`."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a provider did not take a message."""

    error_class: ErrorClass
    code: str = ""
    text: str = ""
    retry_after_seconds: float | None = None
    is_pace: bool = False
    """It came too soon after others; nothing is wrong with it."""


def judge(refusal: Refusal, attempt: int, jitter: float) -> Verdict:
    """Decide what follows from a refusal of this attempt (from 1); `jitter` is between 0 and 1."""
    match refusal.error_class:
        case ErrorClass.RETRY if refusal.is_pace or not refusal.code:
            # Nobody was there to refuse it, or it was one too many at a time: waiting must not fail what waits.
            return Verdict(MessageStatus.QUEUED, _back_off_seconds(refusal, 1, jitter), is_counted=False)
        case ErrorClass.RETRY if attempt < MAX_ATTEMPTS:
            return Verdict(MessageStatus.QUEUED, _back_off_seconds(refusal, attempt, jitter))
        case ErrorClass.QUIET:
            return Verdict(MessageStatus.QUEUED, _QUIET_SECONDS, is_counted=False)
        case ErrorClass.ACCT | ErrorClass.HOLD:
            return Verdict(MessageStatus.QUEUED, is_counted=False)
        case ErrorClass.UNK:
            return Verdict(MessageStatus.UNKNOWN, FIRST_CHECK_SECONDS)
    return Verdict(MessageStatus.FAILED)


def _back_off_seconds(refusal: Refusal, attempt: int, jitter: float) -> float:
    if refusal.retry_after_seconds is not None:
        return refusal.retry_after_seconds + jitter
    return _BACK_OFF_SECONDS * 2.0**attempt * (0.5 + jitter / 2)


def next_check_seconds(age_seconds: float) -> float:
    """Say how long to wait before an unknown outcome of that age is looked up again."""
    return next((wait for before, wait in _CHECKS if age_seconds < before), _LAST_CHECK_SECONDS)

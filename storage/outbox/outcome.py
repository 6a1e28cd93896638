"""What became of provider calls, written once per call and only if nobody knows better by now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, func, update

from flows.errors import ErrorClass
from flows.lifecycle import Refusal, judge
from flows.values import SECOND, MessageStatus
from storage.outbox.claim import Claimed
from storage.outbox.receipts import Classify, apply_orphans
from storage.outbox.refusals import TEACHING, Lesson, learn
from storage.outbox.spending import give_back, uncount
from storage.outbox.words import SENDING
from storage.plan import Plan, Statement, Values, Write
from storage.schema import messages


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a claimed message: an id at the provider, a refusal, or neither: it was stopped on its way."""

    claimed: Claimed
    provider: str
    provider_id: str | None = None
    status: MessageStatus = MessageStatus.SENT
    """As the provider accepted it."""
    refusal: Refusal | None = None
    jitter: float = 0.0
    """Between 0 and 1, spreads what is tried again."""
    reason: str = "opted out"
    """Why it was stopped on its way."""

    @property
    def may_be_out(self) -> bool:
        """Whether the provider took it, or nobody knows."""
        return self.provider_id is not None or (self.refusal is not None and self.refusal.error_class is ErrorClass.UNK)


_RECORD = Statement(
    (
        "status",
        "provider_id",
        "uncounted",
        "not_before_at",
        "check_at",
        "sent_at",
        "error_code",
        "error_text",
        "now_at",
        "id",
        "attempt",
    ),
    update(messages)
    .where(
        messages.c.id == bindparam("id"),
        messages.c.attempt == bindparam("attempt"),
        messages.c.status == SENDING,
    )
    .values(
        status=bindparam("status"),
        provider_id=bindparam("provider_id"),
        attempt=messages.c.attempt - bindparam("uncounted"),
        not_before_at=func.coalesce(bindparam("not_before_at"), messages.c.not_before_at),
        check_at=bindparam("check_at"),
        sent_at=bindparam("sent_at"),
        error_code=bindparam("error_code"),
        error_text=bindparam("error_text"),
        updated_at=bindparam("now_at"),
    ),
)


def record(outcomes: Sequence[Outcome], now_at: int, classify: Classify) -> Plan[None]:
    """Write down outcomes, each fenced by its attempt, with what they teach and the receipts that came before them."""
    if not outcomes:
        return
    ordered = sorted(outcomes, key=lambda one: one.claimed.id)
    stayed = [one.claimed for one in ordered if not one.may_be_out]
    freed = yield from uncount(((one.id, one.attempt, one.spending_day) for one in stayed), MessageStatus.SENDING)
    yield Write(_RECORD, [_row(one, now_at) for one in ordered])
    lessons = [lesson for outcome in outcomes if (lesson := _lesson(outcome)) is not None]
    if lessons:
        yield from learn(lessons, now_at)
    known = [outcome.provider_id for outcome in outcomes if outcome.provider_id is not None]
    yield from apply_orphans(known, now_at, classify)
    yield from give_back(freed)


def _row(outcome: Outcome, now_at: int) -> Values:
    claimed, refusal = outcome.claimed, outcome.refusal
    if refusal is None:
        return _good_row(outcome, now_at)
    verdict = judge(refusal, claimed.attempt, outcome.jitter)
    due_at = None if verdict.delay_seconds is None else now_at + round(verdict.delay_seconds * SECOND)
    waits = verdict.status is MessageStatus.QUEUED
    return (
        verdict.status.value,
        None,
        0 if verdict.is_counted else 1,
        due_at if waits else None,
        None if waits else due_at,
        None,
        refusal.code or None,
        refusal.text or None,
        now_at,
        claimed.id,
        claimed.attempt,
    )


def _good_row(outcome: Outcome, now_at: int) -> Values:
    claimed, left = outcome.claimed, outcome.provider_id is not None
    status = outcome.status if left else MessageStatus.CANCELLED
    error_text = None if left else outcome.reason
    sent_at = now_at if left else None
    return (
        status.value,
        outcome.provider_id,
        0,
        None,
        None,
        sent_at,
        None,
        error_text,
        now_at,
        claimed.id,
        claimed.attempt,
    )


def _lesson(outcome: Outcome) -> Lesson | None:
    claimed, refusal = outcome.claimed, outcome.refusal
    if refusal is None or refusal.error_class not in TEACHING:
        return None
    return Lesson(claimed.id, claimed.contact_id, outcome.provider, refusal.error_class, refusal.code, refusal.text)

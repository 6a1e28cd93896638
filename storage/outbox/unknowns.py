"""Messages of which nobody knows whether the provider took them, until its own list says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Integer, bindparam, case, literal_column, select, update

from flows.lifecycle import MAX_UNRESOLVED
from flows.values import MINUTE, Key, MessageStatus, Purpose, Receipt, Transport
from storage.outbox.receipts import Classify, apply_receipts
from storage.outbox.spending import give_back, uncount
from storage.outbox.words import UNKNOWN, is_uncertain, opted_out
from storage.plan import Members, Plan, Query, Row, Statement, Write, in_pages
from storage.schema import channels, contacts, messages

PAGE = 64
SETTLE_AFTER = 10 * MINUTE
"""Before that the provider's log may still tell."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """A call whose outcome is not known."""

    id: Key
    attempt: int
    channel_id: Key
    provider: str
    transport: Transport
    sender: str
    recipient: str
    body: str
    purpose: Purpose
    claimed_at: int
    check_count: int
    """Good lists without it since it counts as absent."""
    is_opted_out: bool
    spending_day: str | None = None
    """On which its segments were counted, in case that it left."""


_DUE = Statement(
    ("now_at",),
    select(
        messages.c.id,
        messages.c.attempt,
        messages.c.channel_id,
        channels.c.provider,
        channels.c.transport,
        channels.c.address,
        messages.c.address,
        messages.c.body,
        messages.c.purpose,
        messages.c.claimed_at,
        messages.c.check_count,
        case((opted_out(), literal_column("1", Integer())), else_=literal_column("0", Integer())),
        messages.c.spending_day,
    )
    .join(channels, channels.c.id == messages.c.channel_id)
    .join(contacts, contacts.c.id == messages.c.contact_id)
    .where(is_uncertain(), messages.c.status == UNKNOWN, messages.c.check_at <= bindparam("now_at"))
    .order_by(messages.c.check_at, messages.c.id)
    .limit(literal_column(str(PAGE), Integer())),
)
_TAKEN = Members(
    (),
    lambda _engine, members: select(messages.c.provider_id).where(
        messages.c.provider_id.in_(members),
        messages.c.provider_id.is_not(None),
        messages.c.direction == literal_column("'outbound'"),
    ),
)
_POSTPONE = Statement(
    ("check_at", "check_count", "now_at", "id", "attempt"),
    update(messages)
    .where(messages.c.id == bindparam("id"), messages.c.attempt == bindparam("attempt"), messages.c.status == UNKNOWN)
    .values(check_at=bindparam("check_at"), check_count=bindparam("check_count"), updated_at=bindparam("now_at")),
)
_CLOSE = Statement(
    ("status", "error_text", "now_at", "id", "attempt"),
    update(messages)
    .where(messages.c.id == bindparam("id"), messages.c.attempt == bindparam("attempt"), messages.c.status == UNKNOWN)
    .values(status=bindparam("status"), error_text=bindparam("error_text"), updated_at=bindparam("now_at")),
)


_SETTLE = Statement(
    ("status", "reason", "now_at", "campaign_id", "before_at"),
    update(messages)
    .where(
        messages.c.campaign_id == bindparam("campaign_id"),
        messages.c.status == UNKNOWN,
        messages.c.claimed_at <= bindparam("before_at"),
    )
    .values(status=bindparam("status"), error_text=bindparam("reason"), updated_at=bindparam("now_at"))
    .returning(messages.c.id),
)


def settle(campaign_id: Key, status: MessageStatus, now_at: int) -> Plan[int]:
    """Let a person decide what nobody can find out: a campaign's messages, unknown for long, left or go out again.

    Gives how many there were.
    """
    values = (status.value, "settled by hand", now_at, campaign_id, now_at - SETTLE_AFTER)
    return len((yield Query(_SETTLE, values)))


def due_unknowns(now_at: int) -> Plan[tuple[Unknown, ...]]:
    """Read the unknown outcomes that should be looked up now."""
    rows = yield Query(_DUE, (now_at,))
    return tuple(_read(row) for row in rows)


def assign(seen: Sequence[Receipt], now_at: int, classify: Classify) -> Plan[bool]:
    """Apply the first of these whose provider id is no message's yet; False: all of them are taken."""
    taken: set[str] = set()
    for page in in_pages([receipt.provider_id for receipt in seen]):
        rows = yield _TAKEN.query(page)
        taken.update(row[0] for row in rows)
    free = next((receipt for receipt in seen if receipt.provider_id not in taken), None)
    if free is None:
        return False
    yield from apply_receipts([free], now_at, classify)
    return True


def postpone(unknown: Unknown, check_at: int, check_count: int, now_at: int) -> Plan[None]:
    """Look it up again later."""
    yield Write(_POSTPONE, [(check_at, check_count, now_at, unknown.id, unknown.attempt)])


def close_absent(unknown: Unknown, now_at: int) -> Plan[None]:
    """Decide about a message that the provider verifiably never took: again, or not any more."""
    if unknown.is_opted_out and unknown.purpose is not Purpose.CONFIRMATION:
        status, reason = MessageStatus.CANCELLED, "opted out"
    elif unknown.attempt >= MAX_UNRESOLVED:
        status, reason = MessageStatus.FAILED, "unresolved"
    else:
        status, reason = MessageStatus.QUEUED, None
    freed = yield from uncount([(unknown.id, unknown.attempt, unknown.spending_day)], MessageStatus.UNKNOWN)
    yield Write(_CLOSE, [(status.value, reason, now_at, unknown.id, unknown.attempt)])
    yield from give_back(freed)


def _read(row: Row) -> Unknown:
    return Unknown(
        id=row[0],
        attempt=row[1],
        channel_id=row[2],
        provider=row[3],
        transport=Transport(row[4]),
        sender=row[5],
        recipient=row[6],
        body=row[7],
        purpose=Purpose(row[8]),
        claimed_at=row[9],
        check_count=row[10],
        is_opted_out=bool(row[11]),
        spending_day=row[12],
    )

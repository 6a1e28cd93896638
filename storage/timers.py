"""What is due without a message having come: reminders, expiries, free seats. Rows are the truth, not memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from sqlalchemy import BigInteger, ColumnElement, Integer, and_, bindparam, exists, func, or_, select

from flows.values import (
    MINUTE,
    ContactStatus,
    EventNear,
    ExpiryDue,
    Key,
    Occurrence,
    RegistrationStatus,
    ReminderDue,
    SeatFree,
)
from storage.outbox.words import word
from storage.plan import Plan, Query, Row, Statement
from storage.schema import contacts, conversations, events, opt_outs, registrations, sessions

PAGE = 256


@dataclass(frozen=True, slots=True)
class Due:
    """A timer's turn: what is due, for whom, and where the answer goes."""

    occurrence: Occurrence
    channel_id: Key
    person: str
    """The contact's identity."""
    address: str
    """Where answers go, as the provider writes it."""


def can_be_told() -> ColumnElement[bool]:
    """Say that the contact may be written to now; others keep their place and are passed over."""
    return and_(
        contacts.c.status.in_([word(ContactStatus.ACTIVE), word(ContactStatus.INACTIVE)]),
        contacts.c.deleted_at.is_(None),
        or_(contacts.c.silent_until_at.is_(None), contacts.c.silent_until_at <= bindparam("now_at")),
        ~exists().where(
            opt_outs.c.workspace_id == contacts.c.workspace_id,
            opt_outs.c.address == contacts.c.address,
            opt_outs.c.scope == "all",
        ),
    )


_SESSION = (
    select(sessions.c.id, sessions.c.channel_id, contacts.c.address, conversations.c.address)
    .join(contacts, contacts.c.id == sessions.c.contact_id)
    .join(
        conversations,
        and_(conversations.c.contact_id == contacts.c.id, conversations.c.channel_id == sessions.c.channel_id),
    )
    .where(sessions.c.ended_at.is_(None))
    .limit(PAGE)
)
_REMINDERS = Statement(
    ("now_at",),
    _SESSION.where(
        sessions.c.remind_at <= bindparam("now_at"),
        can_be_told(),
        or_(sessions.c.expires_at.is_(None), sessions.c.expires_at > bindparam("now_at")),
    ).order_by(sessions.c.remind_at),
)
_EXPIRIES = Statement(
    ("now_at",), _SESSION.where(sessions.c.expires_at <= bindparam("now_at")).order_by(sessions.c.expires_at)
)


def _wrote_last_there() -> ColumnElement[bool]:
    """Say that the conversation is the one in which the contact wrote last; who never wrote may have one, too."""
    other = conversations.alias("other")
    here_at, there_at = func.coalesce(conversations.c.last_inbound_at, 0), func.coalesce(other.c.last_inbound_at, 0)
    better = or_(there_at > here_at, and_(there_at == here_at, other.c.channel_id < conversations.c.channel_id))
    return ~exists().where(other.c.contact_id == conversations.c.contact_id, better)


_OPEN_EVENTS = select(events.c.id).where(  # few, where registrations are many: they are found first
    events.c.is_active,
    or_(events.c.starts_at.is_(None), events.c.starts_at > bindparam("now_at")),
    or_(events.c.capacity.is_(None), events.c.registered_count < events.c.capacity),
)
_FIRST_WAITING = (
    select(registrations.c.event_id, func.min(registrations.c.since_at).label("since_at"))
    .join(contacts, contacts.c.id == registrations.c.contact_id)
    .where(
        registrations.c.event_id.in_(_OPEN_EVENTS),
        registrations.c.status == word(RegistrationStatus.WAITING),
        can_be_told(),
    )
    .group_by(registrations.c.event_id)
    .subquery()
)
_FREE_SEATS = Statement(
    ("now_at",),
    select(_FIRST_WAITING.c.event_id, conversations.c.channel_id, contacts.c.address, conversations.c.address)
    .select_from(registrations)
    .join(
        _FIRST_WAITING,
        and_(
            _FIRST_WAITING.c.event_id == registrations.c.event_id,
            _FIRST_WAITING.c.since_at == registrations.c.since_at,
        ),
    )
    .join(contacts, contacts.c.id == registrations.c.contact_id)
    .join(conversations, conversations.c.contact_id == contacts.c.id)
    .where(registrations.c.status == word(RegistrationStatus.WAITING), can_be_told(), _wrote_last_there())
    .order_by(registrations.c.since_at)
    .limit(PAGE),
)
_BEFORE = events.c.starts_at - bindparam("before", type_=BigInteger)
_NEAR_EVENTS = select(events.c.id).where(
    events.c.is_active,
    ~events.c.all_day,
    bindparam("now_at", type_=BigInteger) >= _BEFORE,
    bindparam("now_at", type_=BigInteger) < events.c.starts_at - bindparam("next_before", type_=BigInteger),
)
_NEAR = Statement(
    ("now_at", "minutes", "before", "next_before"),
    select(registrations.c.event_id, conversations.c.channel_id, contacts.c.address, conversations.c.address)
    .select_from(registrations)
    .join(events, events.c.id == registrations.c.event_id)
    .join(contacts, contacts.c.id == registrations.c.contact_id)
    .join(conversations, conversations.c.contact_id == contacts.c.id)
    .where(
        registrations.c.event_id.in_(_NEAR_EVENTS),
        registrations.c.status == word(RegistrationStatus.REGISTERED),
        registrations.c.since_at < _BEFORE,  # who registers later has just read when it is
        or_(
            registrations.c.reminded_minutes.is_(None),
            registrations.c.reminded_minutes > bindparam("minutes", type_=Integer),
        ),
        can_be_told(),
        _wrote_last_there(),
    )
    .order_by(registrations.c.since_at)
    .limit(PAGE),
)


def due_now(now_at: int, reminder_minutes: Sequence[int] = ()) -> Plan[tuple[Due, ...]]:
    """Find at most a page of each kind of what is due: events that are near, free seats, expiries, reminders."""
    near: list[Due] = []
    for minutes, next_minutes in pairwise((*sorted(reminder_minutes, reverse=True), 0)):
        rows = yield Query(_NEAR, (now_at, minutes, minutes * MINUTE, next_minutes * MINUTE))
        near += [Due(EventNear(row[0], minutes), row[1], row[2], row[3]) for row in rows]
    seat_rows = yield Query(_FREE_SEATS, (now_at,))
    expiry_rows = yield Query(_EXPIRIES, (now_at,))
    reminder_rows = yield Query(_REMINDERS, (now_at,))
    return (
        *near,
        *_dues(SeatFree, seat_rows),
        *_dues(ExpiryDue, expiry_rows),
        *_dues(ReminderDue, reminder_rows),
    )


def _dues(kind: type[SeatFree] | type[ExpiryDue] | type[ReminderDue], rows: Sequence[Row]) -> list[Due]:
    return [Due(kind(row[0]), row[1], row[2], row[3]) for row in rows]

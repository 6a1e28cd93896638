"""Who is on an event's list: shown, and changed by an operator."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import BigInteger, and_, bindparam, exists, func, or_, select, update
from sqlalchemy.sql import ClauseElement

from flows.errors import Conflict
from flows.values import Event, Key, RegistrationStatus
from storage.outbox.words import word
from storage.plan import Plan, Query, Row, Statement, Write, insert_for, insertion
from storage.schema import channels, contacts, conversations, events, registrations
from storage.timers import can_be_told

SHOWN = 100
"""People of a list that are shown at most."""
_REGISTERED, _WAITING = word(RegistrationStatus.REGISTERED), word(RegistrationStatus.WAITING)


@dataclass(frozen=True, slots=True)
class Counts:
    """How many come to an event, and how many wait."""

    registered: int
    waiting: int

    @property
    def total(self) -> int:
        """All who are on the list."""
        return self.registered + self.waiting


@dataclass(frozen=True, slots=True)
class Listed:
    """One person on an event's list."""

    contact_id: Key
    address: str
    name: str | None
    number: int | None
    is_waiting: bool


_SEATS = Statement(("event_id",), select(events.c.registered_count).where(events.c.id == bindparam("event_id")))
_WAITING_COUNT = Statement(
    ("event_id",),
    select(func.count())
    .select_from(registrations)
    .where(registrations.c.event_id == bindparam("event_id"), registrations.c.status == _WAITING),
)


_MOVABLE = Statement(
    ("event_id", "now_at"),
    select(func.count())
    .select_from(registrations)
    .join(contacts, contacts.c.id == registrations.c.contact_id)
    .where(registrations.c.event_id == bindparam("event_id"), registrations.c.status == _WAITING, can_be_told()),
)


def _people(status: ClauseElement) -> Statement:
    return Statement(
        ("event_id",),
        select(
            contacts.c.id,
            contacts.c.address,
            func.coalesce(registrations.c.name, contacts.c.name),
            contacts.c.number,
            registrations.c.status,
        )
        .join(contacts, contacts.c.id == registrations.c.contact_id)
        .where(registrations.c.event_id == bindparam("event_id"), registrations.c.status == status)
        .order_by(registrations.c.since_at)
        .limit(SHOWN),
    )


_COME, _WAIT = _people(_REGISTERED), _people(_WAITING)
_PLACE = Statement(
    ("event_id", "contact_id"),
    select(registrations.c.status).where(
        registrations.c.event_id == bindparam("event_id"), registrations.c.contact_id == bindparam("contact_id")
    ),
)
_MINE = events.c.id == bindparam("event_id")
_TAKE = Statement(
    ("event_id",),
    update(events)
    .where(
        _MINE,
        events.c.is_active,
        or_(
            events.c.capacity.is_(None),
            and_(
                events.c.registered_count < events.c.capacity,
                ~exists().where(registrations.c.event_id == events.c.id, registrations.c.status == _WAITING),
            ),
        ),
    )
    .values(registered_count=events.c.registered_count + 1)
    .returning(events.c.id),
)
_GIVE_BACK = Statement(
    ("event_id",), update(events).where(_MINE).values(registered_count=events.c.registered_count - 1)
)
_PUT_COLUMNS = ("event_id", "contact_id", "status", "name", "since_at", "created_at")


def _put(engine: str) -> ClauseElement:
    made = insert_for(engine)(registrations).values({name: bindparam(name) for name in _PUT_COLUMNS})
    return made.on_conflict_do_update(  # type: ignore[no-any-return]
        index_elements=["event_id", "contact_id"],
        set_={
            "status": made.excluded.status,
            "since_at": made.excluded.since_at,
            "name": func.coalesce(made.excluded.name, registrations.c.name),
        },
        where=registrations.c.status == word(RegistrationStatus.WITHDRAWN),
    ).returning(registrations.c.contact_id)


_PUT = Statement(_PUT_COLUMNS, _put)
_DROP = Statement(
    ("now_at", "event_id", "contact_id", "was"),
    update(registrations)
    .where(
        registrations.c.event_id == bindparam("event_id"),
        registrations.c.contact_id == bindparam("contact_id"),
        registrations.c.status == bindparam("was"),
    )
    .values(status=word(RegistrationStatus.WITHDRAWN), since_at=bindparam("now_at", type_=BigInteger))
    .returning(registrations.c.contact_id),
)
_NAMED = Statement(
    ("event_id", "name"),
    select(contacts.c.id)
    .join(registrations, registrations.c.contact_id == contacts.c.id)
    .where(
        registrations.c.event_id == bindparam("event_id"),
        registrations.c.status != word(RegistrationStatus.WITHDRAWN),
        or_(
            *(
                func.lower(name).in_([func.lower(bindparam("name")), bindparam("name")])
                | func.lower(name).startswith(func.lower(bindparam("name")) + " ")
                for name in (registrations.c.name, contacts.c.name)
            )
        ),
    )
    .limit(SHOWN),
)
_HAS_CONVERSATION = Statement(
    ("contact_id",),
    select(conversations.c.channel_id)
    .join(channels, channels.c.id == conversations.c.channel_id)
    .where(conversations.c.contact_id == bindparam("contact_id"))
    .limit(1),
)
_CONVERSATION = insertion(conversations, ("contact_id", "channel_id", "workspace_id", "address"), ignore=True)


def count_list(event_id: Key) -> Plan[Counts]:
    """Count who comes and who waits, as the event's row and its list have it now."""
    rows = yield Query(_SEATS, (event_id,))
    waiting = yield Query(_WAITING_COUNT, (event_id,))
    return Counts(int(rows[0][0]) if rows else 0, int(waiting[0][0]))


def count_moving_up(event_id: Key, now_at: int) -> Plan[int]:
    """Count those of the waiting list who get a seat as soon as one is free: who may not be written to now stays."""
    rows = yield Query(_MOVABLE, (event_id, now_at))
    return int(rows[0][0])


def people_on_list(event_id: Key) -> Plan[tuple[Listed, ...]]:
    """Read the first of those who come, then of those who wait, in the order in which they came."""
    come = yield Query(_COME, (event_id,))
    wait = yield Query(_WAIT, (event_id,))
    return tuple(_listed(row) for row in (*come, *wait))


def named_on_list(event_id: Key, name: str) -> Plan[tuple[Key, ...]]:
    """Find the people on an event's list with a name, or whose name begins with it as a word."""
    rows = yield Query(_NAMED, (event_id, name))
    return tuple(row[0] for row in rows)


def place_on_list(event_id: Key, contact_id: Key) -> Plan[RegistrationStatus]:
    """Say where a contact stands with an event; who was never on the list stands where a withdrawn one does."""
    rows = yield Query(_PLACE, (event_id, contact_id))
    return RegistrationStatus(rows[0][0]) if rows else RegistrationStatus.WITHDRAWN


def put_on_list(event: Event, contact_id: Key, name: str | None, now_at: int) -> Plan[RegistrationStatus]:
    """Put a contact on the list of an event that is held, or on its waiting list when it is full; say which.

    Raises `Conflict` when the contact is on it already.
    """
    taken = yield Query(_TAKE, (event.id,))
    status = RegistrationStatus.REGISTERED if taken else RegistrationStatus.WAITING
    if not (yield Query(_PUT, (event.id, contact_id, status.value, name, now_at, now_at))):
        raise Conflict
    return status


def take_off_list(event_id: Key, contact_id: Key, was: RegistrationStatus, now_at: int) -> Plan[None]:
    """Take a contact off an event's list, where the seat becomes free; raises `Conflict` when that has changed."""
    if not (yield Query(_DROP, (now_at, event_id, contact_id, was.value))):
        raise Conflict
    if was is RegistrationStatus.REGISTERED:
        yield Write(_GIVE_BACK, [(event_id,)])


def begin_conversation(workspace_id: Key, contact_id: Key, channel_id: Key, address: str) -> Plan[None]:
    """Note the channel by which somebody who never wrote is reached: reminders and free seats go there."""
    if not (yield Query(_HAS_CONVERSATION, (contact_id,))):
        yield Write(_CONVERSATION, [(contact_id, channel_id, workspace_id, address)])


def _listed(row: Row) -> Listed:
    return Listed(row[0], row[1], row[2], row[3], row[4] == RegistrationStatus.WAITING)

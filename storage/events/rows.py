"""Changes of an event: what is said of it, its state, and its end."""

from __future__ import annotations

from sqlalchemy import Boolean, Integer, and_, bindparam, delete, or_, select, update

from flows.errors import Conflict
from flows.values import Event, Key
from storage.catalogue import drop_keywords, save_event_keywords, touch_catalogue
from storage.numbers import keep_number
from storage.plan import Plan, Query, Statement, Write
from storage.schema import events, registrations

_VALUES = ("title", "starts_at", "ends_at", "place", "capacity", "is_active", "all_day", "closed_at", "cancelled_at")
_SEEN = and_(events.c.id == bindparam("event_id"), events.c.updated_at == bindparam("was_at"))
_CAPACITY = bindparam("capacity", type_=Integer)
_CHANGE = Statement(
    (*_VALUES, "now_at", "event_id", "was_at"),
    update(events)
    .where(
        _SEEN,
        or_(
            _CAPACITY.is_(None),
            events.c.registered_count <= _CAPACITY,
            events.c.capacity == _CAPACITY,
        ),
    )
    .values(
        {name: bindparam(name) for name in _VALUES if name not in ("capacity", "is_active", "all_day")}
        | {name: bindparam(name, type_=Boolean()) for name in ("is_active", "all_day")}
        | {"capacity": _CAPACITY, "updated_at": bindparam("now_at")}
    )
    .returning(events.c.id),
)
_TIMES = Statement(
    ("event_id",), select(events.c.closed_at, events.c.cancelled_at).where(events.c.id == bindparam("event_id"))
)
_HOLD = Statement(
    ("event_id", "was_at"),
    update(events).where(_SEEN).values(registered_count=events.c.registered_count).returning(events.c.id),
)
_REMINDED = Statement(
    ("minutes", "event_id"),
    update(registrations)
    .where(registrations.c.event_id == bindparam("event_id"))
    .values(reminded_minutes=bindparam("minutes", type_=Integer)),
)
_EMPTY = Statement(("event_id",), delete(registrations).where(registrations.c.event_id == bindparam("event_id")))
_DELETE = Statement(("event_id",), delete(events).where(events.c.id == bindparam("event_id")))


def change_event(workspace_id: Key, was: Event, now: Event, now_at: int) -> Plan[None]:
    """Write an event as it is from now on.

    Raises `Conflict` when it has changed since it was read, or more people come than it has seats now, and
    `FlowDefinitionError` when a keyword starts something else already.
    """
    found = yield Query(_TIMES, (was.id,))
    closed_at, cancelled_at = found[0] if found else (None, None)
    values = (
        *(now.title, now.starts_at, now.ends_at, now.place, now.capacity, now.is_active, now.all_day),
        (closed_at or now_at) if now.is_closed else None,
        (cancelled_at or now_at) if now.is_cancelled else None,
    )
    if not (yield Query(_CHANGE, (*values, _later(was, now_at), was.id, was.changed_at))):
        raise Conflict
    if now.keywords != was.keywords:
        yield from save_event_keywords(workspace_id, now)
    yield from touch_catalogue(workspace_id)


def hold_event(was: Event) -> Plan[None]:
    """Let nobody register until the transaction ends; raises `Conflict` when it has changed since it was read."""
    if not (yield Query(_HOLD, (was.id, was.changed_at))):
        raise Conflict


def begin_reminders_at(event_id: Key, minutes: int | None) -> Plan[None]:
    """Let the reminders begin again for everybody; `minutes`: the one before the new date that is not sent any more."""
    yield Write(_REMINDED, [(minutes, event_id)])


def delete_event(workspace_id: Key, event: Event) -> Plan[None]:
    """Delete an event that is held, with its list and its keywords; its number is never given again."""
    yield from keep_number(workspace_id, "event", event.number)
    yield from drop_keywords(event.id)
    yield Write(_EMPTY, [(event.id,)])
    yield Write(_DELETE, [(event.id,)])
    yield from touch_catalogue(workspace_id)


def _later(was: Event, now_at: int) -> int:
    """Return a moment that differs from the last change, also by a clock that stands still or was put back."""
    return max(now_at, (was.changed_at or 0) + 1)

"""Registrations for events, their seats, and the community."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import BigInteger, Integer, bindparam, delete, func, or_, select, update
from sqlalchemy.sql import ClauseElement

from flows.effects import EventReminded, JoinCommunity, LeaveCommunity, Register, Withdraw
from flows.errors import Conflict
from flows.state import seats_taken
from flows.values import Key, RegistrationStatus
from storage.apply.handled import Effects, write_all
from storage.channels import COMMUNITY
from storage.plan import Plan, Query, Statement, Values, Write, insert_for, insertion
from storage.schema import events, group_members, groups, registrations

_REGISTER_COLUMNS = ("event_id", "contact_id", "status", "name", "since_at", "created_at")


def _register(engine: str) -> ClauseElement:
    made = insert_for(engine)(registrations).values({name: bindparam(name) for name in _REGISTER_COLUMNS})
    return made.on_conflict_do_update(  # type: ignore[no-any-return]
        index_elements=["event_id", "contact_id"],
        set_={
            "status": made.excluded.status,
            "since_at": made.excluded.since_at,
            "name": func.coalesce(made.excluded.name, registrations.c.name),  # a name once given stays known
        },
    )


_REGISTER = Statement(_REGISTER_COLUMNS, _register)
_REMINDED = Statement(
    ("minutes", "event_id", "contact_id"),
    update(registrations)
    .where(registrations.c.event_id == bindparam("event_id"), registrations.c.contact_id == bindparam("contact_id"))
    .values(reminded_minutes=bindparam("minutes")),
)
_SEATS = bindparam("seats", type_=Integer)
_SEEN_AT = bindparam("seen_at", type_=BigInteger)
_TAKE_SEATS = Statement(
    ("seats", "event_id", "seen_at"),
    update(events)
    .where(
        events.c.id == bindparam("event_id"),
        or_(_SEEN_AT.is_(None), events.c.updated_at == _SEEN_AT),
        or_(events.c.capacity.is_(None), _SEATS <= 0, events.c.registered_count + _SEATS <= events.c.capacity),
    )
    .values(registered_count=events.c.registered_count + _SEATS)
    .returning(events.c.id),
)
_COMMUNITY = Statement(
    ("workspace_id",),
    select(groups.c.id).where(groups.c.workspace_id == bindparam("workspace_id"), groups.c.name == COMMUNITY),
)
_JOIN = insertion(group_members, ("group_id", "contact_id", "added_at"), ignore=True)
_LEAVE = Statement(
    ("group_id", "contact_id"),
    delete(group_members).where(
        group_members.c.group_id == bindparam("group_id"), group_members.c.contact_id == bindparam("contact_id")
    ),
)


@dataclass(slots=True)
class _Seats:
    """What a batch does to one event's seats."""

    taken: int = 0
    seen_at: int | None = None

    def add(self, effect: Register | Withdraw) -> None:
        """Count one more effect."""
        self.taken += seats_taken(effect)
        if isinstance(effect, Register) and effect.seen_at is not None:
            self.seen_at = effect.seen_at


def apply_registrations(effects: Effects) -> Plan[None]:
    """Write who comes to what.

    Raises `Conflict` when another node took a seat that was counted on, or an operator changed an event that people
    are told about as it was before.
    """
    final: dict[tuple[Key, Key], Values] = {}
    seats: dict[Key, _Seats] = {}
    found = effects.of(Register) + effects.of(Withdraw)
    for handled, effect in sorted(found, key=lambda pair: pair[0].id):
        status = effect.status if isinstance(effect, Register) else RegistrationStatus.WITHDRAWN
        name = effect.name if isinstance(effect, Register) else None
        place = (effect.event_id, handled.contact.id)
        final[place] = (*place, status.value, name, handled.now_at, handled.now_at)
        seats.setdefault(effect.event_id, _Seats()).add(effect)
    reminded = [(one.minutes, one.event_id, handled.contact.id) for handled, one in effects.of(EventReminded)]
    yield from _take_seats(seats)  # first: an operator's change of the event waits for this batch, or the other way
    yield from write_all(((_REGISTER, list(final.values())), (_REMINDED, reminded)))
    yield from _apply_community(effects)


def _take_seats(seats: dict[Key, _Seats]) -> Plan[None]:
    for event_id, change in sorted(seats.items()):
        if change.taken or change.seen_at is not None:
            rows = yield Query(_TAKE_SEATS, (change.taken, event_id, change.seen_at))
            if not rows:
                raise Conflict


def _apply_community(effects: Effects) -> Plan[None]:
    found = effects.of(JoinCommunity) + effects.of(LeaveCommunity)
    for handled, effect in sorted(found, key=lambda pair: pair[0].id):
        rows = yield Query(_COMMUNITY, (handled.channel.workspace_id,))
        group_id = rows[0][0]
        if isinstance(effect, JoinCommunity):
            yield Write(_JOIN, [(group_id, handled.contact.id, handled.now_at)])
        else:
            yield Write(_LEAVE, [(group_id, handled.contact.id)])

"""Who gets a seat: registering, the waiting list, and moving up from it."""

from __future__ import annotations

from flows.consent.scopes import event_scope
from flows.effects import Effect, OptIn, Outcome, Register, Reply, Template
from flows.registration.machine import REGISTRATION_TABLE
from flows.registration.wording import event_says
from flows.turn import Turn
from flows.values import Contact, Event, InboundMessage, RegistrationStatus, SeatFree

_ANNOUNCEMENTS = {RegistrationStatus.REGISTERED: "registered", RegistrationStatus.WAITING: "waiting"}
_REPEATS = {RegistrationStatus.REGISTERED: "already_registered", RegistrationStatus.WAITING: "already_waiting"}


def register(turn: Turn, event: Event, name: str | None = None, announce: bool = True) -> tuple[Effect, ...]:
    """Put the contact on an event's list, or its waiting list when it is full, and say so.

    Nothing at all where the contact has a place already, or the event is over or takes nobody.
    """
    wish = "register" if has_seat(event) and not event.waiting_count else "wait"
    reached = REGISTRATION_TABLE.get((place_of(turn.contact, event), wish))
    if reached is None or not event.takes_people or is_past(event, turn.now_at):
        return ()
    status = RegistrationStatus(reached)
    effect = Register(event.id, status, name or turn.contact.name, seen_at=event.changed_at)
    effects = (*resumed(turn, event_scope(event.number)), effect)
    return (*effects, Reply(event_says(turn, event, _ANNOUNCEMENTS[status]))) if announce else effects


def register_or_say(turn: Turn, event: Event, name: str | None = None) -> tuple[Effect, ...]:
    """Register as `register` does, or say why not; nothing for somebody who is on the list."""
    is_new = place_of(turn.contact, event) is RegistrationStatus.WITHDRAWN
    refused = refusal(turn, event) if is_new else None
    return register(turn, event, name) if refused is None else (refused,)


def resumed(turn: Turn, scope: str) -> tuple[Effect, ...]:
    """Take the stop of a topic back for a person who asks for that topic again."""
    if scope not in turn.contact.stopped_topics:
        return ()
    return (OptIn("keyword", turn.occurrence.text if isinstance(turn.occurrence, InboundMessage) else "", scope),)


def refusal(turn: Turn, event: Event) -> Reply | None:
    """Say why nothing changes: it is cancelled or over, the contact is on its list, it takes nobody; None: it may."""
    if event.is_cancelled:
        return Reply((Template("event_cancelled", {"title": event.title}),))
    if is_past(event, turn.now_at):
        return Reply((Template("event_past", {"title": event.title}),))
    repeat = _REPEATS.get(place_of(turn.contact, event))
    if repeat is not None:
        return Reply(event_says(turn, event, repeat))
    return None if event.takes_people else Reply((Template("event_closed", {"title": event.title}),))


def promote(turn: Turn, occurrence: SeatFree) -> Outcome:
    """Give a seat that became free to the contact, who was the first to wait; nothing where either has changed."""
    contact = turn.contact
    event = turn.catalogue.events.get(occurrence.event_id)
    if event is None or not event.is_active or is_past(event, turn.now_at) or not has_seat(event):
        return Outcome(contact.session)
    reached = REGISTRATION_TABLE.get((place_of(contact, event), "promote"))
    if reached is None:
        return Outcome(contact.session)
    status = RegistrationStatus(reached)
    moved = Register(event.id, status, contact.name, was_waiting=True, seen_at=event.changed_at)
    if event_scope(event.number) in contact.stopped_topics:
        return Outcome(contact.session, (moved,))  # an operator put them on the list: the seat is theirs, in silence
    return Outcome(contact.session, (moved, Reply(event_says(turn, event, "promoted"))))


def place_of(contact: Contact, event: Event) -> RegistrationStatus:
    """Say where the contact stands with an event; who was never on its list stands where a withdrawn one does."""
    return contact.registrations.get(event.id, RegistrationStatus.WITHDRAWN)


def has_seat(event: Event) -> bool:
    """Say whether one more fits in."""
    return event.capacity is None or event.registered_count < event.capacity


def is_past(event: Event, now_at: int) -> bool:
    """Say whether an event is over; one without an end is over once it has begun."""
    over_at = event.starts_at if event.ends_at is None else event.ends_at
    return over_at is not None and over_at <= now_at


def state_of(event: Event, now_at: int) -> str:
    """Return where an event stands: open, closed, cancelled or over."""
    if event.is_cancelled:
        return "cancelled"
    if is_past(event, now_at):
        return "over"
    return "open" if event.takes_people else "closed"

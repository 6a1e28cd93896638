"""A reminder of an event that is near."""

from __future__ import annotations

from flows.consent.scopes import event_scope
from flows.effects import EventReminded, Outcome, Reply
from flows.registration.seats import place_of
from flows.registration.wording import event_says
from flows.turn import Turn
from flows.values import EventNear, RegistrationStatus


def remind_of_event(turn: Turn, occurrence: EventNear) -> Outcome:
    """Remind the contact of an event that begins soon; nothing where it is over, called off, or the contact left."""
    contact = turn.contact
    event = turn.catalogue.events.get(occurrence.event_id)
    if event is None or not event.is_active or event.starts_at is None or event.starts_at <= turn.now_at:
        return Outcome(contact.session)
    if event_scope(event.number) in contact.stopped_topics:
        return Outcome(contact.session, (EventReminded(event.id, occurrence.minutes),))
    if place_of(contact, event) is not RegistrationStatus.REGISTERED:
        return Outcome(contact.session)
    says = event_says(turn, event, "event_reminder")
    return Outcome(contact.session, (EventReminded(event.id, occurrence.minutes), Reply(says)))

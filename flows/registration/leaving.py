"""LEAVE: off one event's list, or out of the community. Ending all messages is STOP's."""

from __future__ import annotations

from flows.effects import Effect, EndSession, LeaveCommunity, Outcome, RecordConsent, Reply, Template, Withdraw
from flows.language.text import normalise
from flows.machine import advance
from flows.registration.heard import heard
from flows.registration.machine import JOIN_TABLE, NAME_TABLE, REGISTRATION_TABLE
from flows.registration.seats import is_past, place_of
from flows.registration.wording import short_name
from flows.registration.words import community_words, without_fillers
from flows.turn import Turn
from flows.values import Contact, Event, RegistrationStatus, Session

Membership = Event | None
"""What a contact can leave; None is the community."""


def leave(turn: Turn, rest: str) -> Outcome:
    """Withdraw the contact from what `rest` (the text after LEAVE) names, or from the one thing there is."""
    current = memberships(turn)
    if without_fillers(rest):
        return _leave_named(turn, rest, current)
    if len(current) == 1:
        return _withdraw(turn, current[0])
    return _answer(turn, _listing(turn, "leave_which" if current else "leave_nothing", current))


def leave_events(turn: Turn, rest: str) -> Outcome:
    """Withdraw the contact from an event and never from the community: the one that is named, or the only one."""
    current = [one for one in memberships(turn) if one is not None]
    if without_fillers(rest):
        return _leave_named(turn, rest, [*current])
    if len(current) == 1:
        return _withdraw(turn, current[0])
    return _answer(turn, _listing(turn, "leave_which" if current else "no_registrations", [*current]))


def _leave_named(turn: Turn, rest: str, current: list[Membership]) -> Outcome:
    wanted = {normalise(rest), without_fillers(rest)}
    if wanted & community_words():
        return _withdraw(turn, None) if None in current else _answer(turn, _listing(turn, "not_joined", current))
    named = [event for event in turn.catalogue.events.values() if wanted & _names(event)]
    event = next((event for event in named if event in current), named[0] if named else None)
    if event is None:
        return _answer(turn, _listing(turn, "leave_unknown", current))
    if event in current:
        return _withdraw(turn, event)
    return _answer(turn, Template("not_registered", {"title": event.title}))


def _withdraw(turn: Turn, membership: Membership) -> Outcome:
    session = turn.contact.session
    effects: list[Effect] = list(_leave_place(turn, membership))
    if session is not None and is_about(session, membership):
        table = JOIN_TABLE if membership is None else NAME_TABLE
        effects.append(EndSession(session.id, advance(table, session.state, "cancel")))
        session = None
    left = "left_community" if membership is None else "left_event"
    title = "" if membership is None else membership.title
    effects.append(Reply((Template(left, {"title": title, "organisation": turn.workspace.name}),)))
    return Outcome(session, tuple(effects))


def _leave_place(turn: Turn, membership: Membership) -> tuple[Effect, ...]:
    contact = turn.contact
    if membership is None:
        record = RecordConsent("left_community", "keyword", heard(turn))
        return (LeaveCommunity(), record) if contact.in_community else ()
    if not is_on_list(contact, membership):
        return ()
    return (Withdraw(membership.id, place_of(contact, membership) is RegistrationStatus.REGISTERED),)


def memberships(turn: Turn) -> list[Membership]:
    """Name what the contact is in, or is about to be: events to come, then the community."""
    contact, session = turn.contact, turn.contact.session
    events = [event for event in turn.catalogue.events.values() if not is_past(event, turn.now_at)]
    current: list[Membership] = [
        event for event in events if is_on_list(contact, event) or (session and is_about(session, event))
    ]
    is_joining = session is not None and is_about(session, None)
    return [*current, None] if contact.in_community or is_joining else current


def is_on_list(contact: Contact, event: Event) -> bool:
    """Return whether a contact has a place in an event, or waits for one."""
    return (place_of(contact, event), "withdraw") in REGISTRATION_TABLE


def is_about(session: Session, membership: Membership) -> bool:
    """Return whether a session is about to make a contact part of something."""
    if membership is None:
        return session.flow == "join"
    return session.flow == "name" and session.flow_id == membership.id


def _names(event: Event) -> set[str]:
    names = {normalise(name) for name in (*event.keywords, event.title)} | {without_fillers(event.title)}
    return (names | {str(event.number)}) - {""}


def _listing(turn: Turn, template: str, current: list[Membership]) -> Template:
    keywords = [short_name(event) for event in current if event is not None]
    values = {"keywords": keywords, "community": None in current, "organisation": turn.workspace.name}
    return Template(template, values)


def _answer(turn: Turn, template: Template) -> Outcome:
    return Outcome(turn.contact.session, (Reply((template,)),))

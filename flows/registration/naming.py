"""The question for a name, of an event's registration or of a new member; a name is never a reason to lose either."""

from __future__ import annotations

from dataclasses import replace

from flows.effects import Effect, EndSession, Outcome, Reply, SetName, Template
from flows.language.text import normalise
from flows.machine import Table, advance
from flows.registration.heard import heard
from flows.registration.machine import ASKING_NAME, JOIN_TABLE, NAME_TABLE
from flows.registration.seats import refusal, register, register_or_say
from flows.registration.words import read_name, refuses
from flows.surveys.verbs import Verb, verb_of
from flows.turn import Turn
from flows.values import HOUR, Event, Session

JOIN = "join"
NAME = "name"
"""What the sessions carry as their `flow`."""

MAX_TRIES = 3
"""Answers that are no name, or neither yes nor no, before we go on without."""
REMIND_AFTER = HOUR
EXPIRE_AFTER = 4 * HOUR
"""Then the registration is made without the name."""


def begin_naming(turn: Turn, event: Event) -> Session:
    """Begin to ask for the name to register under."""
    return Session(
        turn.fresh_id,
        NAME,
        ASKING_NAME,
        flow_id=event.id,
        started_at=turn.now_at,
        remind_at=turn.now_at + REMIND_AFTER,
        expires_at=turn.now_at + EXPIRE_AFTER,
    )


def name_question(turn: Turn, session: Session) -> Template:
    """Ask for the name, and say what it is for."""
    event = _event_of(turn, session)
    return Template("ask_name", {"title": "" if event is None else event.title})


def step_name(turn: Turn, session: Session) -> Outcome:
    """Take a message as the name; SKIP or a no leaves it out, and so does the third text that is no name."""
    said = heard(turn)
    if verb_of(said) is Verb.SKIP or refuses(said):
        return _go_on(turn, session, "skip", None)
    name = None if normalise(said) in turn.catalogue.triggers else read_name(said)
    if name is not None:
        return _go_on(turn, session, "answer", name)
    if session.tries + 1 >= MAX_TRIES:
        return _go_on(turn, session, "give_up", None)
    state = advance(table_of(session), session.state, "retry")
    again = Reply((Template("ask_name_again"),))
    return Outcome(replace(session, state=state, tries=session.tries + 1), (again,))


def settle(turn: Turn, session: Session, event: str = "skip") -> tuple[Effect, ...]:
    """End a registration's question for the name that gets no answer, and register without."""
    ended = EndSession(session.id, advance(NAME_TABLE, session.state, event))
    asked_for = _event_of(turn, session)
    return (ended,) if asked_for is None else (ended, *register_or_say(turn, asked_for))


def table_of(session: Session) -> Table:
    """Give the table that a session of ours steps through."""
    return JOIN_TABLE if session.flow == JOIN else NAME_TABLE


def _go_on(turn: Turn, session: Session, event: str, name: str | None) -> Outcome:
    ended = EndSession(session.id, advance(table_of(session), session.state, event))
    named = () if name is None else (SetName(name),)
    return Outcome(None, (*named, ended, *_conclude(turn, session, name)))


def _conclude(turn: Turn, session: Session, name: str | None) -> tuple[Effect, ...]:
    if session.flow == JOIN:
        return (Reply((Template("name_skipped") if name is None else Template("name_kept", {"name": name}),)),)
    event = _event_of(turn, session)
    if event is None:
        return (Reply((Template("event_gone"),)),)
    refused = refusal(turn, event)
    return register(turn, event, name) if refused is None else (refused,)


def _event_of(turn: Turn, session: Session) -> Event | None:
    return None if session.flow_id is None else turn.catalogue.events.get(session.flow_id)

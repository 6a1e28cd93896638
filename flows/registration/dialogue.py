"""The doors to registration: an event's keyword, JOIN, LEAVE, and what comes next in their open sessions."""

from __future__ import annotations

from dataclasses import replace

from flows.effects import Effect, EndSession, Outcome, Reply, Template
from flows.machine import advance
from flows.registration.joining import consent_question, join, step_consent
from flows.registration.leaving import leave
from flows.registration.machine import ASKING_CONSENT, JOIN_TABLE
from flows.registration.naming import JOIN, NAME, begin_naming, name_question, settle, step_name, table_of
from flows.registration.seats import is_past, promote, refusal, register
from flows.registration.wording import short_name
from flows.registration.words import join_words, leave_words
from flows.turn import Turn
from flows.values import Event, ExpiryDue, ReminderDue, Session

__all__ = [
    "FLOWS",
    "enrol",
    "expire",
    "join",
    "join_words",
    "leave",
    "leave_words",
    "promote",
    "register",
    "remind",
    "settle",
    "step",
]

FLOWS = frozenset({JOIN, NAME})
"""What the sessions that are stepped here carry as their `flow`."""


def enrol(turn: Turn, event: Event, *, for_several: bool = False) -> Outcome:
    """Register by the event's keyword, after the question for the name where the event wants one.

    An open dialogue of another kind goes on, and is not interrupted by that question. `for_several`: the text asked for
    more than one place; the answer says that it is one.
    """
    outcome = _enrol(turn, event)
    if not for_several or not event.takes_people or is_past(event, turn.now_at):
        return outcome
    note = Template("one_place_each", {"keyword": short_name(event)})
    effects = (replace(one, says=(*one.says, note)) if isinstance(one, Reply) else one for one in outcome.effects)
    return replace(outcome, effects=tuple(effects))


def _enrol(turn: Turn, event: Event) -> Outcome:
    session = turn.contact.session
    refused = refusal(turn, event)
    if refused is not None:
        return Outcome(session, (refused,))
    before: tuple[Effect, ...] = ()
    if session is not None and session.flow == NAME:
        if session.flow_id == event.id:
            return Outcome(session, (_question(turn, session),))
        before, session = settle(turn, session), None
    if session is None and event.ask_name and turn.contact.name is None:
        asking = begin_naming(turn, event)
        return Outcome(asking, (*before, _question(turn, asking)))
    return Outcome(session, (*before, *register(turn, event)))


def step(turn: Turn, session: Session) -> Outcome:
    """Take a message as the answer to what a join or name session asked."""
    return step_consent(turn, session) if session.state == ASKING_CONSENT else step_name(turn, session)


def remind(turn: Turn, session: Session) -> Outcome:
    """Ask again, once; nothing where the session has moved on meanwhile."""
    if not _is_due(turn, session, session.remind_at):
        return Outcome(session)
    state = advance(table_of(session), session.state, "remind")
    return Outcome(replace(session, state=state, remind_at=None), (_question(turn, session),))


def expire(turn: Turn, session: Session) -> Outcome:
    """End a session that heard nothing: a registration is made without the name, a JOIN without its YES is dropped."""
    if not _is_due(turn, session, session.expires_at):
        return Outcome(session)
    if session.flow == NAME:
        return Outcome(None, settle(turn, session, "expire"))
    return Outcome(None, (EndSession(session.id, advance(JOIN_TABLE, session.state, "expire")),))


def _question(turn: Turn, session: Session) -> Reply:
    return consent_question(turn) if session.state == ASKING_CONSENT else Reply((name_question(turn, session),))


def _is_due(turn: Turn, session: Session, due_at: int | None) -> bool:
    occurrence = turn.occurrence
    is_about = isinstance(occurrence, ReminderDue | ExpiryDue) and occurrence.session_id == session.id
    return is_about and due_at is not None and due_at <= turn.now_at

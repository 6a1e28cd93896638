"""The contact's open session: its verbs, its next step, its reminder and its end."""

from __future__ import annotations

from dataclasses import replace

from flows.conversation.keywords import open_survey
from flows.effects import EndSession, Outcome, Reply
from flows.registration import dialogue as registration
from flows.surveys import dialogue as surveys
from flows.turn import Turn
from flows.values import ExpiryDue, InboundMessage, Occurrence, ReminderDue, Session

LOST = "lost"
"""How a session ends whose survey is gone."""


def session_verb(turn: Turn, message: InboundMessage) -> Outcome | None:
    """BACK, SKIP, RESTART, PAUSE and RESUME, while a survey is open."""
    found = open_survey(turn)
    if found is None or message.button is not None:
        return None
    return surveys.steer(turn, *found, message.text)


def continue_session(turn: Turn, _message: InboundMessage) -> Outcome | None:
    """Take the message as the answer to what was asked."""
    session = turn.contact.session
    if session is None:
        return None
    if session.flow in registration.FLOWS:
        return registration.step(turn, session)
    found = open_survey(turn)
    if found is None or not surveys.is_open(session):
        return None
    return surveys.step(turn, *found)


def remind_session(turn: Turn) -> Outcome:
    """Ask again what is open, once."""
    session = turn.contact.session
    if session is None:
        return Outcome(None)
    if session.flow in registration.FLOWS:
        return registration.remind(turn, session)
    found = open_survey(turn)
    return without_reminder(session) if found is None else surveys.remind(turn, *found)


def without_reminder(session: Session) -> Outcome:
    """Leave the session as it is, and its reminder out: it would be due for ever."""
    return Outcome(replace(session, remind_at=None))


def left_by_failure(occurrence: Occurrence, session: Session | None) -> Outcome:
    """Say what is left after a step that failed: the session as it was, but no timer that would only fail again."""
    if session is not None and isinstance(occurrence, ReminderDue):
        return without_reminder(session)
    if session is not None and isinstance(occurrence, ExpiryDue):
        return Outcome(None, (EndSession(session.id, LOST),))
    return Outcome(session)


def expire_session(turn: Turn, *, silent: bool = False) -> Outcome:
    """End the session that waited too long; `silent` leaves the farewell out."""
    session = turn.contact.session
    if session is None:
        return Outcome(None)
    outcome = _expire(turn, session)
    if not silent:
        return outcome
    return Outcome(outcome.session, tuple(one for one in outcome.effects if not isinstance(one, Reply)))


def _expire(turn: Turn, session: Session) -> Outcome:
    if session.flow in registration.FLOWS:
        return registration.expire(turn, session)
    found = open_survey(turn)
    if found is None:
        return Outcome(None, (EndSession(session.id, LOST),))
    return surveys.expire(turn, *found)

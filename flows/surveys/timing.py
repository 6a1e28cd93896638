"""What happens to a session that hears nothing: one reminder, then its end."""

from __future__ import annotations

from dataclasses import replace

from flows.effects import EndSession, Outcome, Reply, Template
from flows.machine import advance
from flows.surveys.machine import ASKING, TABLE
from flows.surveys.moves import open_question
from flows.surveys.prompts import prompt
from flows.turn import LoadedSurvey, Turn
from flows.values import ExpiryDue, ReminderDue, Session


def remind(turn: Turn, loaded: LoadedSurvey, session: Session) -> Outcome:
    """Ask the open question again, once; nothing where the session has moved on meanwhile."""
    due = session.remind_at is not None and session.remind_at <= turn.now_at
    if not due or session.state != ASKING or not _is_about(turn, session):
        return Outcome(session)
    reminded = replace(session, state=advance(TABLE, session.state, "remind"), remind_at=None)
    question = open_question(loaded, session)
    return Outcome(reminded, (prompt(turn, loaded.survey, question, session.answers, Template("survey_reminder")),))


def expire(turn: Turn, loaded: LoadedSurvey, session: Session) -> Outcome:
    """End the session and say how to begin again; nothing where the session has moved on meanwhile."""
    due = session.expires_at is not None and session.expires_at <= turn.now_at
    if not due or not _is_about(turn, session):
        return Outcome(session)
    keyword = loaded.survey.keywords[0] if loaded.is_active and loaded.survey.keywords else ""
    farewell = Reply((Template("survey_expired", {"keyword": keyword}),))
    return Outcome(None, (EndSession(session.id, advance(TABLE, session.state, "expire")), farewell))


def _is_about(turn: Turn, session: Session) -> bool:
    occurrence = turn.occurrence
    return not isinstance(occurrence, ReminderDue | ExpiryDue) or occurrence.session_id == session.id

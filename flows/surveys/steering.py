"""BACK, SKIP, RESTART, PAUSE and RESUME in an open session."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from flows.effects import Outcome, ReplaceAnswers, Reply, Template
from flows.machine import advance
from flows.surveys.answers import is_allowed_choice
from flows.surveys.machine import ASKING, PAUSED, TABLE
from flows.surveys.moves import expiry_at, go_to, open_question, proceed, reminder_at, wait_again
from flows.surveys.prompts import old_answer, prompt
from flows.surveys.verbs import Verb, verb_of
from flows.turn import LoadedSurvey, Turn
from flows.values import Session


def steer(turn: Turn, loaded: LoadedSurvey, session: Session, text: str) -> Outcome | None:
    """Do what a verb says; None when the text is no verb, of no use in the session's state, or an answer."""
    verb = verb_of(text)
    if verb is None or verb not in _USEFUL.get(session.state, ()):
        return None
    if session.state == ASKING and is_allowed_choice(open_question(loaded, session), text):
        return None
    return _VERBS[verb](turn, loaded, session)


def back(turn: Turn, loaded: LoadedSurvey, session: Session) -> Outcome:
    """Ask the previous question again with its old answer; answers that came after it are taken back."""
    if not session.path:
        return _ask_again(turn, loaded, session, "back", Template("survey_back_at_start"))
    survey = loaded.survey
    moved, gone = go_to(turn, survey, session, "back", session.path[-1])
    question = open_question(loaded, moved)
    lead = old_answer(turn, question, moved.answers)
    return Outcome(moved, (*gone, prompt(turn, survey, question, moved.answers, *lead)))


def skip(turn: Turn, loaded: LoadedSurvey, session: Session) -> Outcome:
    """Leave an optional question out; a required one is asked again."""
    if open_question(loaded, session).is_optional:
        return proceed(turn, loaded, session, "skip", None)
    return _ask_again(turn, loaded, session, "retry", Template("survey_skip_required"))


def restart(turn: Turn, loaded: LoadedSurvey, session: Session) -> Outcome:
    """Take every answer back and begin with the first question."""
    survey = loaded.survey
    first = survey.questions[0]
    moved = replace(
        session,
        state=advance(TABLE, session.state, "restart"),
        question_id=first.id,
        tries=0,
        path=(),
        answers={},
        remind_at=reminder_at(turn, survey),
        expires_at=expiry_at(turn, survey),
    )
    gone = (ReplaceAnswers(session.id, tuple(session.answers)),) if session.answers else ()
    return Outcome(moved, (*gone, prompt(turn, survey, first, {}, Template("survey_restarted"))))


def pause(turn: Turn, loaded: LoadedSurvey, session: Session) -> Outcome:
    """Put the session aside until RESUME or the survey's keyword; it still expires."""
    paused = replace(
        session,
        state=advance(TABLE, session.state, "pause"),
        remind_at=None,
        expires_at=expiry_at(turn, loaded.survey),
    )
    return Outcome(paused, (Reply((Template("survey_paused"),)),))


def resume(turn: Turn, loaded: LoadedSurvey, session: Session) -> Outcome:
    """Go on with the question that was open."""
    survey = loaded.survey
    resumed = replace(
        session,
        state=advance(TABLE, session.state, "resume"),
        remind_at=reminder_at(turn, survey),
        expires_at=expiry_at(turn, survey),
    )
    question = open_question(loaded, session)
    return Outcome(resumed, (prompt(turn, survey, question, session.answers, Template("survey_resumed")),))


def _ask_again(turn: Turn, loaded: LoadedSurvey, session: Session, event: str, lead: Template) -> Outcome:
    survey = loaded.survey
    waiting = wait_again(turn, survey, session, event)
    question = open_question(loaded, session)
    return Outcome(waiting, (prompt(turn, survey, question, session.answers, lead),))


_VERBS: Mapping[Verb, Callable[[Turn, LoadedSurvey, Session], Outcome]] = {
    Verb.BACK: back,
    Verb.SKIP: skip,
    Verb.RESTART: restart,
    Verb.PAUSE: pause,
    Verb.RESUME: resume,
}

_USEFUL: Mapping[str, frozenset[Verb]] = {
    ASKING: frozenset({Verb.BACK, Verb.SKIP, Verb.RESTART, Verb.PAUSE}),
    PAUSED: frozenset({Verb.RESTART, Verb.RESUME}),
}
"""The verbs that mean something in each state of an open session."""

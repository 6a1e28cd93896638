"""How a session moves through its survey: to the next question, back to one, to its end."""

from __future__ import annotations

from dataclasses import replace

from flows.effects import (
    Effect,
    EndSession,
    Outcome,
    ReplaceAnswers,
    Reply,
    SaveAnswer,
    Say,
    SurveyCompleted,
    Template,
)
from flows.errors import FlowError
from flows.machine import advance
from flows.registration.seats import register_or_say
from flows.surveys.answers.result import written
from flows.surveys.machine import TABLE
from flows.surveys.prompts import Answers, prompt, words_for
from flows.surveys.questions import END, Question, Survey
from flows.turn import LoadedSurvey, Turn
from flows.values import MINUTE, InboundMessage, Session

NAME_QUESTION = "name"
"""The id of the question whose answer is the name that completion registers under."""

Gone = tuple[ReplaceAnswers, ...]
Way = tuple[tuple[str, ...], Answers]
"""The questions behind, and the answers given."""


def message_of(turn: Turn) -> InboundMessage:
    """Give the message that the turn is about; raises `FlowError` where it is about something else."""
    if not isinstance(turn.occurrence, InboundMessage):
        raise FlowError("Only a message can move a survey on.")
    return turn.occurrence


def proceed(turn: Turn, loaded: LoadedSurvey, session: Session, event: str, value: object, *lead: Say) -> Outcome:
    """Keep the value (None: skipped) as the open question's answer and go where it leads."""
    survey = loaded.survey
    question = open_question(loaded, session)
    saved = SaveAnswer(
        session_id=session.id,
        question_id=question.id,
        question=words_for(turn, survey, question.text, session.answers),
        text=written(message_of(turn)),
        value=value,
    )
    answers = {**session.answers, question.id: value}
    target = survey.leads_to(question, value)
    if target == END:
        return finish(turn, loaded, replace(session, answers=answers), (saved,), *lead)
    moved, gone = go_to(turn, survey, session, event, target, ((*session.path, question.id), answers))
    return Outcome(moved, (saved, *gone, prompt(turn, survey, open_question(loaded, moved), moved.answers, *lead)))


def go_to(
    turn: Turn, survey: Survey, session: Session, event: str, target: str, way: Way | None = None
) -> tuple[Session, Gone]:
    """Open a question; where that is a way back, take back the answers that came after it.

    `way` is the path and the answers so far, where they are newer than the session's.
    """
    path, answers = way or (session.path, session.answers)
    gone: Gone = ()
    if target in path:
        path = path[: path.index(target)]
        kept = {*path, target}
        lost = tuple(question_id for question_id in answers if question_id not in kept)
        answers = {question_id: value for question_id, value in answers.items() if question_id in kept}
        gone = (ReplaceAnswers(session.id, lost),) if lost else ()
    moved = replace(
        session,
        state=advance(TABLE, session.state, event),
        question_id=target,
        tries=0,
        path=path,
        answers=answers,
        remind_at=next_reminder_at(turn, survey, session),
        expires_at=expiry_at(turn, survey),
    )
    return moved, gone


def finish(turn: Turn, loaded: LoadedSurvey, session: Session, before: tuple[Effect, ...], *lead: Say) -> Outcome:
    """End the session with its survey completed."""
    ended = EndSession(session.id, advance(TABLE, session.state, "finish"))
    return Outcome(None, (*before, ended, *completion(turn, loaded, session.answers, *lead)))


def completion(turn: Turn, loaded: LoadedSurvey, answers: Answers, *lead: Say) -> tuple[Effect, ...]:
    """Say the survey's last words, count one more completion, and register for its event."""
    words = words_for(turn, loaded.survey, loaded.survey.completion, answers)
    reply = Reply((*lead, words or Template("survey_completed")))
    return (SurveyCompleted(loaded.flow_id), reply, *_registration(turn, loaded, answers))


def wait_again(turn: Turn, survey: Survey, session: Session, event: str) -> Session:
    """Keep the question open and begin the waiting for its answer anew."""
    return replace(
        session,
        state=advance(TABLE, session.state, event),
        remind_at=next_reminder_at(turn, survey, session),
        expires_at=expiry_at(turn, survey),
    )


def next_reminder_at(turn: Turn, survey: Survey, session: Session) -> int | None:
    """Say when to remind a session that has heard something; one that was reminded is not reminded again."""
    return None if session.remind_at is None else reminder_at(turn, survey)


def reminder_at(turn: Turn, survey: Survey) -> int | None:
    """Say when to remind, None where the survey does not."""
    minutes = survey.remind_after_minutes
    return None if minutes is None else turn.now_at + minutes * MINUTE


def expiry_at(turn: Turn, survey: Survey) -> int:
    """Say when a session that hears nothing ends."""
    return turn.now_at + survey.expire_after_minutes * MINUTE


def open_question(loaded: LoadedSurvey, session: Session) -> Question:
    """Give the question that waits for its answer; raises `FlowError` when the survey does not have it."""
    question = loaded.survey.question(session.question_id)
    if question is None:
        raise FlowError(f"The survey '{loaded.survey.name}' has no question '{session.question_id}'.")
    return question


def _registration(turn: Turn, loaded: LoadedSurvey, answers: Answers) -> tuple[Effect, ...]:
    event = None if loaded.event_id is None else turn.catalogue.events.get(loaded.event_id)
    if event is None:
        return ()
    name = answers.get(NAME_QUESTION)
    return register_or_say(turn, event, name if isinstance(name, str) else None)

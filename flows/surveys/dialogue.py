"""The survey's conversation: a start, answers, and what becomes of an answer that is not understood."""

from __future__ import annotations

from dataclasses import replace

from flows.attention import for_person
from flows.consent.scopes import survey_scope
from flows.effects import Effect, EndSession, Flag, Outcome, Reply, SurveyStarted, Template
from flows.machine import advance
from flows.registration.naming import NAME, settle
from flows.registration.seats import resumed
from flows.surveys.answers import Misunderstood, is_allowed_choice, read_answer
from flows.surveys.machine import ASKING, CANCELLED, PAUSED, TABLE
from flows.surveys.moves import completion, expiry_at, message_of, open_question, proceed, reminder_at, wait_again
from flows.surveys.prompts import prompt, retry_prompt, words_for
from flows.surveys.steering import back, pause, restart, resume, skip, steer
from flows.surveys.timing import expire, remind
from flows.surveys.verbs import Verb, verb_of
from flows.turn import LoadedSurvey, Turn
from flows.values import Session

__all__ = [
    "FLOW",
    "Verb",
    "back",
    "expire",
    "is_allowed_choice",
    "is_open",
    "open_question",
    "pause",
    "remind",
    "restart",
    "resume",
    "skip",
    "start",
    "steer",
    "step",
    "verb_of",
]

FLOW = "survey"
"""What a survey's sessions carry as their `flow`."""


def start(turn: Turn, loaded: LoadedSurvey) -> Outcome:
    """Begin a survey; an open session of any flow ends, but one of this survey that is paused goes on."""
    old = turn.contact.session
    if old is not None and old.state == PAUSED and old.flow == FLOW and old.flow_id == loaded.flow_id:
        begun = turn.catalogue.survey(old.flow_id, old.flow_version)
        if begun is not None:
            return resume(turn, begun, old)
    ended = () if old is None else _interrupt(turn, old)
    again = resumed(turn, survey_scope(loaded.flow_id))
    return _begin(turn, loaded, (*ended, *again, SurveyStarted(loaded.flow_id)))


def step(turn: Turn, loaded: LoadedSurvey, session: Session) -> Outcome:
    """Take a message as the answer to the open question."""
    question = open_question(loaded, session)
    answer = read_answer(question, message_of(turn), turn)
    if isinstance(answer, Misunderstood):
        return _misunderstand(turn, loaded, session, answer)
    return proceed(turn, loaded, session, "answer", answer.value)


def is_open(session: Session | None) -> bool:
    """Say whether a survey's session waits for an answer; a paused one waits for nothing."""
    return session is not None and session.flow == FLOW and session.state == ASKING


def _interrupt(turn: Turn, session: Session) -> tuple[Effect, ...]:
    """End the session that a start cuts short; a registration that waits for a name is made without it."""
    return settle(turn, session) if session.flow == NAME else (EndSession(session.id, CANCELLED),)


def _begin(turn: Turn, loaded: LoadedSurvey, before: tuple[Effect, ...]) -> Outcome:
    survey = loaded.survey
    intro = words_for(turn, survey, survey.intro, {})
    if not survey.questions:
        return Outcome(None, (*before, *completion(turn, loaded, {}, intro)))
    first = survey.questions[0]
    session = Session(
        id=turn.fresh_id,
        flow=FLOW,
        state=ASKING,
        flow_id=loaded.flow_id,
        flow_version=loaded.version,
        question_id=first.id,
        started_at=turn.now_at,
        remind_at=reminder_at(turn, survey),
        expires_at=expiry_at(turn, survey),
    )
    return Outcome(session, (*before, prompt(turn, survey, first, {}, intro)))


def _misunderstand(turn: Turn, loaded: LoadedSurvey, session: Session, answer: Misunderstood) -> Outcome:
    """Ask again; when the tries are used up leave an optional question out, or end and leave the rest to a person."""
    question = open_question(loaded, session)
    tries = session.tries + 1
    if tries < question.max_tries:
        waiting = wait_again(turn, loaded.survey, replace(session, tries=tries), "retry")
        ours = Template(f"survey_retry_{answer.reason}", answer.values)
        return Outcome(waiting, (retry_prompt(turn, loaded.survey, question, session.answers, ours),))
    if question.is_optional:
        return proceed(turn, loaded, session, "skip", None, Template("survey_moved_on"))
    state = advance(TABLE, session.state, "give_up")
    reason = f"survey '{loaded.survey.name}': question '{question.id}' was not understood {tries} times"
    says = Reply((Template("survey_gave_up", {"attended": turn.is_attended}),))
    return Outcome(None, (EndSession(session.id, state), Flag(reason), says, *for_person(turn)))

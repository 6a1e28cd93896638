"""Whatever a person sends, the survey holds together."""

import json
from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.effects import ReplaceAnswers, SaveAnswer
from flows.surveys.answers import read_answer
from flows.surveys.dialogue import expire, is_open, remind, start, step
from flows.surveys.machine import SurveySession
from flows.surveys.steering import steer
from flows.surveys.verbs import verb_of
from flows.turn import LoadedSurvey
from flows.values import HOUR, Button, ExpiryDue, InboundMessage, Location, Media, ReminderDue
from tests.flows.surveys.scene import FLOW_ID, SESSION_ID, Phone, message, survey_of

SURVEY = survey_of(
    {"id": "name", "text": "Name, {name|friend}?", "optional": True},
    {"id": "colour", "text": "Colour?", "choices": ["Red", "Dark blue", "Back"], "next": [{"if": "Red", "go": "age"}]},
    {"id": "tags", "text": "{answer.colour}?", "type": "multi_choice", "choices": ["a", "b and c"], "min_count": 0},
    {"id": "age", "text": "Age?", "type": "number", "min": 0, "next": [{"if": {"to": 9}, "go": "end"}]},
    {"id": "stars", "text": "Stars?", "type": "rating", "optional": True},
    {"id": "day", "text": "Day?", "type": "date", "min": "today-400", "optional": True, "max_tries": 1},
    {"id": "phone", "text": "Phone?", "type": "phone", "optional": True},
    {"id": "mail", "text": "Mail?", "type": "email", "optional": True},
    {"id": "place", "text": "Place?", "type": "location", "optional": True},
    {"id": "files", "text": "Files?", "type": "media", "optional": True},
    {"id": "right", "text": "Right?", "type": "yes_no", "next": [{"if": "no", "go": "colour"}]},
    remind_after_minutes=60,
    completion="{name} {answer.day} {answer.place} {answer.files} {answer.tags}",
)  # fmt: skip
STATES = {state.id for state in SurveySession.states if not state.final}

TEXTS = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        ["BACK", "SKIP", "RESTART", "PAUSE", "RESUME", "1", "2", "red", "5", "yes", "no", "a, d", "2026-12-31", "none"]
    ),
    st.from_regex(r"[0-9.,/' -]{1,12}", fullmatch=True),
)
MESSAGES = st.one_of(
    st.builds(message, TEXTS),
    st.builds(message, TEXTS, button=st.builds(Button, TEXTS, st.none() | TEXTS)),
    st.builds(message, location=st.builds(Location, st.floats(), st.floats(), st.none() | TEXTS)),
    st.builds(message, TEXTS, media=st.just((Media("https://media.example.org/1", "image/png"),))),
)
OCCURRENCES = st.one_of(MESSAGES, st.just(ReminderDue(SESSION_ID)), st.just(ExpiryDue(SESSION_ID)))


def _take(phone: Phone, occurrence: InboundMessage | ReminderDue | ExpiryDue) -> None:
    """Do what the router does with an occurrence, a session being open."""
    turn = phone.turn(occurrence)
    if isinstance(occurrence, ReminderDue):
        phone.outcome = remind(turn, phone.loaded, phone.session)
    elif isinstance(occurrence, ExpiryDue):
        phone.outcome = expire(turn, phone.loaded, phone.session)
    else:
        steered = steer(turn, phone.loaded, phone.session, occurrence.text)
        if steered is not None:
            phone.outcome = steered
        elif is_open(phone.session):
            phone.outcome = step(turn, phone.loaded, phone.session)


@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(OCCURRENCES, max_size=25))
def test_any_conversation_holds_together(occurrences: list[InboundMessage | ReminderDue | ExpiryDue]) -> None:
    """Nothing raises; the session, its way back and the kept answers agree after every turn."""
    phone = Phone(LoadedSurvey(FLOW_ID, 1, SURVEY))
    phone.outcome = start(phone.turn(message("TESTING")), phone.loaded)
    kept: dict[str, object] = {}
    for occurrence in occurrences:
        phone.now_at += HOUR
        _take(phone, occurrence)
        for effect in phone.effects:
            if isinstance(effect, SaveAnswer):
                json.dumps(effect.value, allow_nan=False)
                kept[effect.question_id] = effect.value
            if isinstance(effect, ReplaceAnswers):
                for question_id in effect.question_ids:
                    del kept[question_id]
        if phone.outcome.session is None:
            break
        _check(phone, kept)


def _check(phone: Phone, kept: dict[str, object]) -> None:
    session, survey = phone.session, phone.loaded.survey
    question = survey.question(session.question_id)
    assert question is not None
    assert session.state in STATES
    assert session.tries < question.max_tries
    assert len(set(session.path)) == len(session.path)
    assert session.question_id not in session.path
    assert set(session.answers) - set(session.path) <= {session.question_id}
    assert set(session.path) <= set(session.answers)
    assert dict(session.answers) == kept


@settings(max_examples=200, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(MESSAGES, st.sampled_from(SURVEY.questions), st.sampled_from(["en", "es", "xx"]))
def test_any_message_is_read(occurrence: InboundMessage, question: object, language: str) -> None:
    """Every kind reads or refuses every message, in any language, and never raises."""
    phone = Phone(LoadedSurvey(FLOW_ID, 1, SURVEY))
    turn = phone.turn(occurrence)
    turn = replace(turn, contact=replace(turn.contact, language=language))
    (asked,) = (one for one in SURVEY.questions if one is question)
    json.dumps(getattr(read_answer(asked, occurrence, turn), "value", None), allow_nan=False)
    verb_of(occurrence.text)

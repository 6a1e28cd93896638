"""The conversation: a start, answers, tries, branches, completion."""

from dataclasses import replace

import pytest

from flows.effects import (
    Choice,
    EndSession,
    Flag,
    LeaveForPerson,
    Outcome,
    Register,
    ReplaceAnswers,
    Reply,
    SaveAnswer,
    SurveyCompleted,
    SurveyStarted,
    Template,
)
from flows.errors import FlowError
from flows.surveys.dialogue import is_open, open_question, start, step
from flows.turn import LoadedSurvey
from flows.values import MINUTE, Button, Event, RegistrationStatus, ReminderDue, Session
from tests.flows.surveys.scene import (
    ADA,
    EVENT_ID,
    FLOW_ID,
    NOW,
    SESSION_ID,
    WORKSPACE,
    Phone,
    message,
    survey_of,
)

COLOURS = {"id": "colour", "text": "Which colour?", "choices": ["Red", "Blue"]}
GALA = Event(EVENT_ID, 1, "Gala", ("GALA",))


def begin(phone: Phone) -> Phone:
    """Text the keyword."""
    phone.outcome = start(phone.turn(message("TESTING")), phone.loaded)
    return phone


def answer(phone: Phone, *texts: str) -> Phone:
    """Answer the open questions."""
    for text in texts:
        phone.outcome = step(phone.turn(message(text)), phone.loaded, phone.session)
    return phone


def test_a_start_says_the_intro_and_asks_the_first_question() -> None:
    """In one message, with the options as lines and buttons, counted once."""
    phone = begin(Phone.with_survey(COLOURS, "Why?", intro="Hi {first_name}!", remind_after_minutes=60))
    assert phone.effects == [SurveyStarted(FLOW_ID)]
    assert phone.replies == [
        Reply(("Hi Ada!", "Which colour?", "1) Red\n2) Blue"), choices=(Choice("Red", "Red"), Choice("Blue", "Blue")))
    ]
    assert phone.session == Session(
        id=SESSION_ID,
        flow="survey",
        state="asking",
        flow_id=FLOW_ID,
        flow_version=1,
        question_id="colour",
        started_at=NOW,
        remind_at=NOW + 60 * MINUTE,
        expires_at=NOW + 4320 * MINUTE,
    )
    assert is_open(phone.session)


def test_answers_are_kept_and_lead_on() -> None:
    """Each with the question as it was asked, the raw text and the value."""
    phone = answer(begin(Phone.with_survey(COLOURS, {"id": "why", "text": "Why {answer.colour}?"})), "2")
    assert phone.effects == [SaveAnswer(SESSION_ID, "colour", "Which colour?", "2", "Blue")]
    assert phone.said == ["Why Blue?"]
    assert (phone.session.question_id, phone.session.path, phone.session.answers) == (
        "why",
        ("colour",),
        {"colour": "Blue"},
    )
    answer(phone, "I like it")
    assert phone.effects == [
        SaveAnswer(SESSION_ID, "why", "Why Blue?", "I like it", "I like it"),
        EndSession(SESSION_ID, "completed"),
        SurveyCompleted(FLOW_ID),
    ]
    assert phone.said == ["<survey_completed>"]
    assert phone.outcome.session is None


def test_the_completion_message_and_a_button() -> None:
    """The operator's last words; a tap answers as words do and is kept as its text."""
    phone = begin(Phone.with_survey(COLOURS, completion="Bye {name}, {answer.colour} it is"))
    phone.outcome = step(phone.turn(message(button=Button("Blue", "Blue"))), phone.loaded, phone.session)
    assert phone.said == ["Bye Ada Lovelace, Blue it is"]
    assert phone.effects[0] == SaveAnswer(SESSION_ID, "colour", "Which colour?", "Blue", "Blue")


def test_no_questions_complete_at_once() -> None:
    """Intro and completion in one message, counted as started and completed."""
    phone = begin(Phone.with_survey(intro="Hi", completion="Bye"))
    assert phone.effects == [SurveyStarted(FLOW_ID), SurveyCompleted(FLOW_ID)]
    assert phone.said == ["Hi", "Bye"]
    assert phone.outcome.session is None


def test_a_start_ends_an_open_session() -> None:
    """One open run per contact; the answers of the old one stay."""
    phone = answer(begin(Phone.with_survey("One?", "Two?")), "a")
    old = phone.session
    begin(phone)
    assert phone.effects == [EndSession(old.id, "cancelled"), SurveyStarted(FLOW_ID)]
    assert (phone.session.question_id, phone.session.answers) == ("q1", {})


@pytest.mark.parametrize("flow", ["survey", "join"])
def test_a_start_ends_a_session_of_another_flow(flow: str) -> None:
    """Also one that is paused."""
    phone = Phone.with_survey("One?")
    phone.outcome = replace(phone.outcome, session=Session(b"another-session!", flow, "paused", b"another-flow-id!"))
    begin(phone)
    assert phone.effects[0] == EndSession(b"another-session!", "cancelled")
    assert phone.said == ["One?"]


def test_a_start_settles_a_registration_that_waits_for_a_name() -> None:
    """The seat is not lost: the registration is made without the name."""
    phone = Phone.with_survey("One?")
    phone.events = {EVENT_ID: GALA}
    phone.outcome = Outcome(Session(b"another-session!", "name", "asking_name", EVENT_ID))
    begin(phone)
    assert Register(EVENT_ID, RegistrationStatus.REGISTERED, "Ada Lovelace") in phone.effects
    assert phone.session.flow == "survey"


def test_the_keyword_goes_on_with_a_paused_session() -> None:
    """With the version that it began with; when that is gone, it begins anew."""
    phone = begin(Phone.with_survey("One?", "Two?"))
    answer(phone, "a")
    phone.outcome = replace(phone.outcome, session=replace(phone.session, state="paused"))
    newer = LoadedSurvey(FLOW_ID, 2, survey_of("New?"))
    turn = phone.turn(message("TESTING"))
    older = replace(turn.catalogue, surveys={FLOW_ID: newer}, older={(FLOW_ID, 1): phone.loaded})
    resumed = start(replace(turn, catalogue=older), newer)
    assert resumed.session == replace(phone.session, state="asking")
    gone = start(replace(turn, catalogue=replace(older, older={})), newer)
    assert gone.session is not None
    assert (gone.session.flow_version, gone.session.question_id) == (2, "q1")


def test_what_is_not_understood_is_asked_again() -> None:
    """Our words for the kind and the options; then the survey ends and it waits for a person."""
    phone = answer(begin(Phone.with_survey(COLOURS)), "green")
    assert phone.replies == [
        Reply(
            (Template("survey_retry_choice"), "1) Red\n2) Blue"), choices=(Choice("Red", "Red"), Choice("Blue", "Blue"))
        )
    ]
    assert phone.session.tries == 1
    answer(phone, "yellow", "mauve")
    assert phone.effects == [
        EndSession(SESSION_ID, "abandoned"),
        Flag("survey 'Test': question 'colour' was not understood 3 times"),
        LeaveForPerson(),
    ]
    assert phone.said == ["<survey_gave_up>"]
    assert phone.outcome.session is None


def test_an_answer_after_a_retry_counts() -> None:
    """The tries begin anew with every question."""
    phone = answer(begin(Phone.with_survey(COLOURS, COLOURS | {"id": "other"})), "green", "red", "x", "y")
    assert (phone.session.question_id, phone.session.tries) == ("other", 2)


def test_a_question_s_own_retry_text() -> None:
    """Comes instead of ours, with its values filled."""
    phone = answer(begin(Phone.with_survey({**COLOURS, "retry": "Red or blue, {name}?"})), "green")
    assert phone.said == ["Red or blue, Ada Lovelace?", "1) Red\n2) Blue"]


def test_an_optional_question_is_left_out_when_the_tries_are_used_up() -> None:
    """The last raw text is kept with no value."""
    phone = answer(begin(Phone.with_survey({**COLOURS, "optional": True, "max_tries": 1}, "Why?")), "green")
    assert phone.effects == [SaveAnswer(SESSION_ID, "colour", "Which colour?", "green", None)]
    assert phone.said == ["<survey_moved_on>", "Why?"]
    assert phone.session.answers == {"colour": None}


def test_branches() -> None:
    """An answer may jump ahead, or to the end."""
    questions = (
        {"id": "like", "text": "Like it?", "type": "yes_no", "next": [{"if": "yes", "go": "thanks"}]},
        {"id": "why", "text": "Why not?", "next": "end"},
        {"id": "thanks", "text": "What most?"},
    )
    assert answer(begin(Phone.with_survey(*questions)), "sí").said == ["What most?"]
    phone = answer(begin(Phone.with_survey(*questions)), "no", "too loud")
    assert phone.outcome.session is None


def test_a_branch_that_leads_back_takes_answers_back() -> None:
    """So that a loop never keeps stale answers, and the way back never grows."""
    phone = begin(
        Phone.with_survey(
            {"id": "name", "text": "Name?"},
            {"id": "town", "text": "Town?"},
            {"id": "right", "text": "All right?", "type": "yes_no", "next": [{"if": "no", "go": "name"}]},
        )
    )
    answer(phone, "Ada", "Paris", "no")
    assert phone.effects[1:] == [ReplaceAnswers(SESSION_ID, ("town", "right"))]
    assert (phone.session.question_id, phone.session.path, phone.session.answers) == ("name", (), {"name": "Ada"})
    answer(phone, "Bo", "Rome", "yes")
    assert phone.outcome.session is None


def test_completion_registers_for_the_event_once() -> None:
    """With the name where a question of the id `name` asked it; not again when registered already."""
    phone = Phone.with_survey({"id": "name", "text": "Name?"})
    phone.loaded = replace(phone.loaded, event_id=EVENT_ID)
    phone.events = {EVENT_ID: GALA}
    answer(begin(phone), "Ada L.")
    (registered,) = (effect for effect in phone.outcome.effects if isinstance(effect, Register))
    assert (registered.event_id, registered.name) == (EVENT_ID, "Ada L.")
    assert len(phone.replies) == 2
    phone.contact = replace(ADA, registrations={EVENT_ID: registered.status})
    answer(begin(phone), "Ada L.")
    assert not [effect for effect in phone.outcome.effects if isinstance(effect, Register)]


@pytest.mark.parametrize("events", [{}, {EVENT_ID: replace(GALA, is_active=False)}])
def test_an_event_that_is_gone_is_no_trouble(events: dict[bytes, Event]) -> None:
    """Deleted or inactive: the survey completes all the same."""
    phone = Phone.with_survey("One?")
    phone.loaded = replace(phone.loaded, event_id=EVENT_ID)
    phone.events = events
    answer(begin(phone), "a")
    assert phone.effects[1:] == [EndSession(SESSION_ID, "completed"), SurveyCompleted(FLOW_ID)]


def test_texts_in_the_contact_s_language() -> None:
    """Else in the workspace's."""
    questions = ({"id": "a", "text": {"en": "Well?", "es": "¿Y?"}, "choices": [{"label": {"en": "Hi", "es": "Hola"}}]},)
    phone = Phone.with_survey(*questions, intro={"en": "Hello", "fr": "Bonjour"})
    phone.contact = replace(ADA, language="es")
    assert begin(phone).said == ["Hello", "¿Y?", "1) Hola"]
    assert WORKSPACE.language == "en"


@pytest.mark.parametrize(
    ("fields", "texts", "shown"),
    [
        ({"type": "yes_no"}, "si", "Yes"),
        ({"type": "rating"}, "4", "4"),
        ({"type": "number"}, "2,50", "2.5"),
        ({"type": "date"}, "2026-12-31", "31 December 2026"),
        ({"type": "multi_choice", "choices": ["Red", "Blue"]}, "1 2", "Red, Blue"),
        ({"type": "phone"}, "202 555 0100", "+12025550100"),
        ({"type": "location"}, "Main Street", "Main Street"),
        ({}, "free {name} text", "free {name} text"),
        ({}, "x" * 2000, "x" * 157 + "..."),
    ],
)
def test_answers_are_shown_as_people_read_them(fields: dict[str, object], texts: str, shown: str) -> None:
    """And what a person wrote is never filled in itself."""
    phone = begin(Phone.with_survey({"id": "a", "text": "A?", **fields}, "You said {answer.a}!"))
    assert answer(phone, texts).said == [f"You said {shown}!"]


def test_a_session_of_another_survey_is_refused() -> None:
    """A question that the survey does not have is an error, not a guess."""
    phone = begin(Phone.with_survey("One?"))
    with pytest.raises(FlowError, match="no question 'q9'"):
        open_question(phone.loaded, replace(phone.session, question_id="q9"))


def test_only_a_message_answers() -> None:
    """A timer cannot answer a question."""
    phone = begin(Phone.with_survey("One?"))
    with pytest.raises(FlowError, match="Only a message"):
        step(phone.turn(ReminderDue(SESSION_ID)), phone.loaded, phone.session)


def test_what_is_open() -> None:
    """A survey's session that asks; no other flow's, no paused one."""
    session = begin(Phone.with_survey("One?")).session
    assert is_open(session)
    assert not is_open(None)
    assert not is_open(replace(session, state="paused"))
    assert not is_open(replace(session, flow="join"))

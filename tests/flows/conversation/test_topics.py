"""STOP and the name of an event or survey."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from flows.effects import (
    EndSession,
    EventReminded,
    Flag,
    LeaveCommunity,
    OptIn,
    OptOut,
    Outcome,
    RecordConsent,
    Register,
    Reply,
    SetDoubt,
    SurveyStarted,
    Template,
    Withdraw,
)
from flows.router import route
from flows.silence import SilenceReason
from flows.state import after
from flows.surveys.definition import parse_survey
from flows.turn import Catalogue, LoadedSurvey, Target, Trigger, Turn
from flows.values import HOUR, Event, EventNear, InboundMessage, Occurrence, Operator, RegistrationStatus, Session
from tests.flows.conversation.people import ADA, HARBOR, NAMING, NOW, deeds, said, silences, text

GALA = Event(b"gala" * 4, 7, "Spring Gala", ("GALA",), starts_at=NOW + HOUR)
PICKS = parse_survey(
    {
        "name": "Pizza night",
        "keywords": ["PIZZA", "CALL BACK"],
        "questions": [{"id": "q1", "type": "choice", "text": "Which?", "choices": ["Stop gala", "cheese"]}, "Why?"],
    }
)
PIZZA = LoadedSurvey(b"pizz" * 4, 1, PICKS)
ASKING = Session(b"s" * 16, "survey", "asking", PIZZA.flow_id, 1, "q1", started_at=NOW)
GOING = {GALA.id: RegistrationStatus.REGISTERED}
ABOUT_GALA, ABOUT_PIZZA = "event:7", f"survey:{PIZZA.flow_id.hex()}"
CATALOGUE = Catalogue(
    {"gala": Trigger(Target.EVENT, GALA.id), "pizza": Trigger(Target.SURVEY, PIZZA.flow_id)},
    {PIZZA.flow_id: PIZZA},
    events={GALA.id: GALA},
)


def take(about: str | Occurrence, operator: Operator | None = None, **known: Any) -> Outcome:
    """Route a text where a gala and a survey about pizza are offered."""
    occurrence = text(about) if isinstance(about, str) else about
    contact = replace(ADA, **known)
    return route(Turn(occurrence, contact, HARBOR, CATALOGUE, NOW, b"f" * 16, operator))


@pytest.mark.parametrize(
    "words",
    [
        "STOP GALA",
        "stop gala please",
        "Stop Spring Gala",
        "stop the gala reminders",
        "STOP sending me GALA messages",
        "unsubscribe from gala",
        "Unsubscribe me from the gala list",
        "opt out of GALA",
        "cancel gala",
        "quit GALA",
        "baja de gala",
        "cancelar gala",
    ],
)
def test_an_event_is_stopped(words: str) -> None:
    """STOP GALA was ignored; it withdraws from that event, records the scope, and says that STOP ends everything."""
    outcome = take(words, registrations=GOING)
    assert deeds(outcome) == [OptOut("keyword", words, ABOUT_GALA), SetDoubt(None), Withdraw(GALA.id, held_seat=True)]
    assert said(outcome) == ["topic_stopped_event"]
    contact = after(replace(ADA, registrations=GOING), outcome)
    assert not contact.opted_out
    assert contact.stopped_topics == {ABOUT_GALA}


def test_an_event_that_one_is_not_going_to() -> None:
    """What is sent about it is stopped all the same."""
    assert deeds(take("STOP GALA")) == [OptOut("keyword", "STOP GALA", ABOUT_GALA), SetDoubt(None)]
    asked = Session(b"n" * 16, "name", "asking_name", GALA.id, started_at=NOW)
    ended = take("STOP GALA", session=asked)
    assert (ended.session, EndSession(asked.id, "cancelled") in ended.effects) == (None, True)


def test_a_survey_is_stopped() -> None:
    """Its open session ends; that of another dialogue goes on."""
    outcome = take("STOP PIZZA", session=ASKING)
    assert deeds(outcome) == [
        OptOut("keyword", "STOP PIZZA", ABOUT_PIZZA),
        SetDoubt(None),
        EndSession(ASKING.id, "cancelled"),
    ]
    assert (outcome.session, said(outcome)) == (None, ["topic_stopped_survey"])
    assert take("stop pizza night", session=NAMING).session is NAMING
    assert said(take("stop call back")) == ["topic_stopped_survey"]


def test_the_community_is_left() -> None:
    """STOP COMMUNITY leaves it, also while it is being joined; who is not in it is asked what was meant."""
    left = take("STOP community", in_community=True, session=NAMING)
    record = RecordConsent("left_community", "keyword", "STOP community")
    assert deeds(left) == [LeaveCommunity(), record, SetDoubt(None), EndSession(NAMING.id, "cancelled")]
    assert take("STOP community", in_community=True, session=ASKING).session is ASKING
    assert said(take("STOP community")) == ["doubt_topic"]


def test_a_topic_of_a_person_who_stopped_everything() -> None:
    """It is recorded, and not confirmed: the person gets no messages."""
    outcome = take("STOP GALA", opted_out=True, registrations=GOING)
    assert OptOut("keyword", "STOP GALA", ABOUT_GALA) in outcome.effects
    assert (said(outcome), silences(outcome)) == ([], [SilenceReason.OPTED_OUT])


def test_asking_for_the_topic_again_takes_its_stop_back() -> None:
    """The keyword of an event or survey does so; without a stop nothing is recorded."""
    stopped = frozenset({ABOUT_GALA, ABOUT_PIZZA})
    joined = take("GALA", stopped_topics=stopped)
    assert deeds(joined) == [
        OptIn("keyword", "GALA", ABOUT_GALA),
        Register(GALA.id, RegistrationStatus.REGISTERED),
    ]
    assert after(replace(ADA, stopped_topics=stopped), joined).stopped_topics == {ABOUT_PIZZA}
    assert deeds(take("PIZZA", stopped_topics=stopped))[:2] == [
        OptIn("keyword", "PIZZA", ABOUT_PIZZA),
        SurveyStarted(PIZZA.flow_id),
    ]
    assert deeds(take("GALA")) == [Register(GALA.id, RegistrationStatus.REGISTERED)]


def test_a_stopped_event_reminds_nobody() -> None:
    """Also where an operator put the person on the list again; the reminder counts as given."""
    outcome = take(EventNear(GALA.id, 60), registrations=GOING, stopped_topics=frozenset({ABOUT_GALA}))
    assert outcome.effects == (EventReminded(GALA.id, 60),)


@pytest.mark.parametrize("words", ["STOP YOGA", "stop the yoga", "Unsubscribe from yoga class", "opt out of yoga"])
def test_an_unknown_topic_is_asked_about_once(words: str) -> None:
    """Nobody knows whether all messages are meant: the person is asked, and the second time left to a person."""
    outcome = take(words)
    assert deeds(outcome) == [
        RecordConsent("doubt_asked", "phrase", words),
        SetDoubt(NOW),
        Flag("doubtful opt-out"),
    ]
    again = take(words, doubt_at=NOW)
    assert (said(again), silences(again)) == ([], [SilenceReason.ASKED])


def test_the_question_names_what_can_be_stopped() -> None:
    """The events that the person is registered for."""
    (asked,) = [effect for effect in take("STOP YOGA", registrations=GOING).effects if isinstance(effect, Reply)]
    shown = Template("doubt_topic", {"organisation": "Harbor Choir", "topic": "YOGA", "keywords": ["GALA"]})
    assert asked.says == (shown,)


def test_the_open_question_comes_before_an_unknown_topic() -> None:
    """An answer that it takes is an answer; what it does not take is asked about, and costs no try."""
    asked = take("STOP YOGA", session=ASKING)
    assert (asked.session, said(asked)) == (ASKING, ["doubt_topic"])
    answered = take("stop leaks", session=replace(ASKING, question_id="q2"))
    assert answered.session is None
    paused = replace(ASKING, state="paused")
    assert said(take("stop yoga", session=paused)) == ["doubt_topic"]


def test_an_offered_choice_is_the_answer() -> None:
    """Where the open question offers just these words."""
    outcome = take("stop gala", session=ASKING)
    assert not any(isinstance(effect, OptOut) for effect in outcome.effects)


@pytest.mark.parametrize(
    "words",
    ["stop by at 5?", "Stop it", "stop sign", "stop messages about", "end yoga", "STOPALL GALA", "stop " + "x " * 200],
)
def test_what_is_no_topic(words: str) -> None:
    """Everyday phrases, no topic at all, other first words, and STOPALL, which says the opposite."""
    outcome = take(words, registrations=GOING)
    scopes = [effect.scope for effect in outcome.effects if isinstance(effect, OptOut)]
    assert ABOUT_GALA not in scopes
    assert "doubt_topic" not in said(outcome)


def test_an_operators_command_is_no_topic() -> None:
    """REMOVE GALA from an operator is a command that lacks a person; STOP GALA is what it is for everybody."""
    boss = Operator(b"o" * 16, 1, ADA.address, "Ada", "admin")
    assert not any(isinstance(effect, OptOut) for effect in take("remove gala", boss).effects)
    assert said(take("STOP GALA", boss)) == ["topic_stopped_event"]


def test_a_tapped_text_is_read_too() -> None:
    """A message of any kind with that text."""
    message: InboundMessage = text("STOP GALA")
    assert said(take(message)) == ["topic_stopped_event"]

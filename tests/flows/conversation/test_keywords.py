"""Keywords: the words that start something."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flows.conversation.keywords import by_keyword, find_trigger
from flows.effects import Outcome
from flows.turn import Catalogue, Target, Trigger, Turn
from flows.values import Button, Event, RegistrationStatus
from tests.flows.conversation.people import ADA, ASKING, HARBOR, NOW, PETS, said, text

GALA = Event(b"gala" * 4, 1, "Gala", ("GALA",))
TRIGGERS = {
    "pets": Trigger(Target.SURVEY, PETS.flow_id),
    "gala": Trigger(Target.EVENT, GALA.id),
    "gala night": Trigger(Target.SURVEY, PETS.flow_id),
    "alone": Trigger(Target.SURVEY, PETS.flow_id, whole=True),
}
TURN = Turn(
    text(""), ADA, HARBOR, Catalogue(TRIGGERS, {PETS.flow_id: PETS}, {}, {GALA.id: GALA}), NOW, fresh_id=b"f" * 16
)


def start(words: str, turn: Turn = TURN) -> Outcome | None:
    """Say something that may be a keyword."""
    return by_keyword(turn, text(words))


@pytest.mark.parametrize(
    ("words", "keyword"),
    [
        ("pets", "pets"),
        ("pets please", "pets"),
        ("gala night", "gala night"),
        ("gala night for two", "gala night"),
        ("gala tomorrow", "gala"),
        ("alone", "alone"),
        ("alone again", None),
        ("the gala", None),
    ],
)
def test_the_longest_keyword_wins(words: str, keyword: str | None) -> None:
    """The whole text, else its first words, unless the keyword wants to stand alone."""
    assert find_trigger(TURN, words) == (TRIGGERS[keyword] if keyword else None)


def test_a_survey_and_an_event() -> None:
    """Each keyword starts what it names, in any writing."""
    survey = start("Pets!")
    assert survey is not None
    assert survey.session is not None
    assert survey.session.flow_id == PETS.flow_id
    event = start("GALA")
    assert event is not None
    assert GALA.id in {getattr(effect, "event_id", None) for effect in event.effects}


@pytest.mark.parametrize("words", ["", "!?", "hello", "leave " + "x" * 61])
def test_words_that_start_nothing(words: str) -> None:
    """What is no keyword goes on to the next rung."""
    assert start(words) is None


def test_join_and_leave() -> None:
    """The reserved words of the community work without anyone setting them up."""
    joined = start("JOIN")
    assert joined is not None
    assert said(joined) != []
    turn = replace(TURN, contact=replace(ADA, registrations={GALA.id: RegistrationStatus.REGISTERED}))
    left = start("leave gala", turn)
    assert left is not None
    assert said(left) != []


def test_within_a_survey() -> None:
    """A keyword interrupts, unless it is a tapped button or the survey ignores keywords."""
    turn = replace(TURN, contact=replace(ADA, session=ASKING))
    assert start("GALA", turn) is not None
    assert by_keyword(turn, text("GALA", button=Button("GALA"))) is None
    deaf = replace(PETS, survey=replace(PETS.survey, ignores_keywords=True))
    assert start("GALA", replace(turn, catalogue=replace(TURN.catalogue, surveys={PETS.flow_id: deaf}))) is None

"""MY EVENTS, "cancel my registration" and "I can't come"."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flows.effects import Withdraw
from flows.language.text import normalise
from flows.registration.mine import MOST_SHOWN, mine
from flows.registration.words import is_taken
from flows.turn import Turn
from flows.values import RegistrationStatus, Session
from tests.flows.registration.turns import ADA, ALL, GALA, OLD, PICNIC, deeds, names, placed, said, turn

REGISTERED, WAITING = RegistrationStatus.REGISTERED, RegistrationStatus.WAITING
LISTED = placed(OLD, REGISTERED, placed(PICNIC, REGISTERED, placed(GALA, WAITING)))


def about(text: str, contact: object = ADA, **others: object) -> tuple[Turn, str]:
    """Make a turn about a text, and the text as it is read."""
    return turn(text, contact, **others), normalise(text)  # type: ignore[arg-type]


def test_my_events() -> None:
    """It fell to the fallback: now it names the events to come, which are cancelled and where one waits."""
    off = replace(PICNIC, is_active=False, is_cancelled=True)
    outcome = mine(*about("My events?", LISTED, events=(GALA, off, OLD)))
    assert outcome is not None
    shown = said(outcome.effects, "my_events")
    assert shown["events"] == [
        {"title": "Picnic", "when": "", "waits": False, "off": True},
        {"title": "The Spring Gala", "when": "Sunday 14 February 2027, 5:00 PM EST", "waits": True, "off": False},
    ]
    assert (shown["keyword"], shown["more"]) == ("GALA", 0)


def test_no_events_and_many() -> None:
    """Nothing is said as such; of many only the first are named."""
    outcome = mine(*about("mis eventos"))
    assert outcome is not None
    assert said(outcome.effects, "my_events")["events"] == []
    many = tuple(replace(GALA, id=bytes([number]) * 16, number=number) for number in range(1, MOST_SHOWN + 4))
    person = ADA
    for event in many:
        person = placed(event, REGISTERED, person)
    outcome = mine(*about("my events", person, events=many))
    assert outcome is not None
    assert said(outcome.effects, "my_events")["more"] == 3


@pytest.mark.parametrize(
    "text", ["cancel my registration", "Please cancel my seat", "anular mi inscripción", "I can't come"]
)
def test_the_only_event_is_left(text: str) -> None:
    """By whatever words, and never the community."""
    person = replace(placed(GALA, REGISTERED), in_community=True)
    outcome = mine(*about(text, person))
    assert outcome is not None
    assert deeds(outcome.effects) == [Withdraw(GALA.id, held_seat=True)]


@pytest.mark.parametrize("text", ["cancel my registration for the picnic, please", "anular mi reserva del picnic"])
def test_the_event_that_is_named(text: str) -> None:
    """Of several."""
    outcome = mine(*about(text, LISTED))
    assert outcome is not None
    assert deeds(outcome.effects) == [Withdraw(PICNIC.id, held_seat=True)]


def test_which_one_is_asked() -> None:
    """Of several where none is named; where there is none that is said."""
    asked = mine(*about("cancel my booking", LISTED))
    assert asked is not None
    assert said(asked.effects, "leave_which")["keywords"] == ["GALA", "PICNIC"]
    none = mine(*about("cancel my booking"))
    assert none is not None
    assert names(none.effects) == ["no_registrations"]


def test_who_cannot_come_to_nothing_means_something_else() -> None:
    """So does an answer to an open question; other texts are not about one's events at all."""
    assert mine(*about("I can't come")) is None
    answering = replace(placed(GALA, REGISTERED), session=Session(b"s" * 16, "survey", "asking"))
    assert mine(*about("no puedo ir", answering)) is None
    assert mine(*about("see you there", LISTED)) is None


def test_no_event_takes_these_words() -> None:
    """They are reserved as keywords."""
    assert is_taken("My Events")
    assert ALL

"""The order in which the rungs are asked."""

from __future__ import annotations

from dataclasses import replace

from flows.effects import EventReminded, OptOut, Register, SaveAnswer
from flows.router import route
from flows.turn import Catalogue, Turn
from flows.values import HOUR, MINUTE, Event, EventNear, Occurrence, RegistrationStatus, SeatFree
from tests.flows.conversation.people import ADA, ASKING, HARBOR, NOW, deeds, said, take, text

GALA = Event(b"gala" * 4, 1, "Gala", ("GALA",), starts_at=NOW + HOUR, capacity=5)


def happen(occurrence: Occurrence, status: RegistrationStatus, opted_out: bool = False) -> list[object]:
    """Let something of the gala be due for Ada; gives what the turn does."""
    contact = replace(ADA, registrations={GALA.id: status}, opted_out=opted_out)
    outcome = route(Turn(occurrence, contact, HARBOR, Catalogue(events={GALA.id: GALA}), NOW, b"f" * 16))
    return list(deeds(outcome))


def test_a_stop_comes_before_everything() -> None:
    """Neither an open question, a doubt, a human takeover nor a block keeps a STOP from counting."""
    for known in ({"session": ASKING}, {"doubt_at": NOW}, {"silent_until_at": NOW + MINUTE}, {"opted_out": True}):
        assert OptOut("keyword", "STOP") in take("STOP", **known).effects


def test_help_comes_before_an_open_question() -> None:
    """HELP is no answer."""
    outcome = take("HELP", session=ASKING)
    assert said(outcome) == ["help"]
    assert not [effect for effect in outcome.effects if isinstance(effect, SaveAnswer)]


def test_a_seat_that_became_free() -> None:
    """The waiting get it; who opted out keeps the place without a word."""
    registered = Register(GALA.id, RegistrationStatus.REGISTERED, was_waiting=True)
    assert happen(SeatFree(GALA.id), RegistrationStatus.WAITING) == [registered]
    assert happen(SeatFree(GALA.id), RegistrationStatus.WAITING, opted_out=True) == []


def test_an_event_that_is_near() -> None:
    """Who comes is reminded; who opted out is not."""
    assert happen(EventNear(GALA.id, 60), RegistrationStatus.REGISTERED) == [EventReminded(GALA.id, 60)]
    assert happen(EventNear(GALA.id, 60), RegistrationStatus.REGISTERED, opted_out=True) == []


def test_what_nobody_takes() -> None:
    """The last word is the fallback, also for a message without a text."""
    assert said(take("qwertz")) == ["fallback"]
    assert said(take(text(""))) == ["fallback"]

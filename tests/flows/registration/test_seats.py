"""Who gets a seat, who waits, who moves up."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flows.effects import Register
from flows.registration.calendar import calendar_link
from flows.registration.dialogue import enrol, promote, register
from flows.registration.seats import is_past, register_or_say, state_of
from flows.values import DAY, HOUR, Event, RegistrationStatus, SeatFree, Session
from tests.flows.registration.turns import ADA, GALA, NOW, OLD, SPRING, deeds, names, placed, said, turn

REGISTERED, WAITING, WITHDRAWN = (
    RegistrationStatus.REGISTERED,
    RegistrationStatus.WAITING,
    RegistrationStatus.WITHDRAWN,
)
FULL = replace(GALA, registered_count=2)


def test_a_free_seat_is_taken_and_confirmed() -> None:
    """Registering says the title, the day and hour in the event's zone, the place, the calendar link and the word."""
    effects = register(turn("GALA"), GALA, name="Ada")
    assert deeds(effects) == [Register(GALA.id, REGISTERED, "Ada")]
    assert names(effects) == ["registered", "event_details"]
    assert said(effects, "event_details") == {
        "when": "Sunday 14 February 2027, 5:00 PM EST",
        "place": "Harbor Hall",
        "link": calendar_link(GALA, SPRING),
        "keyword": "GALA",
    }


def test_the_contacts_name_is_used_where_no_other_is_given() -> None:
    """A registration without a name of its own carries the contact's."""
    effects = register(turn("GALA", replace(ADA, name="Ada L.")), GALA)
    assert deeds(effects) == [Register(GALA.id, REGISTERED, "Ada L.")]


def test_it_may_be_silent() -> None:
    """Without the announcement nothing is said."""
    assert register(turn("GALA"), GALA, announce=False) == (Register(GALA.id, REGISTERED, None),)


def test_a_full_event_has_a_waiting_list() -> None:
    """When every seat is taken the person waits, and is told so."""
    effects = register(turn("GALA"), FULL)
    assert deeds(effects) == [Register(GALA.id, WAITING, None)]
    assert names(effects) == ["waiting", "event_details"]


def test_nobody_overtakes_the_waiting_list() -> None:
    """A seat that became free belongs to those who wait already: who comes now waits behind them."""
    effects = register(turn("GALA"), replace(GALA, registered_count=1, waiting_count=1))
    assert deeds(effects) == [Register(GALA.id, WAITING, None)]


def test_an_event_without_capacity_takes_everyone() -> None:
    """No capacity is no bound."""
    assert deeds(register(turn("GALA"), replace(FULL, capacity=None))) == [Register(GALA.id, REGISTERED, None)]


@pytest.mark.parametrize("status", [REGISTERED, WAITING])
@pytest.mark.parametrize("event", [GALA, FULL])
def test_once_per_phone(status: RegistrationStatus, event: Event) -> None:
    """Who is on the list already, seated or waiting, is not put on it again."""
    assert register(turn("GALA", placed(GALA, status)), event) == ()


def test_who_withdrew_may_come_back() -> None:
    """A withdrawn registration does not bar a new one."""
    effects = register(turn("GALA", placed(GALA, WITHDRAWN)), GALA)
    assert deeds(effects) == [Register(GALA.id, REGISTERED, None)]


def test_nothing_for_an_event_that_takes_nobody() -> None:
    """A closed or past event takes no registration, and a survey that is linked to it stays silent about it."""
    assert register(turn("GALA"), replace(GALA, is_active=False)) == ()
    assert register(turn("FAIR"), OLD) == ()


def test_when_an_event_is_over() -> None:
    """An event is over at its end, or at its beginning where it has no end; one without a date never is."""
    running = replace(GALA, starts_at=NOW - HOUR, ends_at=NOW + 1)
    assert not is_past(running, NOW)
    assert is_past(running, NOW + 1)
    assert is_past(replace(running, ends_at=None), NOW)
    assert not is_past(replace(GALA, starts_at=None), NOW + 10_000 * DAY)


def test_a_free_seat_goes_to_who_waits() -> None:
    """The first on the waiting list gets the seat and good news; an open session stays as it is."""
    open_session = Session(b"s" * 16, "survey", "asking")
    contact = replace(placed(GALA, WAITING), session=open_session)
    outcome = promote(turn(SeatFree(GALA.id), contact), SeatFree(GALA.id))
    assert outcome.session is open_session
    assert deeds(outcome.effects) == [Register(GALA.id, REGISTERED, None, was_waiting=True)]
    assert names(outcome.effects) == ["promoted", "event_details"]


@pytest.mark.parametrize("status", [REGISTERED, WITHDRAWN])
def test_who_does_not_wait_any_more_is_not_promoted(status: RegistrationStatus) -> None:
    """A seat means nothing to who has one or has left."""
    occurrence = SeatFree(GALA.id)
    assert promote(turn(occurrence, placed(GALA, status)), occurrence).effects == ()


def test_no_promotion_without_a_seat() -> None:
    """A seat that is gone again, a past event and a deleted event promote nobody."""
    contact, occurrence = placed(GALA, WAITING), SeatFree(GALA.id)
    for events in ((FULL,), (replace(GALA, starts_at=NOW - 1),), ()):
        assert promote(turn(occurrence, contact, events=events), occurrence).effects == ()


def test_a_closed_event_keeps_its_people() -> None:
    """CLOSE stops new registrations with an answer; who is on the list still comes, and who waits still moves up."""
    closed = replace(GALA, is_closed=True)
    assert names(enrol(turn("GALA", events=(closed,)), closed).effects) == ["event_closed"]
    listed = placed(closed, REGISTERED)
    assert names(enrol(turn("GALA", listed, events=(closed,)), closed).effects)[0] == "already_registered"
    waits = turn(SeatFree(closed.id), placed(closed, WAITING), events=(closed,))
    assert names(promote(waits, SeatFree(closed.id)).effects)[0] == "promoted"


def test_a_cancelled_event_says_so() -> None:
    """To everybody who texts its keyword, also on its list; nobody moves up."""
    off = replace(GALA, is_active=False, is_cancelled=True)
    for person in (ADA, placed(off, REGISTERED)):
        assert names(enrol(turn("GALA", person, events=(off,)), off).effects) == ["event_cancelled"]
    waits = turn(SeatFree(off.id), placed(off, WAITING), events=(off,))
    assert promote(waits, SeatFree(off.id)).effects == ()


def test_who_stopped_the_event_moves_up_in_silence() -> None:
    """STOP GALA holds for somebody whom an operator put on the waiting list again."""
    person = replace(placed(GALA, WAITING), stopped_topics=frozenset({"event:12"}))
    effects = promote(turn(SeatFree(GALA.id), person), SeatFree(GALA.id)).effects
    assert deeds(effects) == [Register(GALA.id, REGISTERED, was_waiting=True)]
    assert names(effects) == []


def test_where_an_event_stands() -> None:
    """Cancelled wins over over, and over wins over closed."""
    off = replace(OLD, is_active=False, is_cancelled=True)
    states = [state_of(one, NOW) for one in (GALA, replace(GALA, is_closed=True), replace(OLD, is_closed=True), off)]
    assert states == ["open", "closed", "over", "cancelled"]


def test_a_survey_says_where_nobody_was_registered() -> None:
    """A survey whose event closed or is over meanwhile says so, and nothing to somebody who is on its list."""
    for event, told in ((replace(GALA, is_closed=True), "event_closed"), (OLD, "event_past")):
        assert names(register_or_say(turn("x"), event)) == [told]
        assert register_or_say(turn("x", placed(event, REGISTERED)), event) == ()
    assert names(register_or_say(turn("x"), GALA)) == ["registered", "event_details"]

"""The effects of one turn, as the next turn of the batch sees them."""

from __future__ import annotations

import pytest

from flows.effects import (
    Effect,
    Flag,
    JoinCommunity,
    LeaveCommunity,
    OptIn,
    OptOut,
    Outcome,
    Register,
    Reply,
    SetDoubt,
    SetLanguage,
    SetName,
    Withdraw,
)
from flows.state import after, seats_after, seats_taken
from flows.turn import Catalogue
from flows.values import Contact, Event, RegistrationStatus, Session

ADA = Contact(id=b"a" * 16, address="+15550100001", session=Session(b"s" * 16, "survey", "asking"))
GALA, FAIR = b"gala" * 4, b"fair" * 4
COMES, WAITS, GONE = RegistrationStatus.REGISTERED, RegistrationStatus.WAITING, RegistrationStatus.WITHDRAWN
OFFER = Catalogue(
    events={
        GALA: Event(GALA, 1, "Gala", ("GALA",), capacity=9, registered_count=5, waiting_count=2),
        FAIR: Event(FAIR, 2, "Fair", ("FAIR",)),
    }
)


def fold(*effects: Effect, contact: Contact = ADA) -> Contact:
    """Give the contact after a turn that leaves the session alone."""
    return after(contact, Outcome(contact.session, effects))


def counts(*effects: Effect, event_id: bytes = GALA) -> tuple[int, int]:
    """Give the seats taken and the people waiting after a turn."""
    event = seats_after(OFFER, Outcome(None, effects)).events[event_id]
    return event.registered_count, event.waiting_count


def test_nothing_changed() -> None:
    """Effects that are not about the contact leave the very same value."""
    assert fold(Reply(("hello",)), Flag("look")) is ADA
    assert fold() is ADA


def test_the_session() -> None:
    """The session is what the outcome says, also when that is none."""
    moved = Session(b"s" * 16, "survey", "paused")
    assert after(ADA, Outcome(moved)).session is moved
    assert after(ADA, Outcome(None)).session is None


@pytest.mark.parametrize(
    ("effects", "opted_out"),
    [
        ((OptOut("keyword", "STOP"),), True),
        ((OptOut("keyword", "STOP"), OptIn("keyword", "START")), False),
        ((OptOut("keyword", "no gala", "event:1"),), False),
    ],
)
def test_consent(effects: tuple[Effect, ...], opted_out: bool) -> None:
    """The whole consent counts, in the order of the effects; that of one event does not."""
    assert fold(*effects).opted_out is opted_out


def test_consent_of_one_event_leaves_an_opt_out() -> None:
    """A person who opted out of everything stays so, whatever is said of one event."""
    silent = fold(OptOut("keyword", "STOP"))
    both = fold(OptOut("keyword", "STOP GALA", "event:1"), contact=silent)
    assert both.opted_out
    assert both.stopped_topics == {"event:1"}
    assert fold(OptIn("keyword", "the gala", "event:1"), contact=both) == silent


def test_what_a_person_told() -> None:
    """Name, language, doubt and community are known at once."""
    changed = fold(SetName("Ada"), SetLanguage("es"), SetDoubt(5), JoinCommunity())
    assert (changed.name, changed.language, changed.doubt_at, changed.in_community) == ("Ada", "es", 5, True)
    again = fold(SetDoubt(None), LeaveCommunity(), contact=changed)
    assert (again.doubt_at, again.in_community) == (None, False)


def test_registrations() -> None:
    """Each event has its place, the last word counts, and the old value stays as it was."""
    first = fold(Register(GALA, COMES), Register(FAIR, WAITS))
    assert first.registrations == {GALA: COMES, FAIR: WAITS}
    second = fold(Withdraw(GALA, held_seat=True), Withdraw(FAIR, held_seat=False), Register(FAIR, COMES), contact=first)
    assert second.registrations == {GALA: GONE, FAIR: COMES}
    assert first.registrations == {GALA: COMES, FAIR: WAITS}
    assert ADA.registrations == {}


@pytest.mark.parametrize(
    ("effect", "taken"),
    [
        (Register(GALA, COMES), 1),
        (Register(GALA, WAITS), 0),
        (Withdraw(GALA, held_seat=True), -1),
        (Withdraw(GALA, held_seat=False), 0),
        (SetName("Ada"), 0),
    ],
)
def test_seats_that_an_effect_takes(effect: Effect, taken: int) -> None:
    """Who comes takes one, who came gives one back, waiting takes none."""
    assert seats_taken(effect) == taken
    assert counts(effect)[0] == 5 + taken


@pytest.mark.parametrize(
    ("effect", "waiting_count"),
    [
        (Register(GALA, WAITS), 3),
        (Register(GALA, COMES), 2),
        (Register(GALA, COMES, was_waiting=True), 1),
        (Withdraw(GALA, held_seat=False), 1),
        (Withdraw(GALA, held_seat=True), 2),
    ],
)
def test_the_waiting_list(effect: Effect, waiting_count: int) -> None:
    """It grows by who waits, and becomes shorter by who got a seat or left it."""
    assert counts(effect)[1] == waiting_count


def test_several_effects_add_up() -> None:
    """The effects of one turn on one event are counted together, each event on its own."""
    assert counts(Register(GALA, COMES), Withdraw(GALA, held_seat=True), Register(GALA, COMES)) == (6, 2)
    assert counts(Register(GALA, COMES), Register(FAIR, COMES), event_id=FAIR) == (1, 0)
    assert counts(Withdraw(FAIR, held_seat=False), event_id=FAIR) == (0, 0)


def test_a_catalogue_that_stays() -> None:
    """Effects that are about no event, or about one that nobody knows, leave the very same catalogue."""
    assert seats_after(OFFER, Outcome(None, (SetName("Ada"), Register(b"gone" * 4, COMES)))) is OFFER

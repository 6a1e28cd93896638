"""LEAVE: off a list, out of the community."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flows.effects import EndSession, LeaveCommunity, RecordConsent, Withdraw
from flows.registration.dialogue import enrol, join, leave
from flows.values import RegistrationStatus, Session
from tests.flows.registration.turns import ADA, GALA, OLD, PICNIC, SPRING, deeds, names, placed, said, then, turn

REGISTERED, WAITING, WITHDRAWN = (
    RegistrationStatus.REGISTERED,
    RegistrationStatus.WAITING,
    RegistrationStatus.WITHDRAWN,
)
MEMBER = replace(ADA, in_community=True)


@pytest.mark.parametrize("rest", ["", "please", "the event"])
def test_the_only_thing_there_is(rest: str) -> None:
    """LEAVE alone takes a contact off the one list they are on, and says that STOP ends everything."""
    outcome = leave(turn("LEAVE", placed(GALA, REGISTERED)), rest)
    assert deeds(outcome.effects) == [Withdraw(GALA.id, held_seat=True)]
    assert said(outcome.effects, "left_event") == {"title": "The Spring Gala", "organisation": "Spring Club"}


def test_a_waiting_place_frees_no_seat() -> None:
    """Leaving the waiting list makes no seat free."""
    outcome = leave(turn("LEAVE", placed(GALA, WAITING)), "")
    assert deeds(outcome.effects) == [Withdraw(GALA.id, held_seat=False)]


def test_the_community_alone() -> None:
    """A member without events leaves the community, which is recorded; a survey goes on."""
    survey = Session(b"s" * 16, "survey", "asking")
    outcome = leave(turn("LEAVE", replace(MEMBER, session=survey)), "")
    assert outcome.session is survey
    assert deeds(outcome.effects) == [LeaveCommunity(), RecordConsent("left_community", "keyword", "LEAVE")]
    assert names(outcome.effects) == ["left_community"]


def test_several_are_listed() -> None:
    """With more than one list LEAVE says what to reply, and changes nothing."""
    contact = placed(PICNIC, WAITING, placed(GALA, REGISTERED, MEMBER))
    outcome = leave(turn("LEAVE", contact), "")
    assert deeds(outcome.effects) == []
    assert said(outcome.effects, "leave_which") == {
        "keywords": ["GALA", "PICNIC"],
        "community": True,
        "organisation": "Spring Club",
    }


def test_an_event_without_a_keyword_is_listed_by_its_number() -> None:
    """What has no keyword is left by its number."""
    bare = replace(PICNIC, keywords=())
    outcome = leave(turn("LEAVE", placed(PICNIC, REGISTERED, MEMBER), events=(bare,)), "")
    assert said(outcome.effects, "leave_which")["keywords"] == ["13"]


@pytest.mark.parametrize("status", [None, WITHDRAWN])
def test_nothing_to_leave(status: RegistrationStatus | None) -> None:
    """Who is on no list hears so; past events do not count."""
    contact = placed(OLD, REGISTERED)
    outcome = leave(turn("LEAVE", contact if status is None else placed(GALA, status, contact)), "")
    assert deeds(outcome.effects) == []
    assert names(outcome.effects) == ["leave_nothing"]


@pytest.mark.parametrize(
    "rest", ["GALA", "fiesta", "from the gala, please", "12", "#12", "Spring Gala", "the spring gala"]
)
def test_an_event_by_any_of_its_names(rest: str) -> None:
    """A keyword, the number or the title picks the event, small words around it left aside."""
    contact = placed(PICNIC, REGISTERED, placed(GALA, REGISTERED, MEMBER))
    outcome = leave(turn("LEAVE", contact), rest)
    assert deeds(outcome.effects) == [Withdraw(GALA.id, held_seat=True)]


@pytest.mark.parametrize("rest", ["COMMUNITY", "la comunidad", "the group"])
def test_the_community_by_its_name(rest: str) -> None:
    """LEAVE COMMUNITY leaves the community and no event."""
    outcome = leave(turn("LEAVE", placed(GALA, REGISTERED, MEMBER)), rest)
    assert deeds(outcome.effects)[0] == LeaveCommunity()
    assert names(leave(turn("LEAVE"), rest).effects) == ["not_joined"]


def test_what_one_is_not_on_cannot_be_left() -> None:
    """A known event that the contact is not on is told apart from an unknown word."""
    contact = placed(PICNIC, REGISTERED)
    assert said(leave(turn("LEAVE", contact), "gala").effects, "not_registered") == {"title": "The Spring Gala"}
    assert said(leave(turn("LEAVE", contact), "xyz").effects, "leave_unknown")["keywords"] == ["PICNIC"]


def test_the_one_that_one_is_on_wins() -> None:
    """Of two events of one title the contact leaves the one they are on."""
    twin = replace(GALA, id=b"twin".ljust(16), number=15, keywords=("TWIN",))
    outcome = leave(turn("LEAVE", placed(twin, REGISTERED), events=(GALA, twin)), "spring gala")
    assert deeds(outcome.effects) == [Withdraw(twin.id, held_seat=True)]


def test_leaving_before_the_name_was_given() -> None:
    """LEAVE in the question for the name drops the registration that was about to be made."""
    contact = then(ADA, enrol(turn("PICNIC"), PICNIC))
    outcome = leave(turn("LEAVE", contact), "")
    assert outcome.session is None
    assert deeds(outcome.effects) == [EndSession(b"f" * 16, "cancelled")]
    assert names(outcome.effects) == ["left_event"]


def test_leaving_before_the_yes() -> None:
    """LEAVE in the question whether to join takes the JOIN back."""
    double = replace(SPRING, double_opt_in=True)
    contact = then(ADA, join(turn("JOIN", workspace=double)))
    outcome = leave(turn("LEAVE", contact, double), "")
    assert outcome.session is None
    assert deeds(outcome.effects) == [EndSession(b"f" * 16, "cancelled")]


def test_a_new_member_may_leave_at_once() -> None:
    """LEAVE in the question for a member's name ends the membership and the question."""
    named = replace(SPRING, ask_name=True)
    contact = then(ADA, join(turn("JOIN", workspace=named)))
    outcome = leave(turn("LEAVE", contact, named), "")
    assert outcome.session is None
    assert deeds(outcome.effects)[0] == LeaveCommunity()
    assert deeds(outcome.effects)[-1] == EndSession(b"f" * 16, "cancelled")

"""GALA 3 people."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flows.registration.company import is_for_several
from flows.registration.dialogue import enrol
from flows.values import RegistrationStatus
from tests.flows.registration.turns import ADA, GALA, OLD, PICNIC, names, placed, turn


@pytest.mark.parametrize(
    "rest",
    ["3 people", "3", "for 3", "+1", "with my wife", "and my kids", "party of four", "para dos personas", "y mi hijo"],
)
def test_more_than_one(rest: str) -> None:
    """A number of people, a plus, or company."""
    assert is_for_several(rest)


@pytest.mark.parametrize("rest", ["", "please", "1", "14 may", "at 6pm", "thanks!"])
def test_one(rest: str) -> None:
    """Anything else is for one."""
    assert not is_for_several(rest)


def test_the_answer_says_that_it_is_one_place() -> None:
    """GALA 3 people registered one person without a word; so it did where somebody was on the list or gives a name."""
    assert names(enrol(turn("GALA 3 people"), GALA, for_several=True).effects) == [
        *("registered", "event_details", "one_place_each")
    ]
    listed = placed(GALA, RegistrationStatus.REGISTERED)
    assert names(enrol(turn("GALA +1", listed), GALA, for_several=True).effects)[-1] == "one_place_each"
    assert names(enrol(turn("PICNIC 2"), PICNIC, for_several=True).effects) == ["ask_name", "one_place_each"]


def test_where_nobody_gets_a_place_it_is_not_said() -> None:
    """The event is over, closed or cancelled."""
    for event in (OLD, replace(GALA, is_closed=True), replace(GALA, is_active=False, is_cancelled=True)):
        assert "one_place_each" not in names(enrol(turn("GALA 3", ADA), event, for_several=True).effects)

"""Campaigns at the same local time everywhere."""

from __future__ import annotations

from datetime import UTC, datetime, time

import pytest

from flows.campaigns.local import EAST, at_their_place, in_the_east, say_when, split_local
from flows.schedules.values import Frequency, Moment, Pattern, Recurrence
from flows.values import HOUR


def at(text: str) -> int:
    """Give a UTC moment in microseconds."""
    return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1_000_000


@pytest.mark.parametrize(
    ("rest", "expected"),
    [
        ("where they are community", (True, "community")),
        ("Where They Are, #choir", (True, "#choir")),
        ("in their local time all", (True, "all")),
        ("local time all", (True, "all")),
        ("en su hora local community", (True, "community")),
        ("where they are", (True, "")),
        ("where they arenas", (False, "where they arenas")),
        ("community", (False, "community")),
        ("", (False, "")),
    ],
)
def test_whose_clock(rest: str, expected: tuple[bool, str]) -> None:
    """A few words after the time put it where each recipient is."""
    assert split_local(rest) == expected


def test_a_local_time_comes_to_each_in_turn() -> None:
    """Ten o'clock is kept where it comes first, and comes later to whom is further west, summer time and all."""
    ten = in_the_east(Moment(at("2027-07-01T14:00:00")), "America/New_York")  # 10:00 there
    assert isinstance(ten, Moment)
    assert ten.due_at == at("2027-06-30T20:00:00")
    assert at_their_place(ten.due_at, ("America/New_York",), "UTC") == at("2027-07-01T14:00:00")
    assert at_their_place(ten.due_at, ("America/Los_Angeles",), "UTC") == at("2027-07-01T17:00:00")
    assert at_their_place(ten.due_at, ("Asia/Kolkata",), "UTC") == at("2027-07-01T04:30:00")
    assert at_their_place(ten.due_at, ("Pacific/Kiritimati",), "UTC") == ten.due_at
    assert at_their_place(ten.due_at, ("Etc/GMT+12",), "UTC") == ten.due_at + 26 * HOUR


def test_a_number_that_may_be_in_several_zones() -> None:
    """Ours is taken where it is among them, else the first."""
    zones = ("America/New_York", "America/Chicago")
    ten = at("2027-06-30T20:00:00")
    assert at_their_place(ten, zones, "America/Chicago") == at("2027-07-01T15:00:00")
    assert at_their_place(ten, zones, "Europe/Riga") == at("2027-07-01T14:00:00")


def test_a_local_time_that_the_clocks_skip_moves_forward() -> None:
    """Half past two does not exist in New York on 14 March 2027: it is half past three."""
    half_past = in_the_east(Moment(at("2027-03-14T02:30:00")), "UTC")
    assert isinstance(half_past, Moment)
    assert at_their_place(half_past.due_at, ("America/New_York",), "UTC") == at("2027-03-14T07:30:00")


def test_rules_are_local_as_they_stand() -> None:
    """A rule names no zone."""
    rule = Recurrence(Pattern(Frequency.DAILY), (time(9),), datetime(2027, 1, 1))  # noqa: DTZ001 local
    assert in_the_east(rule, "America/New_York") is rule


def test_how_it_is_said() -> None:
    """Where they are instead of a zone, in both languages."""
    moment = Moment(at("2027-06-30T20:00:00"))
    assert say_when(moment, EAST, "en") == "Thursday 1 July 2027, 10:00 where they are"
    assert say_when(moment, EAST, "es").endswith("10:00 en la hora local de cada persona")
    assert say_when(moment, "UTC", "en") == "Wednesday 30 June 2027, 20:00 (UTC)"

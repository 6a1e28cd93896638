"""The calendar file of an event."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.errors import FlowError
from flows.registration.calendar import calendar_link, is_signed, to_ics
from flows.values import HOUR
from tests.flows.registration.turns import GALA, NOW, SPRING


def unfolded(ics: str) -> list[str]:
    """Put folded lines together again, as a calendar does."""
    return ics.replace("\r\n ", "").split("\r\n")


def test_an_entry() -> None:
    """The whole file, line by line; the moments are UTC."""
    event = replace(GALA, ends_at=(GALA.starts_at or 0) + 5 * HOUR)
    assert to_ics(event, SPRING, NOW).split("\r\n") == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Rollcall//Events//EN",
        "BEGIN:VEVENT",
        f"UID:{GALA.id.hex()}@rollcall",
        "DTSTAMP:20270115T080000Z",
        "DTSTART:20270214T220000Z",
        "DTEND:20270215T030000Z",
        "SUMMARY:The Spring Gala",
        "LOCATION:Harbor Hall",
        "DESCRIPTION:Spring Club",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]


def test_what_is_not_known_is_left_out() -> None:
    """Without an end and a place the entry has neither."""
    ics = to_ics(replace(GALA, place=None), SPRING, NOW)
    assert "DTEND" not in ics
    assert "LOCATION" not in ics


def test_an_event_without_a_date_has_no_entry() -> None:
    """There is nothing to put into a calendar."""
    with pytest.raises(FlowError, match="'The Spring Gala' has no date"):
        to_ics(replace(GALA, starts_at=None), SPRING, NOW)


def test_special_characters_are_escaped() -> None:
    """Comma, semicolon, backslash and line break would end a value; nothing can smuggle in a line."""
    ics = to_ics(replace(GALA, title="A, B; C\\D\r\nEND:VEVENT\x00\ud800"), SPRING, NOW)
    assert "SUMMARY:A\\, B\\; C\\\\D\\nEND:VEVENT" in ics.split("\r\n")


@given(st.text(max_size=300))
def test_lines_keep_within_75_octets(title: str) -> None:
    """Long lines are folded between characters, and unfolding gives them back."""
    ics = to_ics(replace(GALA, title=title), SPRING, NOW)
    assert all(len(line.encode()) <= 75 for line in ics.split("\r\n"))
    assert ics.isascii() or ics.encode().decode() == ics
    assert len(unfolded(ics)) == 13


def test_a_long_title_survives_folding() -> None:
    """A folded title of two-byte characters is whole after unfolding."""
    title = "ñ" * 200
    assert f"SUMMARY:{title}" in unfolded(to_ics(replace(GALA, title=title), SPRING, NOW))


def test_a_day_without_an_hour_is_a_whole_day() -> None:
    """The entry fills the day where the event is."""
    lines = unfolded(to_ics(replace(GALA, all_day=True), SPRING, NOW))
    assert any(
        line.startswith("DTSTART;VALUE=DATE:") and len(line) == len("DTSTART;VALUE=DATE:20270514") for line in lines
    )


KEYED = replace(SPRING, link_key=b"k" * 32)


def test_a_link_is_signed() -> None:
    """The number alone could be counted: its link opens with its own signature, made with this key, and no other."""
    link = calendar_link(GALA, KEYED)
    found = re.fullmatch(r"https://club\.example/events/12-([0-9a-f]{16})\.ics", link)
    assert found is not None
    assert is_signed(12, found[1], KEYED)
    assert not is_signed(13, found[1], KEYED)
    assert not is_signed(12, found[1], replace(KEYED, link_key=b"x" * 32))
    assert not is_signed(12, found[1], replace(KEYED, id=b"x" * 16))
    assert not is_signed(12, "é\ud800", KEYED)


def test_no_link_without_a_date() -> None:
    """An event without a date has no calendar file."""
    assert calendar_link(replace(GALA, starts_at=None), KEYED) == ""

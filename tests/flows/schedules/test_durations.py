"""Lengths of time in words."""

from __future__ import annotations

import pytest

from flows.schedules.durations import parse_duration

MINUTE = 60_000_000


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("2h", 120),
        ("30 min", 30),
        ("30m", 30),
        ("1 day", 1440),
        ("2 horas", 120),
        ("1h 30m", 90),
        ("1 hour and 30 minutes", 90),
        ("an hour and a half", 90),
        ("una hora y media", 90),
        ("media hora", 30),
        ("half an hour", 30),
        ("1.5 hours", 90),
        ("1,5 horas", 90),
        ("a week", 10080),
        ("for 2 hours", 120),
        ("por 2 días", 2880),
        ("2 semanas", 20160),
        ("1 month", None),
        ("a year", None),
        ("2", None),
        ("h", None),
        ("0 min", None),
        ("9999 weeks", None),
        ("2 hours please", None),
        ("tomorrow", None),
        ("", None),
        ("1 h " * 30, None),
    ],
)
def test_a_length_is_read_whole(text: str, minutes: int | None) -> None:
    """A length in microseconds, or nothing."""
    assert parse_duration(text) == (minutes and minutes * MINUTE)

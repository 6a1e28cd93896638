"""Rules as documents."""

from __future__ import annotations

import json
from datetime import date, datetime, time

from hypothesis import given
from hypothesis import strategies as st

from flows.schedules.rules import pattern_of, rrule, rule_document, rule_of
from flows.schedules.values import Frequency, Pattern, Recurrence
from tests.flows.schedules.test_occurrences import patterns, times


@given(
    pattern=patterns,
    hours=times,
    first=st.datetimes().map(lambda at: at.replace(microsecond=0)),
    until=st.none() | st.dates(),
    count=st.none() | st.integers(1, 9),
)
def test_a_rule_comes_back_from_its_document(
    pattern: Pattern, hours: set[time], first: datetime, until: date | None, count: int | None
) -> None:
    """Through JSON and back it is the same rule."""
    rule = Recurrence(pattern, tuple(sorted(hours)), first, until, count)
    assert rule_of(json.loads(json.dumps(rule_document(rule)))) == rule


def test_a_pattern_is_written_as_rfc_5545_does() -> None:
    """The parts are those of an RRULE."""
    pattern = Pattern(Frequency.YEARLY, 2, nth_weekdays=((4, 3),), month=11)
    assert rrule(pattern) == "FREQ=YEARLY;INTERVAL=2;BYMONTH=11;BYDAY=4TH"
    assert pattern_of(rrule(pattern)) == pattern

"""When rules come round, on nights when the clocks change and on all others."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.schedules.occurrences import local, next_occurrence, placed
from flows.schedules.values import Frequency, Pattern, Recurrence
from tests.flows.schedules.judging import said_at

ZONES = (
    "America/New_York",
    "Europe/Berlin",
    "Australia/Sydney",
    "Australia/Lord_Howe",
    "America/Santiago",
    "Pacific/Apia",
    "Africa/Casablanca",
    "Asia/Kolkata",
    "UTC",
)
DAILY = Pattern(Frequency.DAILY)


def rule(pattern: Pattern, first: str, *times: str, until: str | None = None, count: int | None = None) -> Recurrence:
    """Make a rule."""
    hours = tuple(time.fromisoformat(at) for at in times)
    return Recurrence(
        pattern, hours, datetime.fromisoformat(first), (until and date.fromisoformat(until)) or None, count
    )


def following(made: Recurrence, zone: str, after: str, most: int = 4) -> list[str]:
    """Give the next local times of a rule with their offsets, after a local time."""
    at = said_at(after, zone)
    found: list[str] = []
    while len(found) < most and (due := next_occurrence(made, zone, at)):
        at = due[0]
        found.append(local(at, ZoneInfo(zone)).isoformat(timespec="minutes"))
    return found


@pytest.mark.parametrize(
    ("zone", "day", "at", "expected"),
    [
        ("America/New_York", "2026-03-07", "02:30", ["07T02:30-05:00", "08T03:30-04:00", "09T02:30-04:00"]),
        ("America/New_York", "2026-10-31", "01:30", ["31T01:30-04:00", "01T01:30-04:00", "02T01:30-05:00"]),
        ("Europe/Berlin", "2026-03-28", "02:00", ["28T02:00+01:00", "29T03:00+02:00", "30T02:00+02:00"]),
        ("Europe/Berlin", "2026-10-24", "02:30", ["24T02:30+02:00", "25T02:30+02:00", "26T02:30+01:00"]),
        ("Australia/Sydney", "2026-10-03", "02:30", ["03T02:30+10:00", "04T03:30+11:00", "05T02:30+11:00"]),
        ("Australia/Sydney", "2026-04-04", "02:30", ["04T02:30+11:00", "05T02:30+11:00", "06T02:30+10:00"]),
        ("Australia/Lord_Howe", "2026-10-03", "02:15", ["03T02:15+10:30", "04T02:45+11:00", "05T02:15+11:00"]),
        ("Australia/Lord_Howe", "2026-04-04", "01:45", ["04T01:45+11:00", "05T01:45+11:00", "06T01:45+10:30"]),
        ("America/Santiago", "2026-09-05", "00:30", ["05T00:30-04:00", "06T01:30-03:00", "07T00:30-03:00"]),
    ],
)
def test_a_day_has_one_run_when_the_clocks_change(zone: str, day: str, at: str, expected: list[str]) -> None:
    """A skipped time moves on by what is skipped, a repeated one runs the first time, in both hemispheres."""
    made = rule(DAILY, f"{day}T{at}", at)
    assert [one[8:] for one in following(made, zone, f"{day}T00:00", 3)] == expected


@pytest.mark.parametrize(
    ("pattern", "first", "expected"),
    [
        (Pattern(Frequency.DAILY, 3), "2026-11-21", ["11-21", "11-24", "11-27"]),
        (Pattern(Frequency.WEEKLY, 2, weekdays=(0, 4)), "2026-11-27", ["11-27", "12-07", "12-11"]),
        (Pattern(Frequency.MONTHLY, month_days=(31,)), "2026-12-31", ["12-31", "01-31", "03-31"]),
        (Pattern(Frequency.MONTHLY, 3, month_days=(-1,)), "2026-11-30", ["11-30", "02-28", "05-31"]),
        (Pattern(Frequency.MONTHLY, month_days=(1, 15)), "2026-12-01", ["12-01", "12-15", "01-01"]),
        (Pattern(Frequency.MONTHLY, nth_weekdays=((-1, 4),)), "2026-11-27", ["11-27", "12-25", "01-29"]),
        (Pattern(Frequency.MONTHLY, nth_weekdays=((5, 0),)), "2026-11-30", ["11-30", "03-29", "05-31"]),
        (Pattern(Frequency.YEARLY, month=7, month_days=(4,)), "2027-07-04", ["07-04", "07-04", "07-04"]),
    ],
)
def test_days_of_a_pattern(pattern: Pattern, first: str, expected: list[str]) -> None:
    """Intervals count from the first time, and months without the day are skipped."""
    made = rule(pattern, f"{first}T09:00", "09:00")
    assert [one[5:10] for one in following(made, "America/New_York", "2026-11-21T00:00", 3)] == expected


def test_29_february_comes_in_leap_years() -> None:
    """A year without the day is skipped."""
    made = rule(Pattern(Frequency.YEARLY, month=2, month_days=(29,)), "2028-02-29T09:00", "09:00")
    assert [one[:10] for one in following(made, "UTC", "2026-11-21T00:00", 2)] == ["2028-02-29", "2032-02-29"]


def test_an_end_and_a_count() -> None:
    """The last day belongs to it; a count is of runs, not of days."""
    ended = rule(DAILY, "2026-11-21T09:00", "09:00", until="2026-11-22")
    counted = rule(DAILY, "2026-11-21T17:00", "09:00", "17:00", count=3)
    assert [one[8:16] for one in following(ended, "UTC", "2026-11-20T00:00")] == ["21T09:00", "22T09:00"]
    expected = ["21T17:00", "22T09:00", "22T17:00"]
    assert [one[8:16] for one in following(counted, "UTC", "2026-11-20T00:00")] == expected


def test_a_skipped_hour_and_the_next_one_run_once() -> None:
    """Two times that a change of the clocks puts together are one run."""
    made = rule(DAILY, "2026-03-08T02:30", "02:30", "03:15", "03:30")
    found = following(made, "America/New_York", "2026-03-08T00:00", 3)
    assert [one[8:16] for one in found] == ["08T03:15", "08T03:30", "09T02:30"]


def test_a_rule_ends_with_the_calendar() -> None:
    """Nothing is looked for after the last year."""
    made = rule(Pattern(Frequency.YEARLY, month=2, month_days=(30,)), "2026-02-28T09:00", "09:00")
    assert next_occurrence(made, "UTC", said_at("2026-11-21T00:00", "UTC")) is None


def test_a_key_is_the_local_time_and_the_rule() -> None:
    """The instant plays no part, so a node with another opinion of the zone makes the same key."""
    made = rule(Pattern(Frequency.WEEKLY, 2, weekdays=(4,)), "2026-11-27T17:30", "17:30")
    found = next_occurrence(made, "America/New_York", said_at("2026-11-21T00:00", "UTC"))
    assert found == (
        said_at("2026-11-27T17:30", "America/New_York"),
        "2026-11-27T17:30 FREQ=WEEKLY;INTERVAL=2;BYDAY=FR",
    )


def test_a_clock_that_jumps_changes_nothing() -> None:
    """Asked again from an earlier or a later moment, the runs are the same ones."""
    made, zone = rule(DAILY, "2026-10-30T01:30", "01:30"), "America/New_York"
    start_at = said_at("2026-10-30T00:00", zone)
    hour = 3_600_000_000
    asked = {next_occurrence(made, zone, start_at + step * hour // 4) for step in range(4 * 24 * 4)}
    keys = {found[1][:10] for found in asked if found}
    assert len(asked) == len(keys) == 5


patterns = st.one_of(
    st.builds(Pattern, st.just(Frequency.DAILY), st.integers(1, 40)),
    st.builds(
        Pattern,
        st.just(Frequency.WEEKLY),
        st.integers(1, 6),
        weekdays=st.sets(st.integers(0, 6), min_size=1).map(lambda chosen: tuple(sorted(chosen))),
    ),
    st.builds(
        Pattern,
        st.just(Frequency.MONTHLY),
        st.integers(1, 12),
        month_days=st.sets(st.integers(1, 28), min_size=1, max_size=3).map(lambda chosen: tuple(sorted(chosen))),
    ),
    st.builds(
        Pattern,
        st.just(Frequency.MONTHLY),
        st.integers(1, 12),
        nth_weekdays=st.tuples(st.sampled_from((1, 2, 3, 4, -1, -2)), st.integers(0, 6)).map(lambda one: (one,)),
    ),
)
times = st.sets(st.times().map(lambda at: at.replace(second=0, microsecond=0)), min_size=1, max_size=3)


@settings(max_examples=120, deadline=None)
@given(
    pattern=patterns,
    hours=times,
    first=st.dates(date(2011, 11, 1), date(2030, 1, 1)),
    zone=st.sampled_from(ZONES),
    count=st.none() | st.integers(1, 12),
)
def test_runs_go_forward_and_their_keys_are_their_own(
    pattern: Pattern, hours: set[time], first: date, zone: str, count: int | None
) -> None:
    """For every rule in every zone each run is later than the one before, and no key comes twice."""
    chosen = tuple(sorted(hours))
    made = Recurrence(pattern, chosen, datetime.combine(first, chosen[0]), count=count)
    at = placed(made.first, ZoneInfo(zone)) - 86_400_000_000
    runs: list[tuple[int, str]] = []
    while len(runs) < 15 and (found := next_occurrence(made, zone, at)):
        runs.append(found)
        at = found[0]
    assert runs
    assert count is None or len(runs) <= count
    assert all(one[0] < other[0] and one[1] < other[1] for one, other in pairwise(runs))
    assert all(len(key) <= 80 for _, key in runs)


@settings(max_examples=60, deadline=None)
@given(day=st.dates(date(2020, 1, 1), date(2035, 1, 1)), at=st.times(), zone=st.sampled_from(ZONES))
def test_a_daily_rule_runs_once_a_day(day: date, at: time, zone: str) -> None:
    """No local day is left out, and none has two."""
    hour = at.replace(second=0, microsecond=0)
    made = Recurrence(DAILY, (hour,), datetime.combine(day, hour))
    due_at, found = placed(datetime.combine(day, time()), ZoneInfo(zone)) - 1, []
    for _ in range(10):
        due_at, _key = next_occurrence(made, zone, due_at) or (0, "")
        found.append(local(due_at, ZoneInfo(zone)).date())
    assert all(other - one == timedelta(days=1) for one, other in pairwise(found))

"""Quiet hours, at the place of each person."""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest

from flows.campaigns.quiet import QuietHours, earliest_at, read_quiet_hours
from flows.values import SECOND

NIGHT = QuietHours(time(21), time(8))
NEW_YORK, LOS_ANGELES, KOLKATA = "America/New_York", "America/Los_Angeles", "Asia/Kolkata"


def at(text: str, zone: str) -> int:
    """Read a local time."""
    return round(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()) * SECOND


@pytest.mark.parametrize(
    ("now", "earliest"),
    [
        ("2026-11-20 12:00", "2026-11-20 12:00"),
        ("2026-11-20 20:59", "2026-11-20 20:59"),
        ("2026-11-20 21:00", "2026-11-21 08:00"),
        ("2026-11-21 02:00", "2026-11-21 08:00"),
        ("2026-11-21 08:00", "2026-11-21 08:00"),
        ("2026-03-07 23:00", "2026-03-08 08:00"),  # the night on which the clocks go forward
        ("2026-10-31 23:00", "2026-11-01 08:00"),  # and back
    ],
)
def test_the_night_is_left_out(now: str, earliest: str) -> None:
    """What would come at night comes in the morning, by the clock on the wall there."""
    assert earliest_at(at(now, NEW_YORK), [NEW_YORK], NIGHT) == at(earliest, NEW_YORK)


def test_a_rest_at_noon() -> None:
    """Quiet hours within one day hold, too."""
    siesta = QuietHours(time(13), time(15))
    assert earliest_at(at("2026-11-20 14:00", NEW_YORK), [NEW_YORK], siesta) == at("2026-11-20 15:00", NEW_YORK)
    assert earliest_at(at("2026-11-20 03:00", NEW_YORK), [NEW_YORK], siesta) == at("2026-11-20 03:00", NEW_YORK)


def test_a_number_that_may_be_in_several_zones() -> None:
    """It is day in all of them before anything is sent; where it never is, the first zone decides."""
    morning = at("2026-11-20 08:30", NEW_YORK)
    assert earliest_at(morning, [NEW_YORK, LOS_ANGELES], NIGHT) == at("2026-11-20 08:00", LOS_ANGELES)
    long_night = QuietHours(time(12), time(11))
    apart = [NEW_YORK, KOLKATA]
    assert earliest_at(morning, apart, long_night) == at("2026-11-20 11:00", NEW_YORK)


def test_no_quiet_hours() -> None:
    """`none` lets everything out at once."""
    assert read_quiet_hours("none") is None
    assert read_quiet_hours("21:00-08:00") == NIGHT
    assert earliest_at(5, [NEW_YORK], None) == 5

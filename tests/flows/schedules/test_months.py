"""Arithmetic of months."""

from __future__ import annotations

from datetime import date, timedelta

from flows.schedules.months import add_months, month_length


def test_a_month_ends_where_the_next_begins() -> None:
    """Lengths agree with the calendar, also in 1900, 2000 and leap years."""
    for year in (1900, 1999, 2000, 2024, 2026, 2100):
        for month in range(1, 13):
            last = date(year, month, month_length(year, month))
            assert (last + timedelta(days=1)).day == 1


def test_a_short_month_ends_a_step() -> None:
    """A day that the month does not have becomes its last one."""
    assert add_months(date(2026, 12, 31), 2) == date(2027, 2, 28)
    assert add_months(date(2026, 11, 21), 14) == date(2028, 1, 21)
    assert add_months(date(2026, 3, 31), -1) == date(2026, 2, 28)

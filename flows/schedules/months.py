"""Arithmetic of months: their lengths, and days a number of months apart."""

from __future__ import annotations

from datetime import date

_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
WEEK = 7


def month_length(year: int, month: int) -> int:
    """Count the days of a month."""
    is_leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return _LENGTHS[month - 1] + int(month == 2 and is_leap)


def add_months(day: date, months: int) -> date:
    """Find the same day so many months later, or the last one of a shorter month; raises `ValueError` after 9999."""
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(years, month + 1, min(day.day, month_length(years, month + 1)))


def nth_weekday(year: int, month: int, nth: int, weekday: int) -> date | None:
    """Find the nth such weekday of a month (-1: the last one), or None where it has fewer."""
    first = date(year, month, 1).weekday()
    days = range(1 + (weekday - first) % WEEK, month_length(year, month) + 1, WEEK)
    at = nth - 1 if nth > 0 else nth
    return date(year, month, days[at]) if -len(days) <= at < len(days) else None

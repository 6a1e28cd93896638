"""Which day words name, given the day on which they are said."""

from __future__ import annotations

from datetime import MAXYEAR, MINYEAR, date, timedelta

from flows.schedules.clauses import Day, Said, Span
from flows.schedules.months import WEEK, add_months, month_length, nth_weekday
from flows.schedules.values import Reason, Unsure


def in_days(said: Said, count: int) -> date:
    """Find today (0), tomorrow (1), the day after (2)."""
    return said.day + timedelta(days=count)


def in_span(said: Said, span: Span) -> date:
    """Find the day this many months and days from now; a short month ends it earlier."""
    return add_months(said.day, span.months) + timedelta(days=span.days)


def after(said: Said, span: Span, day: Day) -> date:
    """Find the day this long after another day: a week from Friday."""
    return in_span(Said(day.on(said), said.is_day_first), span)


def coming(said: Said, weekday: int, count: int = 1) -> date:
    """Find the next day of the week after today, or the one `count - 1` weeks later."""
    ahead = (weekday - said.day.weekday() - 1) % WEEK + 1
    return said.day + timedelta(days=ahead + WEEK * (count - 1))


def coming_next(said: Said, weekday: int) -> date:
    """Find the day of the week that is called the next one: always after today."""
    return coming(said, weekday)


def in_week(said: Said, weekday: int, weeks: int) -> date:
    """Find the day of this calendar week (0) or of the next (1); weeks begin on Monday."""
    return said.day + timedelta(days=weekday - said.day.weekday() + WEEK * weeks)


def month_day(said: Said, month: int, day: int, year: int | None = None) -> date:
    """Find a day of a month: of this year or, where that is over, of the next."""
    over = (month, day) < (said.day.month, said.day.day)
    return _date(year or said.day.year + over, month, day)


def numeric(said: Said, first: int, second: int, year: int | None = None) -> date:
    """Find 8/1 or 8/1/2027, whose order is the place's; refused where it is unsure and matters."""
    if said.is_day_first is None and first != second and first <= 12 and second <= 12:
        raise Unsure(Reason.DAY_OR_MONTH)
    day_first = first > 12 if max(first, second) > 12 else said.is_day_first
    day, month = (first, second) if day_first else (second, first)
    return month_day(said, month, day, _full(year))


def dotted(said: Said, day: int, month: int, year: int) -> date:
    """Find 24.12.2026: who writes dots writes the day first."""
    return month_day(said, month, day, _full(year))


def _full(year: int | None) -> int | None:
    return year + 2000 if year is not None and year < 100 else year


def of_month(said: Said, day: int, months: int | None = None) -> date:
    """Find a day of this month (0) or the next (1), or of the first of the two in which it is not over (None)."""
    ahead = int(day < said.day.day) if months is None else months
    month = add_months(said.day.replace(day=1), ahead)
    return _date(month.year, month.month, day)


def nth_of_month(said: Said, nth: int, weekday: int, months: int) -> date:
    """Find the nth such weekday of this month (0) or the next (1); -1 is the last."""
    month = add_months(said.day.replace(day=1), months)
    return _there(nth_weekday(month.year, month.month, nth, weekday))


def nth_in(said: Said, nth: int, weekday: int, month: int, year: int | None = None) -> date:
    """Find the nth such weekday of a named month: of this year or, where that is over, of the next."""
    found = _there(nth_weekday(year or said.day.year, month, nth, weekday))
    is_over = year is None and found < said.day
    return _there(nth_weekday(said.day.year + 1, month, nth, weekday)) if is_over else found


def on(said: Said, named: Day, weekday: int) -> date:
    """Find a named day that must be on this day of the week."""
    found = named.on(said)
    return _there(found if found.weekday() == weekday else None)


def _date(year: int, month: int, day: int) -> date:
    if not 1 <= month <= 12 or not MINYEAR <= year <= MAXYEAR:
        raise Unsure(Reason.NO_SUCH_DAY)
    return _there(date(year, month, day) if 1 <= day <= month_length(year, month) else None)


def _there(found: date | None) -> date:
    if found is None:
        raise Unsure(Reason.NO_SUCH_DAY)
    return found

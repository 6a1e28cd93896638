"""What the rules of both languages make of their parts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

from flows.schedules.clauses import Clause, Clock, Day, Part, Role, Span, in_half
from flows.schedules.days import after, in_days, in_span, month_day, on
from flows.schedules.values import Frequency, Pattern

Clauses = tuple[Clause, ...]
NOON = Clock(12)
MIDNIGHT = Clock(0)
WORKDAYS = (0, 1, 2, 3, 4)
WEEKEND = (5, 6)
MAX_INTERVAL = 99


def same(value: Any) -> Any:
    """Hand the part on."""
    return value


def always(value: Any) -> Callable[..., Any]:
    """Mean the same whatever the parts are."""
    return lambda *_parts: value


def joined(*parts: Any) -> tuple[Any, ...]:
    """Put parts into a row; rows become part of it."""
    return tuple(one for part in parts for one in (part if isinstance(part, tuple) else (part,)))


def clause(role: Role) -> Callable[[Any], Clauses]:
    """Make a clause of the value."""
    return lambda value: (Clause(role, value),)


def today_part(part: Part) -> Callable[[], Clauses]:
    """Mean a part of today."""
    return always((Clause(Role.DAY, Day(in_days, (0,))), Clause(Role.PART, part)))


def day(find: Callable[..., Any], *last: Any) -> Callable[..., Day]:
    """Name a day by a function and the parts, in the order in which they are said; `last` comes after them."""
    return lambda *parts: Day(find, (*parts, *last))


def dated(month: int, number: int, year: int | None = None) -> Day:
    """Name a day of a month."""
    return Day(month_day, (month, number, year))


def dated_day_first(number: int, month: int, year: int | None = None) -> Day:
    """Name a day of a month, said before it."""
    return Day(month_day, (month, number, year))


def dated_iso(parts: tuple[int, ...]) -> Day:
    """Name a day as ISO 8601 writes it."""
    year, month, number = parts
    return Day(month_day, (month, number, year))


def dated_by(find: Callable[..., Any]) -> Callable[[tuple[int, ...]], Day]:
    """Name a day by its numbers."""
    return lambda parts: Day(find, parts)


def on_weekday(weekday: int, named: Day) -> Day:
    """Name a day and say which day of the week it is."""
    return Day(on, (named, weekday))


def minutes_past(minute: int, clock: Clock) -> Clock | None:
    """Say ten past five: minutes after a full hour."""
    return replace(clock, minute=minute) if 0 < minute < 60 else None


def minutes_to(minute: int, clock: Clock) -> Clock | None:
    """Say ten to five: minutes before a full hour; before one is after twelve."""
    if not 0 < minute < 60:
        return None
    hour = (clock.hour - 2) % 12 + 1 if clock.is_open else (clock.hour - 1) % 24
    return replace(clock, hour=hour, minute=60 - minute)


def halved(clock: Clock, half: str) -> Clock | None:
    """Say am or pm."""
    return in_half(clock, half)


def worded(hour: int, minute: int = 0) -> Clock | None:
    """Say an hour, and minutes, in words."""
    return Clock(hour, minute, is_open=True) if 1 <= hour <= 12 and 0 <= minute < 60 else None


def seconds(count: int | Fraction, each: int) -> Span | None:
    """Say a length by the clock."""
    length = count * each
    return Span(seconds=int(length)) if length == int(length) else None


def days(count: int, each: int) -> Span:
    """Say a length in days or weeks."""
    return Span(days=count * each)


def months(count: int, each: int) -> Span:
    """Say a length in months or years."""
    return Span(months=count * each)


def longer(first: Span, second: Span) -> Span:
    """Add two lengths."""
    return Span(first.months + second.months, first.days + second.days, first.seconds + second.seconds)


def after_half(count: int, each: int) -> Span:
    """Say so many and a half: two and a half hours."""
    return Span(seconds=count * each + each // 2)


def span_day(span: Span) -> Day | None:
    """Name a day by how far away it is; a length in hours names none."""
    return None if span.seconds else Day(in_span, (span,))


def daily(interval: int) -> Pattern | None:
    """Recur every so many days."""
    return Pattern(Frequency.DAILY, interval) if _recurs(interval) else None


def _recurs(interval: int) -> bool:
    return 1 <= interval <= MAX_INTERVAL


def weekly(interval: int, weekdays: int | tuple[int, ...] = ()) -> Pattern | None:
    """Recur every so many weeks on these days; on the day of the first time where none is said."""
    chosen = tuple(sorted(set(joined(weekdays))))
    return Pattern(Frequency.WEEKLY, interval, weekdays=chosen) if _recurs(interval) else None


def monthly(interval: int, month_days: int | tuple[int, ...] = ()) -> Pattern | None:
    """Recur every so many months on these days; -1 is the last one."""
    chosen = tuple(sorted(set(joined(month_days))))
    is_right = _recurs(interval) and all(-1 <= number <= 31 and number for number in chosen)
    return Pattern(Frequency.MONTHLY, interval, month_days=chosen) if is_right else None


def monthly_nth(interval: int, nth: int, weekday: int) -> Pattern | None:
    """Recur every so many months on the nth such weekday."""
    return (
        Pattern(Frequency.MONTHLY, interval, nth_weekdays=((nth, weekday),)) if _recurs(interval) and nth <= 5 else None
    )


def yearly(interval: int, named: Day | None = None) -> Pattern | None:
    """Recur every so many years on a day of a month."""
    if named is None:
        return Pattern(Frequency.YEARLY, interval) if _recurs(interval) else None
    month, number, year = named.arguments
    is_day = _recurs(interval) and year is None and 1 <= number <= 31
    return Pattern(Frequency.YEARLY, interval, month_days=(number,), month=month) if is_day else None


def yearly_nth(interval: int, nth: int, weekday: int, month: int) -> Pattern | None:
    """Recur every so many years on the nth such weekday of a month."""
    if not _recurs(interval) or nth > 5:
        return None
    return Pattern(Frequency.YEARLY, interval, nth_weekdays=((nth, weekday),), month=month)


def weekday_range(first: int, last: int) -> tuple[int, ...]:
    """Name the days of the week from one to another."""
    return tuple((first + ahead) % 7 for ahead in range((last - first) % 7 + 1))


def month_days_first(month_days: int | tuple[int, ...], interval: int) -> Pattern | None:
    """Recur on days of the month that are said first."""
    return monthly(interval, month_days)


def nth_first(nth: int, weekday: int, interval: int) -> Pattern | None:
    """Recur on the nth such weekday, said first."""
    return monthly_nth(interval, nth, weekday)


def half(each: int) -> Span | None:
    """Say half an hour."""
    return seconds(Fraction(1, 2), each)


def after_day(span: Span, named: Day) -> Day | None:
    """Name the day so long after another."""
    return None if span.seconds else Day(after, (span, named))


def clause_of(role: Role) -> Callable[..., Clauses]:
    """Make a clause that says only that it is there."""
    return always((Clause(role, ""),))


def each_part(part: Part) -> Clauses:
    """Recur every day in this part of it."""
    return (Clause(Role.EVERY, Pattern(Frequency.DAILY)), Clause(Role.PART, part))

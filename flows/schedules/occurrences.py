"""When a rule comes round: local days by the calendar, placed in a zone.

A local time that the clocks skip moves forward by what they skip; one that comes twice is taken once, the first time.
The rule's own arithmetic of dates is used and not cron's: cron knows neither "every 2 weeks" nor an end or a count.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import count, islice, takewhile
from zoneinfo import ZoneInfo

from flows.schedules.months import add_months, month_length, nth_weekday
from flows.schedules.rules import rrule
from flows.schedules.values import Frequency, Pattern, Recurrence
from flows.values import SECOND

LAST_YEAR = 2199
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = timedelta(days=1)


def next_occurrence(rule: Recurrence, zone: str, after_at: int) -> tuple[int, str] | None:
    """Find what comes first after a moment, as (UTC microseconds, key), or None where the rule has ended.

    The key is the local date and time at which it runs and the rule: each run of a schedule has its own, on any node.
    """
    place = ZoneInfo(zone)
    day = local(after_at, place).date() - _DAY
    dues = (placed(at, place) for at in _local_times(rule, day))
    # A skipped time moves behind later ones of its day, and so the first three days are looked through.
    soon = list(islice((due for due in dues if due > after_at), 3 * len(rule.times)))
    if not soon:
        return None
    due_at = min(soon)
    return due_at, f"{local(due_at, place):%Y-%m-%dT%H:%M} {rrule(rule.pattern)}"


def _local_times(rule: Recurrence, from_day: date) -> Iterator[datetime]:
    """Give the local times in their order: all from a day on or, where they are counted, all."""
    start = rule.first.date() if rule.count is not None else max(rule.first.date(), from_day)
    days = days_of(rule.pattern, rule.first.date(), start)
    in_time = takewhile(lambda day: rule.until is None or day <= rule.until, days)
    times = (datetime.combine(day, at) for day in in_time for at in rule.times)
    return islice((at for at in times if at >= rule.first), rule.count)


def days_of(pattern: Pattern, anchor: date, start: date) -> Iterator[date]:
    """Give the days of a pattern from a day on; intervals count from the anchor's week, month or year."""
    indexes = count(_periods_before(pattern, anchor, start))
    firsts = takewhile(lambda first: first.year <= LAST_YEAR, (_period(pattern, anchor, index) for index in indexes))
    return (day for first in firsts for day in _days_in(pattern, first) if day >= start)


def _periods_before(pattern: Pattern, anchor: date, start: date) -> int:
    months = (start.year - anchor.year) * 12 + start.month - anchor.month
    passed = {
        Frequency.DAILY: (start - anchor).days,
        Frequency.WEEKLY: (start - anchor).days // 7,
        Frequency.MONTHLY: months,
        Frequency.YEARLY: start.year - anchor.year,
    }
    return max(0, passed[pattern.frequency] // pattern.interval)


def _period(pattern: Pattern, anchor: date, index: int) -> date:
    """Give the first day of a period: the day itself, its Monday, the first of its month or January."""
    ahead = index * pattern.interval
    if pattern.frequency is Frequency.DAILY:
        return anchor + timedelta(days=ahead)
    if pattern.frequency is Frequency.WEEKLY:
        return anchor + timedelta(weeks=ahead, days=-anchor.weekday())
    if pattern.frequency is Frequency.MONTHLY:
        return add_months(anchor.replace(day=1), ahead)
    return date(anchor.year + ahead, 1, 1)


def _days_in(pattern: Pattern, first: date) -> list[date]:
    if pattern.frequency is Frequency.DAILY:
        return [first]
    if pattern.frequency is Frequency.WEEKLY:
        return [first + timedelta(days=weekday) for weekday in pattern.weekdays]
    month = pattern.month or first.month
    length = month_length(first.year, month)
    numbers = {number if number > 0 else length + 1 + number for number in pattern.month_days}
    days = {date(first.year, month, number) for number in numbers if number <= length}
    nth = (nth_weekday(first.year, month, *which) for which in pattern.nth_weekdays)
    return sorted(days | {day for day in nth if day})


def placed(at: datetime, zone: ZoneInfo) -> int:
    """Place a local time in its zone, in UTC microseconds."""
    return (at.replace(tzinfo=zone) - EPOCH) // timedelta(microseconds=1)


def local(at: int, zone: ZoneInfo) -> datetime:
    """Show a moment in UTC microseconds on the clock of a zone, to the second."""
    return datetime.fromtimestamp(at // SECOND, zone)

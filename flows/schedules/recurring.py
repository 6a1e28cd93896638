"""From the parts of a phrase to a rule that recurs, with the first time that it comes round."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta

from flows.schedules.clauses import Role, closed
from flows.schedules.months import add_months
from flows.schedules.occurrences import days_of, placed
from flows.schedules.resolving import Phrase, Saying, check_zone, clock_of, within
from flows.schedules.values import Assumed, Frequency, Pattern, Reason, Recurrence, Unsure

MAX_COUNT = 1_000


def recurrence(phrase: Phrase, saying: Saying) -> Recurrence:
    """Find the rule that a phrase means, and its first time, still to come; raises `Unsure`."""
    check_zone(phrase, saying)
    if phrase.get(Role.OFFSET, saying.zone.key.lower()) != saying.zone.key.lower():
        raise Unsure(Reason.ZONE)
    if Role.EVERY not in phrase:
        raise Unsure(Reason.TOO_OFTEN)
    times, assumed = _times(phrase)
    start = _start(phrase, saying)
    pattern = _anchored(phrase[Role.EVERY], start)
    first = _first(pattern, times, start, saying)
    until = _until(phrase, saying, start, first)
    count = phrase.get(Role.COUNT)
    if count == 0 or (until is not None and until < first.date()):
        raise Unsure(Reason.NEVER)
    if count is not None and count > MAX_COUNT:
        raise Unsure(Reason.TOO_FAR)
    return Recurrence(pattern, times, first, until, count, assumed)


def _times(phrase: Phrase) -> tuple[tuple[time, ...], frozenset[Assumed]]:
    if Role.TIMES not in phrase:
        read = [clock_of(phrase)]
    else:
        part = phrase.get(Role.PART)
        read = [closed(clock if part is None else within(clock, part)) for clock in phrase[Role.TIMES]]
    assumed = frozenset().union(*(guessed for _, guessed in read))
    return tuple(sorted({time(clock.hour, clock.minute, clock.second) for clock, _ in read})), assumed


def _start(phrase: Phrase, saying: Saying) -> date:
    today = saying.said.day
    if Role.START not in phrase:
        return today
    start: date = phrase[Role.START].on(saying.said)
    if start < today:
        raise Unsure(Reason.PAST)
    return start


def _anchored(pattern: Pattern, start: date) -> Pattern:
    """Say the day that "every 2 weeks" or "monthly" leaves open: that of the start."""
    if pattern.weekdays or pattern.month_days or pattern.nth_weekdays or pattern.frequency is Frequency.DAILY:
        return pattern
    if pattern.frequency is Frequency.WEEKLY:
        return replace(pattern, weekdays=(start.weekday(),))
    month = start.month if pattern.frequency is Frequency.YEARLY else None
    return replace(pattern, month_days=(start.day,), month=month)


def _first(pattern: Pattern, times: tuple[time, ...], start: date, saying: Saying) -> datetime:
    for day in days_of(replace(pattern, interval=1), start, start):
        for at in times:
            first = datetime.combine(day, at)
            if placed(first, saying.zone) > saying.now_at:
                return first
    raise Unsure(Reason.NEVER)


def _until(phrase: Phrase, saying: Saying, start: date, first: datetime) -> date | None:
    """Find the last day: 10 days are ten from the first time on, the next 2 months end two months after the start."""
    if Role.LENGTH not in phrase:
        return phrase[Role.UNTIL].on(saying.said) if Role.UNTIL in phrase else None
    span = phrase[Role.LENGTH]
    if span.seconds:
        raise Unsure(Reason.NOT_A_TIME)
    return add_months(start, span.months) if span.months else first.date() + timedelta(days=span.days - 1)

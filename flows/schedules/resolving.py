"""From the parts of a phrase to the moment that they mean, when it is said at a moment in a zone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

from flows.schedules.clauses import Clock, Day, Role, Said, Span, closed, in_part
from flows.schedules.days import coming, in_days, in_span
from flows.schedules.occurrences import EPOCH, LAST_YEAR, local, placed
from flows.schedules.values import DEFAULT_TIME, Assumed, Moment, Reason, Unsure
from flows.values import DAY, MINUTE, SECOND

Phrase = Mapping[Role, Any]
_TODAY = Day(in_days, (0,))
_UTC_NAMES = frozenset({"utc", "gmt", "z"})
_GENERIC = {"et": ("est", "edt"), "ct": ("cst", "cdt"), "mt": ("mst", "mdt"), "pt": ("pst", "pdt")}


@dataclass(frozen=True, slots=True)
class Saying:
    """When and where a phrase is said: UTC microseconds, a zone, and the order in which dates are written there."""

    now_at: int
    zone: ZoneInfo
    is_day_first: bool | None

    @property
    def said(self) -> Said:
        """The local day."""
        return Said(local(self.now_at, self.zone).date(), self.is_day_first)


def moment(phrase: Phrase, saying: Saying) -> Moment:
    """Find the one moment that a phrase without a rule means, still to come; raises `Unsure`."""
    check_zone(phrase, saying)
    found = _elapsed(phrase[Role.ELAPSED], saying) if Role.ELAPSED in phrase else _dated(phrase, saying)
    if found.due_at <= saying.now_at:
        raise Unsure(Reason.PAST)
    if local(found.due_at, saying.zone).year > LAST_YEAR:
        raise Unsure(Reason.TOO_FAR)
    return found


def check_zone(phrase: Phrase, saying: Saying) -> None:
    """Refuse the name of another zone: the answer would show a clock that nobody asked for."""
    if phrase.get(Role.ZONE, saying.zone.key.lower()) != saying.zone.key.lower():
        raise Unsure(Reason.ZONE)


def _elapsed(span: Span, saying: Saying) -> Moment:
    """Add hours by the clock and days by the calendar; but for seconds, it ends at a full minute."""
    start_at = saying.now_at
    if span.months or span.days:
        now = local(saying.now_at, saying.zone)
        start_at = placed(datetime.combine(in_span(saying.said, span), now.time()), saying.zone)
    unit = SECOND if span.seconds % 60 else MINUTE
    return Moment(-(-(start_at + span.seconds * SECOND) // unit) * unit)


def _dated(phrase: Phrase, saying: Saying) -> Moment:
    named = phrase.get(Role.DAY)
    clock, assumed = clock_of(phrase)
    day = (named or _TODAY).on(saying.said)
    is_hour_left_open = day == saying.said.day or (named is not None and named.find is in_span)
    if Assumed.HOUR in assumed and is_hour_left_open:
        raise Unsure(Reason.NEEDS_HOUR)
    due_at = _due(day, clock, phrase, saying)
    if named is None and due_at <= saying.now_at and Assumed.HALF not in assumed:
        due_at = _due(day + timedelta(days=1), clock, phrase, saying)
    _check_half(assumed, due_at, saying)
    if Assumed.HOUR not in assumed:
        _check_week(named, clock, phrase, saying)
    return Moment(due_at, assumed)


def clock_of(phrase: Phrase) -> tuple[Clock, frozenset[Assumed]]:
    """Read the hour with its part of the day; a day alone gets the default, a part of it alone is no hour."""
    clock = phrase.get(Role.CLOCK, phrase.get(Role.BARE))
    part = phrase.get(Role.PART)
    if clock is None:
        if part is not None:
            raise Unsure(Reason.NEEDS_HOUR)
        return Clock(DEFAULT_TIME.hour, DEFAULT_TIME.minute), frozenset({Assumed.HOUR})
    return closed(clock if part is None else within(clock, part))


def within(clock: Clock, part: Any) -> Clock:
    """Say the part of the day to an hour; raises `Unsure` where it cannot be in that part."""
    found = in_part(clock, part)
    if found is None:
        raise Unsure(Reason.HALF)
    return found


def _check_half(assumed: frozenset[Assumed], due_at: int, saying: Saying) -> None:
    """Ask for am or pm where the likely half of the day is over and the other is not."""
    if Assumed.HALF in assumed and due_at <= saying.now_at < due_at + DAY // 2:
        raise Unsure(Reason.HALF)


def _check_week(named: Day | None, clock: Clock, phrase: Phrase, saying: Saying) -> None:
    """Ask which day is meant where a weekday is said on that very weekday, for an hour still to come."""
    day = saying.said.day
    is_named_today = named is not None and named.find is coming and named.arguments == (day.weekday(),)
    if is_named_today and _due(day, clock, phrase, saying) > saying.now_at:
        raise Unsure(Reason.THIS_OR_NEXT)


def _due(day: date, clock: Clock, phrase: Phrase, saying: Saying) -> int:
    at = datetime.combine(day + timedelta(days=clock.hour // 24), time(clock.hour % 24, clock.minute, clock.second))
    offset = phrase.get(Role.OFFSET)
    return placed(at, saying.zone) if offset is None else _placed_by(offset, at, saying.zone)


def _placed_by(offset: str, at: datetime, zone: ZoneInfo) -> int:
    """Place a time by +02:00, UTC or the abbreviation that the zone itself goes by then; raises `Unsure` for others."""
    if offset[0] in "+-":
        hours, minutes = int(offset[1:3]), int(offset[3:].strip(":") or 0)
        ahead = timedelta(hours=hours, minutes=minutes) * (-1 if offset[0] == "-" else 1)
        return (at.replace(tzinfo=timezone(ahead)) - EPOCH) // timedelta(microseconds=1)
    if offset in _UTC_NAMES:
        return (at.replace(tzinfo=UTC) - EPOCH) // timedelta(microseconds=1)
    for moment_there in (at.replace(tzinfo=zone), at.replace(tzinfo=zone, fold=1)):
        if (moment_there.tzname() or "").lower() in _GENERIC.get(offset, (offset,)):
            return (moment_there - EPOCH) // timedelta(microseconds=1)
    raise Unsure(Reason.ZONE)

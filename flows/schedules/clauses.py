"""The parts of a phrase about time, before it is known when it is said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from flows.schedules.values import Assumed, Pattern


class Part(StrEnum):
    """A part of the day."""

    DAWN = "dawn"
    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"
    TONIGHT = "tonight"


@dataclass(frozen=True, slots=True)
class Clock:
    """An hour of the day; an open one may be in the morning or in the evening. Hour 24 is the end of the day."""

    hour: int
    minute: int = 0
    second: int = 0
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time: months and days by the calendar, seconds by the clock."""

    months: int = 0
    days: int = 0
    seconds: int = 0


@dataclass(frozen=True, slots=True)
class Said:
    """The local day on which a phrase is said, and whether a date like 3/12 begins with its day (None: unsure)."""

    day: date
    is_day_first: bool | None


@dataclass(frozen=True, slots=True)
class Day:
    """A day as it is named: a function of when it is said, with its other arguments."""

    find: Callable[..., date]
    arguments: tuple[Any, ...] = ()

    def on(self, said: Said) -> date:
        """Find the day."""
        return self.find(said, *self.arguments)


class Role(StrEnum):
    """What a clause says; a phrase has each once at most."""

    DAY = "day"
    CLOCK = "clock"
    BARE = "bare"
    """An hour that is one only beside a day: 9, three twenty."""
    PART = "part"
    ELAPSED = "elapsed"
    ZONE = "zone"
    OFFSET = "offset"
    EVERY = "every"
    TIMES = "times"
    START = "start"
    UNTIL = "until"
    LENGTH = "length"
    COUNT = "count"
    TOO_OFTEN = "too_often"


@dataclass(frozen=True, slots=True)
class Clause:
    """One part of a phrase."""

    role: Role
    value: Clock | Part | Span | Day | Pattern | tuple[Clock, ...] | str | int


_HOURS = {
    Part.DAWN: {hour: hour for hour in range(1, 7)},
    Part.MORNING: {hour: hour for hour in range(1, 12)},
    Part.AFTERNOON: {12: 12} | {hour: hour + 12 for hour in range(1, 9)},
    Part.EVENING: {hour: hour + 12 for hour in range(4, 12)},
    Part.TONIGHT: {12: 24} | {hour: hour + 12 for hour in range(5, 12)},
}
"""Which hours of twelve a part of the day can mean, on a clock of 24."""


def in_half(clock: Clock, half: str) -> Clock | None:
    """Say am or pm to an hour of twelve."""
    if not 1 <= clock.hour <= 12:
        return None
    return replace(clock, hour=clock.hour % 12 + (12 if half == "pm" else 0), is_open=False)


def in_part(clock: Clock, part: Part) -> Clock | None:
    """Say the part of the day to an hour; None where it cannot be in that part."""
    hours = _HOURS[part]
    if clock.is_open:
        return replace(clock, hour=hours[clock.hour], is_open=False) if clock.hour in hours else None
    is_midnight = part is Part.TONIGHT and clock == Clock(0)
    return Clock(24) if is_midnight else clock if clock.hour in hours.values() else None


def closed(clock: Clock) -> tuple[Clock, frozenset[Assumed]]:
    """Take an open hour for the nearest to the middle of a working day, and say so."""
    if not clock.is_open:
        return clock, frozenset()
    hour = clock.hour + 12 if clock.hour < 7 else clock.hour
    return replace(clock, hour=hour, is_open=False), frozenset({Assumed.HALF})

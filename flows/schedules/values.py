"""What words about time come to: one moment, a rule that recurs, or a refusal."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum

from flows.errors import CommandError

DEFAULT_TIME = time(9)
"""When a day is named without an hour; the confirmation says so."""


class Assumed(StrEnum):
    """What the words left open and we filled in: shown at the confirmation."""

    HOUR = "hour"
    """A day without an hour: `DEFAULT_TIME`."""
    HALF = "half"
    """An hour without am or pm: 7 to 11 is the morning, 12 noon, 1 to 6 the afternoon."""


class Reason(StrEnum):
    """Why words are refused."""

    NOT_A_TIME = "not_a_time"
    PAST = "past"
    NO_SUCH_DAY = "no_such_day"
    NEEDS_HOUR = "needs_hour"
    HALF = "half"
    AMBIGUOUS = "ambiguous"
    DAY_OR_MONTH = "day_or_month"
    THIS_OR_NEXT = "this_or_next"
    ZONE = "zone"
    TOO_FAR = "too_far"
    NEVER = "never"
    TOO_OFTEN = "too_often"


class Frequency(StrEnum):
    """How a rule recurs, in the words of RFC 5545."""

    DAILY = "DAILY"
    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"
    YEARLY = "YEARLY"


@dataclass(frozen=True, slots=True)
class Moment:
    """One time: `due_at` in UTC microseconds."""

    due_at: int
    assumed: frozenset[Assumed] = field(default=frozenset(), compare=False)


@dataclass(frozen=True, slots=True)
class Pattern:
    """Which days recur: days of the week (Monday is 0), days of the month (-1 is the last), or the nth such weekday.

    As in RFC 5545 a month without the day is skipped, and so is a year without 29 February.
    """

    frequency: Frequency
    interval: int = 1
    weekdays: tuple[int, ...] = ()
    month_days: tuple[int, ...] = ()
    nth_weekdays: tuple[tuple[int, int], ...] = ()
    """(which of the month, weekday); -1 is the last one, -2 the one before."""
    month: int | None = None


@dataclass(frozen=True, slots=True)
class Recurrence:
    """A rule: the days of a pattern at these local times, from `first` (local, without a zone) on.

    `until` is the last day, inclusive; `count` bounds how often it happens in all.
    """

    pattern: Pattern
    times: tuple[time, ...]
    first: datetime
    until: date | None = None
    count: int | None = None
    assumed: frozenset[Assumed] = field(default=frozenset(), compare=False)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Words that are not surely a time."""

    reason: Reason
    said: str


class Unsure(CommandError):
    """The words are not surely a time."""

    def __init__(self, reason: Reason) -> None:
        super().__init__()
        self.reason = reason


When = Moment | Recurrence

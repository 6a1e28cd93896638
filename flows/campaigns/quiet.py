"""Hours in which no campaign reaches a person, at the place where the person is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from flows.values import SECOND


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From when to when, local time; over midnight where the end is the earlier one."""

    begins: time
    ends: time

    def holds(self, moment: time) -> bool:
        """Say whether a local time is in them."""
        if self.begins <= self.ends:
            return self.begins <= moment < self.ends
        return moment >= self.begins or moment < self.ends


def read_quiet_hours(text: str) -> QuietHours | None:
    """Read `21:00-08:00`; None for `none`."""
    if text == "none":
        return None
    begins, _, ends = text.partition("-")
    return QuietHours(time.fromisoformat(begins), time.fromisoformat(ends))


def earliest_at(now_at: int, zones: Sequence[str], quiet: QuietHours | None) -> int:
    """Give the first moment from now on that is in nobody's quiet hours, whichever of the zones it is.

    The zones are all those that a phone number may be in: the person is in one of them. Where the quiet hours of
    several zones leave no common moment within two days, the zone that comes first decides.
    """
    if quiet is None:
        return now_at
    moment_at = now_at
    for _round in range(8):
        later_at = max(_end_of_quiet(moment_at, zone, quiet) for zone in zones)
        if later_at == moment_at:
            return moment_at
        moment_at = later_at
    return _end_of_quiet(now_at, zones[0], quiet)


def _end_of_quiet(at: int, zone: str, quiet: QuietHours) -> int:
    place = _zone(zone)
    local = datetime.fromtimestamp(at // SECOND, place)
    if not quiet.holds(local.timetz().replace(tzinfo=None)):
        return at
    day = local.date() if local.time() < quiet.ends else local.date() + timedelta(days=1)
    ends = datetime.combine(day, quiet.ends, place)
    return round(ends.astimezone(UTC).timestamp()) * SECOND


@lru_cache(maxsize=512)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)

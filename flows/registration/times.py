"""When an event begins and ends, as its author wrote it: a day and an hour in a named time zone, or days from now."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from flows.surveys.fields import Fields, as_text, shown
from flows.values import SECOND

UTC_NAME = "UTC"
MAX_DAYS = 3_660
YEARS = range(2000, 2101)
"""What is outside of them is a slip of the pen."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]+(\d{1,2}:\d{2}(?::\d{2})?))?")
_HOUR = re.compile(r"(\d{1,2}):(\d{2})(?::\d{2})?")


@dataclass(frozen=True, slots=True)
class Times:
    """When an event begins and ends, in UTC microseconds, and the zone to show that in."""

    starts_at: int | None
    ends_at: int | None
    time_zone: str


def parse_times(fields: Fields, now_at: int, time_zone: str) -> Times:
    """Read `starts`, or `starts_in_days` and `at`; `ends`; `time_zone`. What is wrong is noted with the fields."""
    name = fields.string("time_zone", 64) or time_zone
    zone = _zone(fields, name)
    starts = _starts(fields, now_at, zone)
    ends = _ends(fields, starts, zone)
    return Times(_stamp(starts), _stamp(ends), name)


def _zone(fields: Fields, name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        fields.problem("time_zone", f"{shown(name)} is no time zone; use a name such as America/New_York")
        return ZoneInfo(UTC_NAME)


def _starts(fields: Fields, now_at: int, zone: ZoneInfo) -> datetime | None:
    written = fields.take("starts")
    days = fields.whole("starts_in_days", (0, MAX_DAYS), -1)
    hour = fields.take("at")
    if written is not None:
        if "starts_in_days" in fields or "at" in fields:
            fields.problem("starts", "give either starts, or starts_in_days and at")
        return _moment(fields, "starts", written, zone)
    if ("starts_in_days" in fields) != ("at" in fields):
        fields.problem("at", "starts_in_days and at (an hour such as '18:00') go together")
    if days < 0 or hour is None:
        return None
    today = datetime.fromtimestamp(now_at // SECOND, zone).date()
    at = _hour(hour)
    if at is None:
        fields.problem("at", f"an hour such as '18:00' is needed, not {shown(hour)}")
        return None
    return _local(fields, "at", datetime.combine(today + timedelta(days=days), at), zone)


def _ends(fields: Fields, starts: datetime | None, zone: ZoneInfo) -> datetime | None:
    written = fields.take("ends")
    if written is None:
        return None
    if starts is None:
        fields.problem("ends", "an end needs a beginning: give starts too")
        return None
    hour = _hour(written)
    if hour is None:
        ends = _moment(fields, "ends", written, zone)
    else:
        day = starts.date() + timedelta(days=int(hour <= starts.time()))  # a party may end after midnight
        ends = _local(fields, "ends", datetime.combine(day, hour), zone)
    if ends is not None and ends.astimezone(UTC) <= starts.astimezone(UTC):
        fields.problem("ends", "the end must be after the beginning")
    return ends


def _moment(fields: Fields, name: str, written: object, zone: ZoneInfo) -> datetime | None:
    moment = written if isinstance(written, datetime) else _read_moment(written)
    if moment is None or moment.year not in YEARS:
        fields.problem(name, f"a day and an hour such as '2027-05-14 18:00' are needed, not {shown(written)}")
        return None
    return moment.astimezone(zone) if moment.tzinfo else _local(fields, name, moment, zone)


def _read_moment(written: object) -> datetime | None:
    match = _DAY.fullmatch(as_text(written) or "")
    at = _hour(match[4]) if match and match[4] else None
    if match is None or at is None:
        return None
    try:
        return datetime.combine(date(int(match[1]), int(match[2]), int(match[3])), at)
    except ValueError:
        return None


def _hour(written: object) -> time | None:
    """Read an hour; YAML makes a bare 18:00 the number 1080, minutes since midnight."""
    if isinstance(written, int) and not isinstance(written, bool) and 60 <= written < 24 * 60:
        return time(written // 60, written % 60)
    match = _HOUR.fullmatch(as_text(written) or "")
    return time(int(match[1]), int(match[2])) if match and int(match[1]) < 24 and int(match[2]) < 60 else None


def _local(fields: Fields, name: str, moment: datetime, zone: ZoneInfo) -> datetime | None:
    """Place a local time in its zone; in the night that the clocks go forward some do not exist."""
    placed = moment.replace(tzinfo=zone)
    if placed.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != moment:
        fields.problem(name, f"{moment:%Y-%m-%d %H:%M} does not exist in {zone.key}: the clocks go forward then")
        return None
    return placed


def _stamp(moment: datetime | None) -> int | None:
    return None if moment is None else (moment - _EPOCH) // timedelta(microseconds=1)

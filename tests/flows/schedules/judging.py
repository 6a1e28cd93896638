"""How an answer is judged against a real case: right, refused or wrong."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flows.schedules.reading import parse_when
from flows.schedules.rules import rrule
from flows.schedules.values import Assumed, Moment, Recurrence, Refusal, When

SECOND = 1_000_000
ZONES = {"-02:00": "Etc/GMT+2", "floating": "UTC"}
_LENGTHS = {"week": timedelta(weeks=1), "month": timedelta(days=28), "quarter": timedelta(days=90)}
_LENGTHS |= {"year": timedelta(days=365), "day": timedelta(days=1), "hour": timedelta(hours=1)}
_LENGTHS |= {"minute": timedelta(minutes=1), "second": timedelta(seconds=1)}
_EXACT = frozenset({"hour", "minute", "second"})


def said_at(written: str, zone: str) -> int:
    """Read the local or absolute time at which a case is said, in UTC microseconds."""
    at = datetime.fromisoformat(written)
    return int((at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone))).timestamp()) * SECOND


def shown(when: When | Refusal, zone: str) -> str:
    """Show an answer in a line: the local time, the rule, or that it was refused."""
    if isinstance(when, Refusal):
        return "refused"
    if isinstance(when, Moment):
        return f"{datetime.fromtimestamp(when.due_at // SECOND, ZoneInfo(zone)):%Y-%m-%dT%H:%M}"
    until = f" until {when.until}" if when.until else ""
    times = f" {when.count} times" if when.count else ""
    return f"{rrule(when.pattern)} {','.join(f'{at:%H:%M}' for at in when.times)}{until}{times}"


def answer(row: dict[str, Any]) -> tuple[When | Refusal, str]:
    """Read the phrase of a case where and when it is said."""
    zone = ZONES.get(row.get("tz", "UTC"), row.get("tz", "UTC"))
    return parse_when(row["phrase"], said_at(row.get("now", "2026-01-01T00:00:00"), zone), zone), zone


def judge_moment(row: dict[str, Any]) -> str:
    """Judge one time by the grain of the case: any time of a day is right where only the day is expected."""
    when, zone = answer(row)
    if isinstance(when, Refusal):
        return "refused"
    if isinstance(when, Recurrence):
        return "wrong"
    found = datetime.fromtimestamp(when.due_at // SECOND, ZoneInfo(zone)).replace(tzinfo=None)
    expected = datetime.fromisoformat(row["expect"]).replace(tzinfo=None)
    grain = row["grain"]
    if Assumed.HOUR in when.assumed:
        grain = "day" if grain in _EXACT else grain  # the phrase names no hour: the source's midnight is its own
    start = _floor(expected, grain)
    is_right = start <= found < start + _LENGTHS[grain]
    if row.get("ampm_guess"):
        is_right = is_right or (found - start) % timedelta(hours=12) < _LENGTHS[grain]
    return "right" if is_right else "wrong"


def _floor(at: datetime, grain: str) -> datetime:
    if grain in ("minute", "second"):
        return at
    return at.replace(minute=0, second=0) if grain == "hour" else at.replace(hour=0, minute=0, second=0)


def judge_rule(row: dict[str, Any]) -> str:
    """Judge a rule by its frequency, days, hour, end and count; what the case does not say may be anything."""
    when, _ = answer(row)
    if isinstance(when, Refusal):
        return "refused"
    if isinstance(when, Moment):
        return "wrong"
    expected = _expected(row)
    found = _found(when)
    hours = expected.pop("byhour", None)
    minutes = str(expected.pop("byminute", 0))
    is_hour_right = hours is None or {f"{at.hour}" for at in when.times} == set(str(hours).split(","))
    is_minute_right = hours is None or {f"{at.minute}" for at in when.times} == {minutes}
    starts = expected.pop("dtstart", "")
    is_right = found["dtstart"] >= starts and all(found.get(key) == value for key, value in expected.items())
    return "right" if is_right and is_hour_right and is_minute_right else "wrong"


def _expected(row: dict[str, Any]) -> dict[str, Any]:
    if "expect_rrule" in row:
        parts = dict(part.split("=") for part in row["expect_rrule"].removeprefix("RRULE:").lower().split(";"))
        expected = {"interval": 1, **parts}
    else:
        expected = dict(row["expect"])
    expected["interval"] = int(expected["interval"])
    if "byday" in expected:
        expected["byday"] = frozenset(expected["byday"].upper().removeprefix("+").split(","))
    return expected


def _found(rule: Recurrence) -> dict[str, Any]:
    parts = dict(part.split("=") for part in rrule(rule.pattern).split(";"))
    found: dict[str, Any] = {name.lower(): value for name, value in parts.items()}
    found |= {"freq": parts["FREQ"].lower(), "interval": rule.pattern.interval}
    if "BYDAY" in parts:
        found["byday"] = frozenset(parts["BYDAY"].split(","))
    found |= {"count": rule.count, "until": rule.until and f"{rule.until:%Y%m%d}", "dtstart": f"{rule.first:%Y%m%d}"}
    return found

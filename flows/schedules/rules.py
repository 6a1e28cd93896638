"""A rule as a document, with its days in the notation of RFC 5545."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from flows.schedules.values import Frequency, Pattern, Recurrence

_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def rrule(pattern: Pattern) -> str:
    """Write a pattern as the parts of an RRULE: FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR."""
    by_day = [_WEEKDAYS[weekday] for weekday in pattern.weekdays]
    by_day += [f"{nth}{_WEEKDAYS[weekday]}" for nth, weekday in pattern.nth_weekdays]
    parts = {
        "FREQ": pattern.frequency.value,
        "INTERVAL": str(pattern.interval) if pattern.interval > 1 else "",
        "BYMONTH": str(pattern.month or ""),
        "BYMONTHDAY": ",".join(map(str, pattern.month_days)),
        "BYDAY": ",".join(by_day),
    }
    return ";".join(f"{name}={value}" for name, value in parts.items() if value)


def pattern_of(written: str) -> Pattern:
    """Read what `rrule` wrote."""
    parts = dict(part.split("=") for part in written.split(";"))
    by_day = [found.groups() for found in re.finditer(r"(-?\d+)?([A-Z]{2})", parts.get("BYDAY", ""))]
    return Pattern(
        Frequency(parts["FREQ"]),
        int(parts.get("INTERVAL", 1)),
        tuple(_WEEKDAYS.index(name) for nth, name in by_day if not nth),
        tuple(int(number) for number in parts.get("BYMONTHDAY", "").split(",") if number),
        tuple((int(nth), _WEEKDAYS.index(name)) for nth, name in by_day if nth),
        int(parts["BYMONTH"]) if "BYMONTH" in parts else None,
    )


def rule_document(rule: Recurrence) -> dict[str, Any]:
    """Write a rule as a JSON document."""
    return {
        "rrule": rrule(rule.pattern),
        "times": [at.isoformat() for at in rule.times],
        "first": rule.first.isoformat(),
        "until": rule.until and rule.until.isoformat(),
        "count": rule.count,
    }


def rule_of(document: Mapping[str, Any]) -> Recurrence:
    """Read what `rule_document` wrote."""
    return Recurrence(
        pattern_of(document["rrule"]),
        tuple(map(time.fromisoformat, document["times"])),
        datetime.fromisoformat(document["first"]),
        date.fromisoformat(document["until"]) if document["until"] else None,
        document["count"],
    )

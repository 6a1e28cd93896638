"""Moments as lists show them."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from flows.values import SECOND

_SPANISH_MONTHS = ("ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic")


def clock_text(at: int, zone: str, language: str = "en") -> str:
    """Write a moment (UTC microseconds) shortly: 18 Nov 11:06, and 18 nov 11:06 in Spanish."""
    moment = datetime.fromtimestamp(at // SECOND, UTC).astimezone(ZoneInfo(zone))
    month = _SPANISH_MONTHS[moment.month - 1] if language.startswith("es") else f"{moment:%b}"
    return f"{moment.day} {month} {moment:%H:%M}"


def day_text(at: int) -> str:
    """Write the day of a moment, in UTC, such as 2026-11-18."""
    return datetime.fromtimestamp(at / SECOND, UTC).date().isoformat()

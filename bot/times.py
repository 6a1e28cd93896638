"""Moments as lists show them."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from flows.values import SECOND


def clock_text(at: int, zone: str) -> str:
    """Write a moment (UTC microseconds) shortly: 18 Nov 11:06."""
    return f"{datetime.fromtimestamp(at // SECOND, UTC).astimezone(ZoneInfo(zone)):%-d %b %H:%M}"


def day_text(at: int) -> str:
    """Write the day of a moment, in UTC, such as 2026-11-18."""
    return datetime.fromtimestamp(at / SECOND, UTC).date().isoformat()

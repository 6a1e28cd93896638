"""Campaigns that leave at the same local time everywhere: at 10:00 where they are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from flows.schedules.occurrences import local, placed
from flows.schedules.values import Moment, When
from flows.schedules.wording import when_text
from flows.values import HOUR

EAST = "Etc/GMT-14"
"""UTC+14, where every local time comes first. The time of such a campaign is kept on this zone's clock."""
SPREAD = 26 * HOUR
"""From there until it has come in UTC-12, too (tz database: the offsets in use are -12 to +14 hours)."""

_WHERE = re.compile(
    r"(?:,\s*)?(?:where they are|(?:in )?(?:their )?local time|their time|en su hora local|hora local|donde est[eé]n)"
    r"(?=[\s,]|$)[\s,]*",
    re.IGNORECASE,
)
_SAID = {"es": "en la hora local de cada persona"}


def split_local(rest: str) -> tuple[bool, str]:
    """Say whether the words after a time put it where each recipient is, and give what follows them."""
    found = _WHERE.match(rest)
    return (True, rest[found.end() :]) if found else (False, rest)


def in_the_east(when: When, zone: str) -> When:
    """Put a moment's local time on the clock of the zone that has it first; a rule is local as it stands."""
    if not isinstance(when, Moment):
        return when
    at = local(when.due_at, ZoneInfo(zone)).replace(tzinfo=None)
    return Moment(placed(at, ZoneInfo(EAST)), when.assumed)


def at_their_place(due_at: int, zones: Sequence[str], home: str) -> int:
    """Give the moment when the local time of a campaign (kept on the eastern clock) comes where a person is.

    Of several zones that a phone number may be in, ours is taken where it is among them, else the first.
    """
    at = local(due_at, ZoneInfo(EAST)).replace(tzinfo=None)
    return placed(at, ZoneInfo(home if home in zones else zones[0]))


def say_when(when: When, zone: str, language: str) -> str:
    """Write a time or a rule for people; of one that is local everywhere it says so instead of naming a zone."""
    text = when_text(when, zone, language)
    if zone != EAST:
        return text
    return f"{text.removesuffix(f' ({EAST})')} {_SAID.get(language[:2], 'where they are')}"

"""An event as a calendar file (iCalendar, RFC 5545), and the signed link to it."""

from __future__ import annotations

import hmac
from datetime import UTC, datetime
from unicodedata import category
from zoneinfo import ZoneInfo

from flows.errors import FlowError
from flows.values import SECOND, Event, Workspace

MAX_OCTETS = 75
"""Of a line without its break (RFC 5545, section 3.1)."""
SIGNATURE_OCTETS = 8
"""Of the HMAC-SHA-256 (RFC 2104): 16 letters of the link, which nobody guesses from outside."""
_BREAK = "\r\n"
_ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})


def calendar_link(event: Event, workspace: Workspace) -> str:
    """Return the address of an event's calendar file; "" where the event has no date."""
    if event.starts_at is None:
        return ""
    return f"{workspace.public_url}/events/{event.number}-{sign_number(event.number, workspace)}.ics"


def is_signed(number: int, signature: str, workspace: Workspace) -> bool:
    """Return whether a link with this signature came from us: the numbers alone can be counted."""
    return hmac.compare_digest(sign_number(number, workspace).encode(), signature.encode("utf-8", "replace"))


def sign_number(number: int, workspace: Workspace) -> str:
    """Sign an event's number; the signature lasts, as the texts do that hold it."""
    content = workspace.id + str(number).encode()
    return hmac.digest(workspace.link_key, content, "sha256")[:SIGNATURE_OCTETS].hex()


def to_ics(event: Event, workspace: Workspace, now_at: int) -> str:
    """Write an event as a calendar with one entry; raises `FlowError` for an event without a date."""
    if event.starts_at is None:
        raise FlowError(f"The event '{event.title}' has no date yet, so there is no calendar entry.")
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Rollcall//Events//EN",
        "BEGIN:VEVENT",
        f"UID:{event.id.hex()}@rollcall",
        f"DTSTAMP:{_moment(now_at)}",
        f"DTSTART:{_moment(event.starts_at)}" if not event.all_day else f"DTSTART;VALUE=DATE:{_day(event)}",
        *([f"DTEND:{_moment(event.ends_at)}"] if event.ends_at is not None else []),
        f"SUMMARY:{_text(event.title)}",
        *([f"LOCATION:{_text(event.place)}"] if event.place else []),
        f"DESCRIPTION:{_text(workspace.name)}",
        *(["STATUS:CANCELLED"] if event.is_cancelled else []),
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(_fold(line) + _BREAK for line in lines)


def _moment(at: int) -> str:
    return f"{datetime.fromtimestamp(at // SECOND, UTC):%Y%m%dT%H%M%SZ}"


def _day(event: Event) -> str:
    """Give the day of an event that has no hour, where it is (section 3.3.4)."""
    return f"{datetime.fromtimestamp((event.starts_at or 0) // SECOND, ZoneInfo(event.time_zone)):%Y%m%d}"


def _text(value: str) -> str:
    """Escape a text (section 3.3.11); control characters and halves of characters have no place in one."""
    plain = "\n".join(value.splitlines())
    return "".join(sign for sign in plain if sign == "\n" or category(sign) not in ("Cc", "Cs")).translate(_ESCAPES)


def _fold(line: str) -> str:
    """Break a long line so that each part keeps within the bound and no character is torn apart."""
    parts, part, room = [], "", MAX_OCTETS
    for sign in line:
        size = len(sign.encode())
        if size > room:
            parts.append(part)
            part, room = "", MAX_OCTETS - 1  # the space that begins a continuation counts
        part += sign
        room -= size
    return f"{_BREAK} ".join([*parts, part])

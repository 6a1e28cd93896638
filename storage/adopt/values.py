"""Values of old databases as ours: keys, times, phones, JSON; what cannot be read is refused, never guessed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from hashlib import blake2b
from typing import Any

from flows.errors import FlowError
from flows.language.phones import parse_phone
from flows.values import SECOND, Key

Row = Mapping[str, Any]


UNDATED = 0
"""When a message was whose time nobody noted: before all others of its conversation, at each takeover the same."""


class Refused(Exception):
    """A row that is not taken over; its argument says why."""

    @property
    def reason(self) -> str:
        """The sentence for the report."""
        return str(self.args[0])


def stable_key(*parts: object, at: int | None = None) -> Key:
    """Make the same key from the same parts every time; one with a time sorts among the keys made by us."""
    digest = blake2b("\0".join(map(str, parts)).encode("utf-8", "surrogatepass"), digest_size=16).digest()
    if at is None:
        return digest
    return max(0, at // 1_000).to_bytes(6, "big") + digest[:10]


def read_time(value: Any) -> int | None:
    """Read a time as UTC microseconds; without an offset it is UTC, as all five systems keep it."""
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        moment = value
    elif isinstance(value, date):
        moment = datetime(value.year, value.month, value.day, tzinfo=UTC)
    else:
        try:
            moment = datetime.fromisoformat(str(value).strip().replace("Z", "+00:00"))
        except ValueError as error:
            raise Refused(f"'{str(value)[:40]}' is no time") from error
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return round(aware.timestamp() * SECOND)


def read_phone(value: Any, country: str | None) -> str:
    """Read a phone as E.164."""
    try:
        return parse_phone(str(value or ""), country)
    except FlowError as error:
        raise Refused(error.message) from error


def read_json(value: Any) -> Any:
    """Read a JSON value that the driver gave as text or already read; None where there is none."""
    if value is None or value == "" or isinstance(value, dict | list | int | float | bool):
        return None if value == "" else value
    try:
        return json.loads(value)
    except (ValueError, TypeError) as error:
        raise Refused(f"its JSON cannot be read: {str(value)[:40]!r}") from error


def kept_json(value: Any) -> Any:
    """Read a JSON value that decides nothing; where it is broken, keep the text."""
    try:
        return read_json(value)
    except Refused:
        return str(value)


def text_of(value: Any, limit: int | None = None) -> str | None:
    """Read a text; blanks alone are none, and NUL, which PostgreSQL keeps nowhere, goes."""
    text = "" if value is None else str(value).replace("\0", "").strip()
    return text[:limit] or None


def whole_name(name: Any, limit: int) -> dict[str, str]:
    """Keep a name whole, for the fields, where the column has no room for all of it."""
    text = text_of(name) or ""
    return {"full_name": text} if len(text) > limit else {}


def without_empty(values: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what says nothing."""
    return {name: value for name, value in values.items() if value not in (None, "", [], {})}

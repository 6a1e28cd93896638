"""The filters of watest's campaigns (JSON) as an audience of ours; what is not understood is never guessed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

_FIELDS = {"make": "vehicle.make", "model": "vehicle.model", "year": "vehicle.year", "price": "vehicle.price"}
_BOUNDS = {"min": ">=", "max": "<=", "from": ">=", "to": "<="}
_BOUND = re.compile(r"(?:(min|max)_?(year|price)|(year|price)_?(min|max|from|to))", re.IGNORECASE)
_PLAIN = re.compile(r"[\w.+-]+")


def audience_of(filters: Any) -> str | None:
    """Translate filters; everybody where there are none, None where one of them is not understood."""
    if filters in (None, {}, []):
        return "community"
    if not isinstance(filters, Mapping):
        return None
    terms: list[str] = []
    for name, value in filters.items():
        found = list(_terms(str(name), value))
        if not found:
            return None
        terms += found
    return " and ".join(terms)


def _terms(name: str, value: Any) -> Iterator[str]:
    key = name.lower().removeprefix("vehicle_").removeprefix("vehicle.")
    if key in ("status", "contact_status") and value == "active":
        yield "community"
    elif bound := _BOUND.fullmatch(key):
        sign, field = bound[1] or bound[4], bound[2] or bound[3]
        if isinstance(value, int | float) or str(value).isdigit():
            yield f"{_FIELDS[field.lower()]}{_BOUNDS[sign.lower()]}{value}"
    elif key in _FIELDS and isinstance(value, list) and value:
        yield f"({' or '.join(_equal(_FIELDS[key], one) for one in value)})"
    elif key in _FIELDS and isinstance(value, Mapping) and value and set(value) <= set(_BOUNDS):
        yield from (f"{_FIELDS[key]}{_BOUNDS[sign]}{bound}" for sign, bound in value.items())
    elif key in _FIELDS and isinstance(value, str | int | float) and str(value).strip():
        yield _equal(_FIELDS[key], value)


def _equal(field: str, value: Any) -> str:
    text = str(value).strip()
    return f"{field}={text}" if _PLAIN.fullmatch(text) else f'{field}="{text.replace(chr(34), "")}"'

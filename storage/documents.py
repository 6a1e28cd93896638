"""Small JSON values as both drivers take them: text."""

from __future__ import annotations

from typing import Any

import orjson


def dump(value: object) -> str:
    """Write a JSON value."""
    return orjson.dumps(value).decode()


def load(text: str) -> Any:
    """Read a JSON value."""
    return orjson.loads(text)


def read_document(stored: object) -> dict[str, Any] | None:
    """Read a JSON object as either driver gives it; None where it is damaged, or something else than an object."""
    if isinstance(stored, str):
        try:
            stored = load(stored)
        except ValueError:
            return None
    return stored if isinstance(stored, dict) else None

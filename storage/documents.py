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

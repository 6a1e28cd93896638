"""Placeholders in operators' texts: `{name}`, `{name|friend}`, `{vehicle.make}`; `{{name}}` means the same.

The texts are data, never templates: only names that the caller allows are filled, each place once, in one pass,
so that a value that looks like a placeholder stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from flows.errors import FlowError

MAX_LENGTH = 10_000
"""Of a text before and after filling, in characters."""
MAX_VALUE = 500
"""Of one value, in characters; a longer one is cut."""

_BODY = r"\s*+([^\W\d][\w.-]*+(?: ++[\w.-]++)*+)\s*+(?:\|([^{}]*+))?"
_PLACEHOLDER = re.compile(rf"( ?)(?:\{{\{{{_BODY}\}}\}}|\{{{_BODY}\}})")
"""Possessive throughout, and no part reaches past a brace: linear in the text, whatever it holds."""
_CLOSE = " ,.!?;:\n"
"""Before these no blank stays where a name is missing: "Hi {name}, news" is "Hi, news"."""


def fill(text: str, values: Mapping[str, object]) -> str:
    """Fill a text's placeholders; an empty value gives the default.

    Raises `FlowError` for a placeholder that has neither a value nor a default, and for a text that is too long.
    """

    def value_of(match: re.Match[str]) -> str:
        name, default = _parts(match)
        if name not in values and default is None:
            raise FlowError(f"The text asks for {{{name}}}, which is not known here: correct or remove it.")
        value = values.get(name)
        filled = ("" if value is None else str(value)[:MAX_VALUE]) or (default or "").strip()
        blank, after = match[1], match.string[match.end() : match.end() + 1]
        return filled if not blank or (not filled and after in _CLOSE) else blank + filled

    _check_length(text)
    filled = _PLACEHOLDER.sub(value_of, text)
    _check_length(filled)
    return filled


def placeholders(text: str) -> frozenset[str]:
    """Name everything that a text wants filled."""
    return frozenset(_parts(match)[0] for match in _PLACEHOLDER.finditer(text))


def _parts(match: re.Match[str]) -> tuple[str, str | None]:
    _blank, double, double_default, single, single_default = match.groups()
    return (single, single_default) if double is None else (double, double_default)


def _check_length(text: str) -> None:
    if len(text) > MAX_LENGTH:
        raise FlowError(f"The text has {len(text)} characters, at most {MAX_LENGTH} are possible: shorten it.")

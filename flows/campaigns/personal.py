"""What one person reads: an operator's text with that person's own words in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flows.errors import CommandError
from flows.language.fill import fill, placeholders

OWN = frozenset({"name", "first_name", "language"})
"""What everybody has, if only empty."""


def words_of(
    name: str | None,
    language: str | None,
    fields: Mapping[str, Any],
    records: Mapping[str, Sequence[Mapping[str, Any]]],
) -> dict[str, object]:
    """List what a text may show about a person: `name`, their fields, and `vehicle.make` of their first vehicle."""
    words: dict[str, object] = {key: value for key, value in fields.items() if isinstance(value, str | int | float)}
    for kind, kept in records.items():
        words |= {f"{kind}.{key}": value for key, value in kept[0].items()}
    words["name"] = name or ""
    words["first_name"] = (name or "").partition(" ")[0]
    words["language"] = language or ""
    return words


def check_names(text: str, known: frozenset[str]) -> None:
    """Raise `CommandError` for a placeholder that nobody in the audience has anything for."""
    unknown = sorted(placeholders(text) - known - OWN)
    if unknown:
        raise CommandError(
            f"The text asks for {{{unknown[0]}}}, which nobody here has. Known: {', '.join(sorted(known | OWN))}."
        )


def write_for(text: str, words: Mapping[str, object]) -> str:
    """Fill a text for one person; what is not known of this one is empty, or the default."""
    return fill(text, {**dict.fromkeys(placeholders(text), ""), **words})

"""What one row says about one person."""

from __future__ import annotations

import re
from collections.abc import Sequence
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from flows.bounds import GROUP_LENGTH, NAME_LENGTH
from flows.errors import FlowError
from flows.language.phones import PhoneError, parse_phone

_GOOGLE = re.compile(r"\s*:::\s*")
_YES = frozenset(("yes", "y", "true", "t", "1", "x", "si", "sí", "ja", "oui", "sim", "verdadero", "wahr"))
_LANGUAGES = {"english": "en", "ingles": "en", "inglés": "en", "spanish": "es", "espanol": "es", "español": "es"}
_FORMULA = re.compile(r"'(?=[=+\-@\t\r])")
_MAX_NAME, _MAX_GROUP = NAME_LENGTH, GROUP_LENGTH


def phone_of(texts: Sequence[str], country: str | None) -> str:
    """Read the first phone that is one; raises `PhoneError` about the first text where none is."""
    problem: FlowError | None = None
    for text in (part for cell in texts for part in _GOOGLE.split(cell) if part.strip()):
        try:
            return parse_phone(text, country)
        except FlowError as error:
            problem = problem or error
    raise problem or PhoneError("There is no phone number.")


def group_names(text: str) -> tuple[str, ...]:
    """Read names of groups; the address book's own ("* myContacts") are none."""
    parts = _GOOGLE.split(text) if ":::" in text else re.split(r"[;,]", text)
    names = [" ".join(part.strip().removeprefix("#").split())[:_MAX_GROUP] for part in parts]
    return tuple(dict.fromkeys(name for name in names if name and not name.startswith("*")))


def language_of(text: str) -> str | None:
    """Read a language's name or code: English, es-MX."""
    word = text.strip().casefold()
    return _LANGUAGES.get(word) or (word[:2] if re.fullmatch(r"[a-z]{2}(?:[-_]\w+)?", word) else None)


def zone_of(text: str) -> str | None:
    """Read the name of a time zone (IANA)."""
    try:
        return ZoneInfo(text).key if text else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def is_yes(text: str) -> bool:
    """Say whether a cell says yes."""
    return text.strip().casefold() in _YES


def unguarded(cell: str) -> str:
    """Take off the sign that keeps a spreadsheet from computing a cell."""
    return _FORMULA.sub("", cell.strip(), count=1) if cell.startswith("'") else cell.strip()


def name_of(parts: Sequence[str]) -> str | None:
    """Put a name together."""
    return " ".join(" ".join(parts).split())[:_MAX_NAME] or None

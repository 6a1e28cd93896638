"""The pieces of a command: a person, a number, a group, an audience with its text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from flows.language.phones import PhoneError, parse_phone
from flows.language.text import without_courtesy, words


class Part(StrEnum):
    """What may be missing from a command."""

    ACTION = "action"
    AUDIENCE = "audience"
    EVENT = "event"
    EVENT_ACTION = "event_action"
    GROUP = "group"
    NUMBER = "number"
    OPTION = "option"
    PERSON = "person"
    ROLE = "role"
    TEXT = "text"
    TIME = "time"
    TITLE = "title"
    WHEN = "when"
    WORDS = "words"


@dataclass(frozen=True, slots=True)
class Missing:
    """A part that is not there, or not to be understood."""

    part: Part
    typed: str = ""
    """What stands in its place."""


@dataclass(frozen=True, slots=True)
class Person:
    """Whom a command is about: exactly one of the two is given."""

    phone: str | None
    """E.164."""
    id: int | None
    """The short number that operators see instead of the phone."""


_SHORT = re.compile(r"@[^\S\n]*(\d{1,9})(?!\w)[.,;:]?\s*(?::\s+)?(.*)", re.DOTALL)
_BARE = re.compile(r"\d{1,6}")
_TOKEN = re.compile(
    r"[^\S\n]*([+(]*\d[\d().\-–/]*)(?=[\s:,;]|$)"  # digits with what people put between them, to the next blank
    r"([:,;]|[^\S\n]*(?:\n|:(?=\s|$)))?"  # and what surely ends the number
)
_MOST_TOKENS = 12
_HASTE = frozenset(("now", "immediately", "asap", "ahora", "ya"))
_NUMBER = re.compile(
    r"(?:(?:campaign|campaña|campana|schedule|blast|no|nr|num)\b\.?\s*)?#?\s*(\d{1,9})(?!\w)[.,:;!?]*\s*(.*)",
    re.IGNORECASE | re.DOTALL,
)
_PLACED = r"(?:\b(?:to|into|from|al|del|a|de)\s+)?(?:(?:the|el)\s+)?(?:(?:group|grupo)\s+)?"
_HASHED = re.compile(rf"{_PLACED}(?<![^\s,;:])#\s?([\w-]{{1,60}})[.,;:]?", re.IGNORECASE)
_UNHASHED = re.compile(
    r"\b(?:(?:to|into|from|al|del)\s+(?:the\s+|el\s+)?(?:(?:group|grupo)\s+)?|(?:group|grupo)\s+)([\w-]{1,60})[.!]?\s*$",
    re.IGNORECASE,
)


def read_person(text: str, country: str | None, *, bare: bool = False) -> tuple[Person, str] | Missing | None:
    """Read whom a text begins with, and give the rest; None when it begins with nothing of that kind.

    Where the digits could be more than one phone number it is not guessed: a colon after the number settles it.
    `bare` takes a few digits without `@` as a short number.
    """
    short = _SHORT.match(text)
    if short is not None:
        return Person(None, int(short[1])), short[2].strip()
    ends, is_closed, after = _digits(text)
    if not ends:
        return None
    typed = text[: ends[-1]].strip()
    if bare and len(ends) == 1 and _BARE.fullmatch(typed):
        return Person(None, int(typed)), text[after:].strip()
    readings = {phone: end for end in (ends[-1:] if is_closed else ends) if (phone := _phone(text[:end], country))}
    if len(readings) != 1:
        return Missing(Part.PERSON, typed)
    phone, end = readings.popitem()
    return Person(phone, None), text[after if is_closed else end :].strip()


def read_number(text: str) -> tuple[int, str] | None:
    """Read the number of a campaign that a text begins with, and give the rest."""
    found = _NUMBER.match(text)
    return (int(found[1]), found[2].strip()) if found else None


def take_groups(text: str) -> tuple[tuple[str, ...], str]:
    """Take the groups out of a text: those with a `#`, else the one that stands last after TO, FROM or GROUP."""
    hashed = tuple(_HASHED.findall(text))
    if hashed:
        return hashed, tidy(_HASHED.sub(" ", text))
    last = _UNHASHED.search(text)
    return ((last[1],), tidy(text[: last.start()])) if last else ((), tidy(text))


def tidy(text: str) -> str:
    """Take blanks, quotes and commas off both ends, and all but one blank between words."""
    return " ".join(text.split()).strip(" ,;\"'“”„‘’«»")


def is_courtesy(text: str) -> bool:
    """Say whether nothing is left of a text without please, thanks, now and signs."""
    return _HASTE.issuperset(without_courtesy(words(text)))


def _digits(text: str) -> tuple[list[int], bool, int]:
    """Find where each word of digits at the start ends, whether something closes them, where the rest begins."""
    ends: list[int] = []
    place, is_closed = 0, False
    while len(ends) < _MOST_TOKENS and not is_closed and (token := _TOKEN.match(text, place)):
        ends.append(token.end(1))
        place, is_closed = token.end(), token[2] is not None
    return ends, is_closed, place


def _phone(text: str, country: str | None) -> str | None:
    try:
        return parse_phone(text, country)
    except PhoneError:
        return None

"""When two values are the same to people, and when they are numbers; both database engines compute it alike."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from flows.language.text import comparable

MARKS = "[\u0300-\u036f'\u2018\u2019\u02bc]"
"""Accents, once letters are taken apart (NFKD), and apostrophes; a regular expression in Python and in PostgreSQL."""
BLANKS = "[ \t\r\n]+"
NUMBER = r"^-?(0|[1-9][0-9]{0,14}|(0|[1-9][0-9]{0,8})\.[0-9]{1,6})$"
"""At most fifteen digits, which a float holds exactly; what begins with a zero, such as 02134, is text."""
YES = ("yes", "si", "true")
NO = ("no", "false")
"""Words that are one value: what is stored may be a truth value, what is typed is a word."""

_MARKS, _BLANKS, _NUMBER = re.compile(MARKS), re.compile(BLANKS), re.compile(NUMBER)


def plain(value: str | float | None) -> str | None:
    """Write a value as JSON has it in PostgreSQL: floats without an exponent."""
    if value is None or isinstance(value, str):
        return value
    return format(Decimal(repr(value)), "f") if isinstance(value, float) else str(value)


def fold(value: str | float | None) -> str | None:
    """Bring a value to small letters without accents, apostrophes and needless blanks; None stays None."""
    text = plain(value)
    if text is None:
        return None
    text = _MARKS.sub("", unicodedata.normalize("NFKD", comparable(text))).lower()
    return _BLANKS.sub(" ", text).strip(" ")


def number(value: str | float | None) -> float | None:
    """Read a value as a number, None when it is none."""
    text = fold(value)
    return float(text) if text is not None and _NUMBER.match(text) else None


def same_words(value: str) -> tuple[str, ...]:
    """List the values that are equal to one: itself, and for yes and no all words for it."""
    folded = fold(value) or ""
    return next((words for words in (YES, NO) if folded in words), (value,))

"""Text taken apart into words, numbers, hours and dates, each with its place in the text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

MAX_TOKENS = 60
"""No time takes more words; the rest of a long text is not looked at."""


class Kind(StrEnum):
    """What a token looks like."""

    ZONE = "zone"
    ISO = "iso"
    DATE = "date"
    CLOCK = "clock"
    DOTTED = "dotted"
    OFFSET = "offset"
    ORDINAL = "ordinal"
    FRACTION = "fraction"
    NUMBER = "number"
    HALF = "half"
    WORD = "word"
    SIGN = "sign"


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of text in small letters without accents; `start` and `end` count characters."""

    kind: Kind
    text: str
    start: int
    end: int


_ALONE = r"(?<![\w.:/-])"
_ENDS = r"(?!\w|[.:/-]\w)"
_SHAPES: tuple[tuple[Kind, str], ...] = (
    (Kind.ZONE, r"[a-z_]+(?:/[a-z][a-z0-9_+-]*)+"),
    (Kind.ISO, rf"{_ALONE}\d{{4}}(?P<iso_sign>[-/.])\d{{1,2}}(?P=iso_sign)\d{{1,2}}(?:(?=t\d)|{_ENDS})"),
    (Kind.FRACTION, rf"{_ALONE}[13]/[24](?=\s?h(?:ours?|rs?|oras?)?\b)"),
    (
        Kind.DATE,
        rf"{_ALONE}\d{{1,2}}(?:(?P<date_sign>[/.-])\d{{1,2}}(?P=date_sign)(?:\d{{4}}|\d{{2}})|/\d{{1,2}}){_ENDS}",
    ),
    (Kind.CLOCK, r"(?<![\d.:/-])\d{1,2}(?::\d{2}(?::\d{2})?|h\d{2})(?![\d:])"),
    (Kind.OFFSET, r"(?<=\s)[+-]\d{2}(?::?\d{2})?\b"),
    (Kind.ORDINAL, rf"{_ALONE}\d{{1,2}}(?:st|nd|rd|th|r[oa]|d[oa]|er|t[oa]|mo|vo|no|o)\b"),
    (Kind.DOTTED, rf"{_ALONE}\d{{1,2}}\.\d{{2}}(?![\d:/-]|\.\d)"),
    (Kind.NUMBER, r"(?<![\w.:/-])\d+(?:[.,]\d+)?(?![\d:/])"),
    (Kind.HALF, r"(?<![a-z])[ap]\.?\s?m\b\.?|(?<=\d)[ap]\b"),
    (Kind.WORD, r"[^\W\d_]+(?:'[^\W\d_]+)*\.?"),
    (Kind.SIGN, r"\S"),
)
_TOKEN = re.compile("|".join(f"(?P<{kind.value}>{shape})" for kind, shape in _SHAPES))
_SAME = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "–": "-", "—": "-", "−": "-", "º": "o", "ª": "a"})


def tokens(text: str) -> tuple[Token, ...]:
    """Take the beginning of a text apart; places are counted in the text as it is given."""
    return tuple(islice(_tokens(_fold(text)), MAX_TOKENS))


def _tokens(plain: str) -> Iterator[Token]:
    for found in _TOKEN.finditer(plain):
        kind = next(kind for kind in Kind if found[kind.value] is not None)
        said = re.sub(r"[\W_]", "", found[0]) if kind in (Kind.WORD, Kind.HALF) else found[0]
        yield Token(kind, said, found.start(), found.end())


def _fold(text: str) -> str:
    """Make letters small and plain, one sign for one sign."""
    return "".join(map(_plain, text.translate(_SAME)))


def _plain(sign: str) -> str:
    return unicodedata.normalize("NFKD", sign)[0].lower()[:1]

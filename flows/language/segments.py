"""How an SMS text is encoded and billed, and how a long one is cut.

GSM 03.38 packs 160 characters of 7 bits in one SMS, 153 in each part of a longer text; a text with any other character
goes out as UCS-2, 70 units of 16 bits or 67 in each part.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("^{}\\[~]|€\f")
"""Two units each: an escape and a sign."""
_GSM = _BASIC | _EXTENDED

_ZERO_WIDTH_JOINER = "\u200d"
_BORDERS = tuple(
    re.compile(pattern)
    for pattern in (
        r"\n[^\S\n]*\n",  # between paragraphs
        r"\n|(?<=[.!?…])\s|(?<=[。！？])",  # between sentences
        r"\s",  # between words
    )
)


@dataclass(frozen=True, slots=True)
class Measure:
    """How a text goes out as SMS: units are septets (GSM-7) or 16-bit units (UCS-2)."""

    encoding: Literal["GSM-7", "UCS-2"]
    units: int
    segments: int


def measure(text: str) -> Measure:
    """Count units and segments; an empty text still takes one segment."""
    if _BASIC.issuperset(text):
        units = len(text)
        return Measure("GSM-7", units, 1 if units <= 160 else -(-units // 153))
    if _GSM.issuperset(text):
        return Measure("GSM-7", *_pack([2 if sign in _EXTENDED else 1 for sign in text], 160, 153))
    return Measure("UCS-2", *_pack([2 if ord(sign) > 0xFFFF else 1 for sign in text], 70, 67))


def split(text: str, limit: int = 1600) -> tuple[str, ...]:
    """Cut a text into pieces of at most `limit` 16-bit units, best between paragraphs, sentences or words.

    Only blanks at the cuts are lost. What is seen as one sign stays whole unless it alone is past the limit.
    """
    pieces = []
    start = 0
    while start < len(text):
        end = _reach(text, start, limit)
        cut = end if end == len(text) else _find_cut(text, start, end)
        piece = text[start:cut]
        start = cut
        if cut < len(text):
            piece = piece.rstrip()
            resumed = _skip_blanks(text, cut)
            # A blank may carry an accent: then it is a sign of its own.
            start = cut if _is_inside(text, resumed) else resumed
        if piece:
            pieces.append(piece)
    return tuple(pieces)


def _pack(costs: Iterable[int], single: int, multi: int) -> tuple[int, int]:
    """Fill segments of `multi` units with signs of 1 or 2 units, none of them split: (units, segments)."""
    units, segments, room = 0, 0, 0
    for cost in costs:
        units += cost
        if cost > room:
            segments += 1
            room = multi
        room -= cost
    return units, 1 if units <= single else segments


def _reach(text: str, start: int, limit: int) -> int:
    """Find the furthest end of a piece within the limit, at least one character on."""
    end = min(len(text), start + limit)
    while end > start + 1 and (excess := _count_units(text[start:end]) - limit) > 0:
        end = max(start + 1, end - (excess + 1) // 2)
    return end


def _count_units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _find_cut(text: str, start: int, end: int) -> int:
    """Choose the last good border; paragraphs and sentences only where they do not make the piece short."""
    middle = start + (end - start) // 2
    for border, earliest in zip(_BORDERS, (middle, middle, start + 1), strict=True):
        found = [cut for match in border.finditer(text, earliest, end + 1) if (cut := match.start()) <= end]
        for cut in reversed(found):
            if not _is_inside(text, _skip_blanks(text, cut)) and not _is_inside(text, cut):
                return cut
    cut = end
    while cut > start and _is_inside(text, cut):
        cut -= 1
    return cut if cut > start else end


def _skip_blanks(text: str, start: int) -> int:
    while start < len(text) and text[start].isspace():
        start += 1
    return start


def _is_inside(text: str, cut: int) -> bool:
    """Say whether a cut would tear apart what is seen as one sign."""
    if cut >= len(text):
        return False
    before, after = text[cut - 1], text[cut]
    if _ZERO_WIDTH_JOINER in (before, after) or unicodedata.category(after)[0] == "M":
        return True
    if _is_extender(after) or (before == "\r" and after == "\n"):
        return True
    if "\ud800" <= before <= "\udbff" and "\udc00" <= after <= "\udfff":
        return True
    return _is_regional(after) and _count_regional(text, cut) % 2 == 1


def _is_extender(sign: str) -> bool:
    """Skin tones and the tags of flags belong to the emoji before them."""
    return "\U0001f3fb" <= sign <= "\U0001f3ff" or "\U000e0020" <= sign <= "\U000e007f"


def _is_regional(sign: str) -> bool:
    return "\U0001f1e6" <= sign <= "\U0001f1ff"


def _count_regional(text: str, end: int) -> int:
    start = end
    while start > 0 and _is_regional(text[start - 1]):
        start -= 1
    return end - start

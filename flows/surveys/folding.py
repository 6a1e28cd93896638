"""What a person typed, brought to one form without losing what counts: digits, signs and emoji stay."""

from __future__ import annotations

import unicodedata

from flows.language.text import comparable

_INVISIBLE = dict.fromkeys(
    [0x200B, 0x200D, 0x200E, 0x200F, 0x20E3, 0x2060, 0xFE0E, 0xFEFF, 0xFE0F, *range(0x1F3FB, 0x1F400)]
)
"""Zero-width signs, the box of a keycap emoji, the variants and skin tones of an emoji."""


def fold(text: str) -> str:
    """Case-fold, collapse spaces, and make full-width letters and the digits of every script plain."""
    text = comparable(text)
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text.translate(_INVISIBLE))
        text = "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in text)
    return " ".join(text.casefold().split())

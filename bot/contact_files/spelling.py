"""One spelling for headings and words of lists."""

from __future__ import annotations

import re
import unicodedata


def plain(text: str) -> str:
    """Write a heading without case, accents and signs."""
    spelled = unicodedata.normalize("NFKD", text.lstrip("\ufeff")).casefold()
    letters = "".join(sign for sign in spelled if not unicodedata.combining(sign))
    return " ".join(re.sub(r"[^\w]+|_", " ", letters).split())

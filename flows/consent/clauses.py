"""A text taken apart into what is said in one breath."""

from __future__ import annotations

import re

from flows.consent.phrases import separate_signs
from flows.language.text import normalise

_ENDS = re.compile(r"[.!?…;:,\n\r()\[\]¡¿—–。！？，；：、،؛؟]+|\s-+\s")
_QUOTED = re.compile(r"(?<!\w)[\"“”«»„‘'「『]([^\"“”«»„’'」』\n]{1,80})[\"“”«»’'」』](?!\w)")


def split_clauses(text: str) -> list[str]:
    """Give the clauses of a raw text, normalised, with a blank before, between and after their words."""
    pieces = (separate_signs(normalise(piece)) for piece in _ENDS.split(text))
    return [f" {piece} " for piece in pieces if piece]


def without_quotes(text: str) -> str:
    """Take out what stands between quotation marks: it is somebody else's, or spoken about."""
    return _QUOTED.sub(" ", text)

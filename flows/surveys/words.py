"""A text of an operator, the same for everyone or in several languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

ANY = ""
"""Stands for every language."""


@dataclass(frozen=True, slots=True)
class Words:
    """A text per language code; the key `ANY` holds one that is the same in all of them."""

    by_language: Mapping[str, str] = field(default_factory=dict)

    def text_in(self, language: str, fallback: str = ANY) -> str:
        """Give the text in a language, else in its base language, the fallback or the first; "" where there is none."""
        texts = self.by_language
        for code in (language, language.partition("-")[0], fallback, ANY):
            text = texts.get(code)
            if text is not None:
                return text
        return next(iter(texts.values()), "")

    @property
    def texts(self) -> tuple[str, ...]:
        """The text in every language."""
        return tuple(self.by_language.values())


def plain(text: str) -> Words:
    """Make a text that is the same in every language."""
    return Words({ANY: text})


NO_WORDS = Words()

"""Texts in several languages, and what a person typed brought to one form."""

import pytest

from flows.surveys.folding import fold
from flows.surveys.words import NO_WORDS, Words, plain


@pytest.mark.parametrize(
    ("language", "fallback", "text"),
    [("es", "en", "hola"), ("es-MX", "en", "hola"), ("fr", "en", "hello"), ("fr", "de", "hello"), ("fr", "", "hello")],
)
def test_the_nearest_language(language: str, fallback: str, text: str) -> None:
    """The language, its base, the fallback, the first."""
    assert Words({"en": "hello", "es": "hola"}).text_in(language, fallback) == text


def test_one_text_for_all() -> None:
    """A plain text serves every language, no text is empty."""
    assert plain("hello").text_in("es", "en") == "hello"
    assert NO_WORDS.text_in("es", "en") == ""


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("  Hello\n World ", "hello world"),
        ("１２", "12"),
        ("٣", "3"),
        ("2️⃣", "2"),
        ("👍🏽", "👍"),
        ("STRASSE ß", "strasse ss"),
        ("a\u200bb", "ab"),
        ("C++", "c++"),
    ],
)
def test_folding_keeps_what_counts(text: str, folded: str) -> None:
    """Spaces, letter case, scripts of digits and invisible signs go; punctuation and emoji stay."""
    assert fold(text) == folded

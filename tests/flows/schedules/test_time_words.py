"""Words that no keyword may be."""

from __future__ import annotations

import pytest

from flows.schedules.reading import find_times
from flows.schedules.time_words import is_time_word, stands_in_times

TIMES = "tomorrow FRIDAY mañana hoy mar sun hora noon noche second daily UTC 5pm 14/5 yesterday weekend"


@pytest.mark.parametrize("word", TIMES.split())
def test_words_of_dates_and_times(word: str) -> None:
    """In every language we read; TOMORROW and FRIDAY became keywords."""
    assert is_time_word(word)
    assert stands_in_times(word)


@pytest.mark.parametrize("word", ["picnic", "gala", "ball", "two words here", ""])
def test_other_words(word: str) -> None:
    """They may be keywords."""
    assert not is_time_word(word)
    assert not stands_in_times(word)


@pytest.mark.parametrize("word", ["every", "next", "until", "hasta"])
def test_words_that_stand_beside_times(word: str) -> None:
    """Nobody chooses them for a keyword, but who wants one may have it."""
    assert not is_time_word(word)
    assert stands_in_times(word)


def test_times_are_found_anywhere() -> None:
    """The longest at each word, with whether it is surely one; inside a word there is none."""
    text = "Picnic (friday 7pm) for the xfriday"
    assert [(text[one.start : one.end], one.is_sure) for one in find_times(text)] == [
        ("friday 7pm", True),
        ("7pm", False),
    ]

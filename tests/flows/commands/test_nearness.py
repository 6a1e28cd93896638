"""Mistyped commands."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.commands.nearness import distance, nearest
from flows.commands.specs import BY_WORD

WORDS = st.text("abcde", max_size=7)


@pytest.mark.parametrize(
    ("typed", "verb"),
    [
        ("blsat", "BLAST"),
        ("BLATS", "BLAST"),
        ("schdule", "SCHEDULE"),
        ("staus", "STATUS"),
        ("lsit", "LIST"),
        ("tset", "TEST"),
        ("canecl", "CANCEL"),
        ("hepl", "HELP"),
        ("operater", "OPERATOR"),
        ("optotus", "OPTOUTS"),
    ],
)
def test_a_slip_is_near(typed: str, verb: str) -> None:
    """One or two slips, swapped neighbours among them, do not hide a verb."""
    found = nearest(typed)
    assert found is not None
    assert found.name == verb


@pytest.mark.parametrize("typed", ["", "hi", "hello", "best", "good", "thanks", "address", "x" * 10_000, "12", "¿?"])
def test_other_words_are_near_nothing(typed: str) -> None:
    """Words of daily talk, long ones and signs mean no command."""
    assert nearest(typed) is None


@pytest.mark.parametrize("word", BY_WORD)
def test_a_verb_is_nearest_to_itself(word: str) -> None:
    """No other verb is nearer than the same word."""
    assert nearest(word) is (BY_WORD[word] if len(word) > 2 else None)


@given(WORDS, WORDS)
def test_distance_is_the_same_both_ways(one: str, other: str) -> None:
    """It is 0 for the same word alone, and never more than the longer one's letters."""
    assert distance(one, other) == distance(other, one)
    assert (distance(one, other) == 0) == (one == other)
    assert abs(len(one) - len(other)) <= distance(one, other) <= max(len(one), len(other))


@given(WORDS, st.integers(0, 6))
def test_one_slip_is_one(word: str, place: int) -> None:
    """To drop a letter, to add one, to change one or to swap two neighbours counts once."""
    place = min(place, len(word))
    assert distance(word, word[:place] + "z" + word[place:]) == 1
    if place + 1 < len(word) and word[place] != word[place + 1]:
        assert distance(word, word[:place] + word[place + 1] + word[place] + word[place + 2 :]) == 1

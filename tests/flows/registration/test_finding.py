"""An event by what people call it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flows.registration.finding import find_event, is_named
from tests.flows.registration.turns import ALL, GALA, OLD, PICNIC


@pytest.mark.parametrize(
    ("text", "event", "rest"),
    [
        ("GALA", GALA, ""),
        ("fiesta @12", GALA, "@12"),
        ("the spring gala  friday 7pm", GALA, "friday 7pm"),
        ("“The Spring Gala” x", GALA, "x"),
        ("13 to Ball", PICNIC, "to Ball"),
        ("old fair", OLD, ""),
    ],
)
def test_found_by_the_longest_name(text: str, event: object, rest: str) -> None:
    """By keyword, title or number, with what follows it."""
    assert find_event(ALL, text) == (event, rest)


def test_a_keyword_wins() -> None:
    """Over a title, and a title over a number."""
    other = replace(PICNIC, number=1, title="Gala", keywords=("12",))
    assert find_event((GALA, other), "GALA") == (GALA, "")
    assert find_event((GALA, other), "12") == (other, "")


@pytest.mark.parametrize("text", ["", "   ", "BALL", "my GALA"])
def test_nothing_is_found(text: str) -> None:
    """An unknown name, or one that does not stand first."""
    assert find_event(ALL, text) is None


def test_named_as_a_whole() -> None:
    """Nothing else may stand there."""
    assert is_named(ALL, "gala!")
    assert not is_named(ALL, "gala now")

"""What is written for an audience is read as the same audience, and no text does any harm."""

from __future__ import annotations

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from flows.audiences.canonical import text_of
from flows.audiences.cursor import MAX_CONDITIONS
from flows.audiences.lexer import MAX_LENGTH
from flows.audiences.parser import parse_audience
from flows.audiences.refusal import AudienceError
from flows.audiences.split import split
from flows.audiences.tree import And, Except, Not, Or, Record, walk
from flows.audiences.wording import describe
from tests.flows.audiences.trees import FIELDS, NAMES, any_leaf, grow

PIECES = (
    *(
        "and",
        "or",
        "not",
        "except",
        "y",
        "o",
        "no",
        "(",
        ")",
        "#",
        '"',
        "'",
        ",",
        "=",
        "!=",
        "~",
        ">=",
        "<",
        "last",
        "seen",
    ),
    *(
        "event",
        "survey",
        "noreply",
        "answered",
        "F.2",
        "new",
        "since",
        "2026-11-01",
        "+1 555 010 0001",
        "5550100001",
        "12",
    ),
    *(
        "vehicle.make=Toyota",
        "year>=2018",
        "created<",
        "phone~",
        "status=",
        "language=es",
        "all",
        "community",
        ".2",
        " ",
    ),
    *(
        "\u201csmart\u201d",
        "\u2018x\u2019",
        "\x00",
        "\ud800",
        "\u200b",
        "٣",
        "x.y.z=1",
        "1=1",
        "not waiting",
        *NAMES,
        *FIELDS,
    ),
)


@given(st.randoms(use_true_random=False))
@settings(max_examples=400, deadline=None)
def test_written_and_read_again(rng: Random) -> None:
    """Any tree that fits the bounds is written in words that are read as that tree."""
    tree = grow(rng, any_leaf, 4)
    text = text_of(tree)
    leaves = [one for one in walk(tree) if not isinstance(one, And | Or | Not | Except | Record)]
    if len(text) <= MAX_LENGTH and len(leaves) <= MAX_CONDITIONS:
        assert parse_audience(text) == tree
        assert split(f"{text}: See you") == (text, "See you")


@given(st.lists(st.sampled_from(PIECES), max_size=12), st.sampled_from(("", " ")))
@settings(max_examples=600, deadline=None)
def test_words_in_any_order(pieces: list[str], between: str) -> None:
    """A heap of the language's words is refused in its own way, or is an audience that can be written and said."""
    _read(between.join(pieces))


@given(st.text(max_size=80))
@settings(max_examples=300, deadline=None)
def test_any_text(text: str) -> None:
    """Any text at all is refused in its own way, or is an audience."""
    _read(text)
    split(text)


def _read(text: str) -> None:
    try:
        tree = parse_audience(text, "US")
    except AudienceError as refusal:
        error = refusal
    else:
        assert parse_audience(text_of(tree), "US") == tree
        assert describe(tree, "en") != describe(tree, "es")
        return
    assert error.found in error.message
    assert error.expected in error.message
    assert 0 <= error.place <= len(text)

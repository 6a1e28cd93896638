"""The grammar's own machinery."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.schedules.grammar import Chart, grammar, readings
from flows.schedules.lexicon import TERMINALS
from flows.schedules.reading import parse_when, split_when
from flows.schedules.tokens import tokens
from flows.schedules.values import Refusal
from tests.flows.schedules.phrases import ZONE

NOW_AT = 1_795_273_200_000_000


def test_a_rule_that_names_nothing_is_found_at_once() -> None:
    """A slip of the pen in a pattern is an error where the grammar is made."""
    with pytest.raises(ValueError, match="month_numbr"):
        grammar((("day", "the <month_numbr>", lambda number: number),), TERMINALS)


def test_all_ends_are_found() -> None:
    """A symbol is read in every way that the rules allow, and a comma between words is passed over."""
    made = grammar(
        (
            ("row", "<digits>", lambda one: (one,)),
            ("row", "<digits> [and] <row>", lambda one, more: (one, *more)),
        ),
        TERMINALS,
    )
    found = readings(Chart(made, tokens("1, 2 and 3")), "row", 0)
    assert {value for value, _ in found} == {(1,), (1, 2), (1, 2, 3)}


WORDS = (
    "at on the every each next this 9 17:30 9am pm monday friday lunes el la las a de y and or may 5 december 1st "
    "2026 12/24 2026-12-24 in 2 hours days until times for mañana tomorrow tonight noon half past quarter to , - : ( ) "
    "cada todos hasta utc America/New_York +02:00 first last of month week 1.5 . ' #roofers community"
)


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(WORDS.split()), max_size=12).map(" ".join))
def test_any_row_of_words_has_an_answer(text: str) -> None:
    """Nothing raises, a time is still to come, and a whole time is also its own longest beginning."""
    when = parse_when(text, NOW_AT, ZONE)
    parts = split_when(text, NOW_AT, ZONE)
    if not isinstance(when, Refusal):
        assert not isinstance(parts, Refusal)
        assert parts[0] == when
        assert getattr(when, "due_at", NOW_AT + 1) > NOW_AT


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60))
def test_any_text_has_an_answer(text: str) -> None:
    """Signs of any script are looked at calmly."""
    parse_when(text, NOW_AT, ZONE)
    split_when(text, NOW_AT, ZONE)

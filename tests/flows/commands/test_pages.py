"""Long answers in pages."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.commands.pages import paginate, within_characters
from flows.language.segments import measure

FOOTER = "Reply MORE for the rest."
LINES = st.lists(st.text("ab é€漢👍", max_size=60), max_size=40).map("\n".join)


def said(pages: tuple[str, ...]) -> str:
    """Give the letters of all pages without numbers and footers."""
    bodies = [re.sub(r"^\(\d+/\d+\) ", "", page).removesuffix(f"\n{FOOTER}") for page in pages]
    return "".join("".join(bodies).split())


def test_a_short_answer_is_one_page_without_a_number() -> None:
    """What fits stays as it is."""
    assert paginate(" Ada\nBo \n", within_characters(10), FOOTER) == ("Ada\nBo",)
    assert paginate("", within_characters(0)) == ("",)


def test_pages_end_between_lines() -> None:
    """Each page is numbered, and all but the last say how to go on."""
    assert paginate("one 1\ntwo 2\nthree 3\nfour 4", within_characters(25), "MORE") == (
        "(1/2) one 1\ntwo 2\nMORE",
        "(2/2) three 3\nfour 4",
    )


def test_a_page_without_a_footer() -> None:
    """Only the number is added."""
    assert paginate("one\ntwo\nsix", within_characters(9)) == ("(1/3) one", "(2/3) two", "(3/3) six")


def test_a_long_line_is_cut_between_words() -> None:
    """Its parts go on without a line break where they meet on a page."""
    pages = paginate("aaa bbb ccc ddd eee\nfff", within_characters(14))
    assert pages == ("(1/3) aaa bbb", "(2/3) ccc ddd", "(3/3) eee\nfff")


@pytest.mark.parametrize("count", [9, 10, 99, 100])
def test_the_number_takes_its_room(count: int) -> None:
    """Where there are more than nine pages their numbers are longer and leave less room."""
    text = "\n".join(["x" * 6] * count)
    width = len(f"({count}/{count}) ")
    pages = paginate(text, within_characters(width + 6))
    assert len(pages) == count
    assert pages[-1] == f"({count}/{count}) xxxxxx"


@pytest.mark.parametrize("text", ["some words", "👍" * 7, "word\n" * 20])
def test_a_bound_that_is_too_small_is_refused(text: str) -> None:
    """Where not even a sign fits beside the number, the caller is told."""
    with pytest.raises(ValueError, match="too small"):
        paginate(text, within_characters(6))


@given(LINES, st.integers(40, 120))
def test_pages_in_characters_lose_nothing(text: str, limit: int) -> None:
    """Every page is within the bound, and together they say the same."""
    pages = paginate(text, within_characters(limit), FOOTER)
    assert all(len(page) <= limit for page in pages)
    assert said(pages) == "".join(text.split())


@given(LINES, st.integers(1, 2))
def test_pages_in_segments_lose_nothing(text: str, limit: int) -> None:
    """The bound holds in whichever alphabet a page goes out."""
    pages = paginate(text * 3, lambda page: measure(page).segments <= limit, FOOTER)
    assert all(measure(page).segments <= limit for page in pages)
    assert said(pages) == "".join((text * 3).split())

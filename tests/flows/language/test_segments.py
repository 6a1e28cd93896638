"""SMS segments, and long texts cut in pieces."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from flows.language.segments import Measure, measure, split
from tests.cases import load_case

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
FLAG = "\U0001f1f2\U0001f1fd"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Measure("GSM-7", 0, 1)),
        ("a" * 160, Measure("GSM-7", 160, 1)),
        ("a" * 161, Measure("GSM-7", 161, 2)),
        ("a" * 306, Measure("GSM-7", 306, 2)),
        ("a" * 307, Measure("GSM-7", 307, 3)),
        ("€" * 80, Measure("GSM-7", 160, 1)),
        ("a" * 152 + "{" + "b" * 10, Measure("GSM-7", 164, 2)),
        ("a" * 152 + "{" + "b" * 151, Measure("GSM-7", 305, 2)),
        ("a" * 152 + "{" + "b" * 152, Measure("GSM-7", 306, 3)),
        ("`", Measure("UCS-2", 1, 1)),
        ("á" * 70, Measure("UCS-2", 70, 1)),
        ("á" * 71, Measure("UCS-2", 71, 2)),
        ("á" * 66 + "😀" + "á" * 66, Measure("UCS-2", 134, 3)),
        ("😀" * 35, Measure("UCS-2", 70, 1)),
        ("😀" * 36, Measure("UCS-2", 72, 2)),
        ("\ud83d", Measure("UCS-2", 1, 1)),
    ],
)
def test_measure(text: str, expected: Measure) -> None:
    """Escaped signs and surrogate pairs are never split between two segments."""
    assert measure(text) == expected


def test_real_segments() -> None:
    """Every real case has exactly its encoding and its number of segments."""
    for row in load_case("sms_segments.json")["segments"]:
        found = measure(row["text"])
        assert (found.encoding, found.segments) == (row["encoding"], row["segments"]), row


@pytest.mark.parametrize(
    ("text", "limit", "pieces"),
    [
        ("", 10, ()),
        ("short", 10, ("short",)),
        ("one two three", 7, ("one two", "three")),
        ("one two three", 8, ("one two", "three")),
        ("First. Second one.\nThird", 19, ("First. Second one.", "Third")),
        ("Aaaa bbb. Cc dd ee", 14, ("Aaaa bbb.", "Cc dd ee")),
        ("A. Bbbb cccc dddd", 12, ("A. Bbbb cccc", "dddd")),
        ("aaaa bbbb\n\ncccc. dd ee", 16, ("aaaa bbbb", "cccc. dd ee")),
        ("我来了。你好吗", 6, ("我来了。", "你好吗")),
        ("abcdefgh", 3, ("abc", "def", "gh")),
        ("😀😀😀", 3, ("😀", "😀", "😀")),
        ("😀😀😀", 4, ("😀😀", "😀")),
        (f"a{FAMILY}", 8, ("a", FAMILY)),
        (f"a{FLAG}{FLAG}", 7, (f"a{FLAG}", FLAG)),
        ("ab👍🏽", 4, ("ab", "👍🏽")),
        ("abe\u0301", 3, ("ab", "e\u0301")),
        ("e\u0301\u0301\u0301\u0301", 3, ("e\u0301\u0301", "\u0301\u0301")),
        ("ab\r\ncd", 3, ("ab", "cd")),
        ("a \u0301b", 2, ("a", " \u0301", "b")),
        ("\ud83d\ude00x", 1, ("\ud83d", "\ude00", "x")),
        ("x\ud83d\ude00", 2, ("x", "\ud83d\ude00")),
        ("     ", 2, ()),
        ("abc   ", 3, ("abc",)),
    ],
)
def test_split(text: str, limit: int, pieces: tuple[str, ...]) -> None:
    """Paragraphs before sentences before words, and nothing that is one sign is torn apart."""
    assert split(text, limit) == pieces


@given(st.text(st.sampled_from("ab .\n😀é\u0301\u200d\U0001f1f2"), max_size=60), st.integers(12, 30))
@example("a" * 40, 12)
def test_pieces_hold_everything(text: str, limit: int) -> None:
    """Joined again, the pieces lack nothing but blanks; each is within the limit."""
    pieces = split(text, limit)
    assert "".join("".join(pieces).split()) == "".join(text.split())
    for piece in pieces:
        assert 0 < len(piece.encode("utf-16-le")) // 2 <= limit


@given(st.text(st.sampled_from("ab \u0301\U0001f1f2😀"), max_size=60).filter(lambda text: "\u0301" * 8 not in text))
def test_no_piece_begins_inside_a_sign(text: str) -> None:
    """A piece begins with a combining sign only where the whole text does."""
    for piece in split("x" + text, 16)[1:]:
        assert not unicodedata.combining(piece[0])


def test_default_limit() -> None:
    """1600 is what Twilio takes in one message."""
    text = "word " * 1000
    pieces = split(text)
    assert [len(piece) for piece in pieces] == [1599, 1599, 1599, 200]

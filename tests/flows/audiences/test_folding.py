"""When two values are the same."""

from __future__ import annotations

import pytest

from flows.audiences.folding import fold, number, plain, same_words


@pytest.mark.parametrize(
    ("value", "folded"),
    [
        ("Ángel  RUIZ ", "angel ruiz"),
        ("O\u2019Brien", "obrien"),
        ("O'BRIEN", "obrien"),
        ("Ｚｉｐ\t9", "zip 9"),
        ("", ""),
        (2018, "2018"),
        (2018.0, "2018.0"),
        (0.00001, "0.00001"),
        (None, None),
    ],
)
def test_fold(value: str | float | None, folded: str | None) -> None:
    """Case, accents, apostrophes, width and needless blanks do not count."""
    assert fold(value) == folded


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("2018", 2018.0),
        (" 2018.50 ", 2018.5),
        ("-3", -3.0),
        (7, 7.0),
        (0.5, 0.5),
        ("0", 0.0),
        ("02134", None),
        ("1e3", None),
        ("1,000", None),
        ("1234567890123456", None),
        ("1234567890.5", None),
        ("", None),
        (None, None),
    ],
)
def test_number(value: str | float | None, read: float | None) -> None:
    """Plain decimal numbers of up to fifteen digits are numbers; what begins with a zero is text."""
    assert number(value) == read


def test_plain_numbers_have_no_exponent() -> None:
    """Large and small floats are written out."""
    assert (plain(1e16), plain(1e-6), plain(12)) == ("10000000000000000", "0.000001", "12")


def test_yes_and_no() -> None:
    """Words for yes are one value, and so are those for no; every other value stands for itself."""
    assert same_words("Sí") == ("yes", "si", "true")
    assert same_words("FALSE") == ("no", "false")
    assert same_words("Yes please") == ("Yes please",)

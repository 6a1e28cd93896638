"""Numbers as people write them."""

import pytest

from flows.surveys.answers import Misunderstood, Understood, read_answer
from flows.surveys.answers.numbers import read_number_text, show_number
from flows.surveys.questions import NumberAnswer
from tests.cases import load_case
from tests.flows.surveys.scene import message, question_of, turn_of


def _read(kind: NumberAnswer, text: str, language: str = "en") -> object:
    occurrence = message(text)
    answer = read_answer(question_of(kind), occurrence, turn_of(occurrence, language=language))
    return answer.value if isinstance(answer, Understood) else (answer.reason, dict(answer.values))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5", 5),
        (" 5! ", 5),
        ("3,5", 3.5),
        ("3.5", 3.5),
        ("0.500", 0.5),
        (".51", 0.51),
        ("1,234.56", 1234.56),
        ("1.234,56", 1234.56),
        ("1 234", 1234),
        ("1 234,5", 1234.5),
        ("12'345", 12345),
        ("1,000,000", 1000000),
        ("1.000.000,50", 1000000.5),
        ("-5", -5),
        ("-$5", -5),
        ("minus 5", -5),
        ("menos 3", -3),
        ("it was -12.51", -12.51),
        ("24ans", 24),
        ("$1,234,567", 1234567),
        ("5 km", 5),
        ("50%", 50),
        ("５", 5),
        ("١٢٣٤", 1234),
        ("3️⃣", 3),
        ("five", 5),
        ("Dieciséis", 16),
        ("none", 0),
    ],
)
@pytest.mark.parametrize("language", ["en", "es"])
def test_a_number_is_read(text: str, value: float, language: str) -> None:
    """With points and commas, signs, units and digits of any script."""
    assert _read(NumberAnswer(), text, language) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        "many",
        "1-15",
        "5 or 6",
        "1/2",
        "12:30",
        "1.2.3",
        "1..2",
        "1,00,000",
        "5k",
        "2 million",
        "2 mil",
        "lOO",
        "9" * 16,
        "1" * 5000,
        "+1 555 010 0001",
        "when I was a child we had maybe 5 dogs",
    ],
)
def test_what_is_not_one_number_is_asked_again(text: str) -> None:
    """Two numbers, multiples in words, long sentences: nothing is guessed."""
    assert _read(NumberAnswer(), text) == ("number", {})


@pytest.mark.parametrize(
    ("text", "language", "value"),
    [
        ("1,500", "en", 1500),
        ("1.500", "en", 1.5),
        ("1.500", "es", ("number_unclear", {"first": "1.5", "second": "1500"})),
        ("1,500", "es", ("number_unclear", {"first": "1500", "second": "1.5"})),
    ],
)
def test_thousands_and_decimals(text: str, language: str, value: object) -> None:
    """English settles it, elsewhere we ask."""
    assert _read(NumberAnswer(), text, language) == value


def test_bounds_settle_what_is_unclear() -> None:
    """When only one reading is within the bounds, that one is meant."""
    assert _read(NumberAnswer(1000, 9999), "1.500", "es") == 1500
    assert _read(NumberAnswer(0, 10), "1.500", "es") == 1.5


@pytest.mark.parametrize(
    ("text", "value"),
    [("1.500", 1500), ("5.0", 5), ("3,5", ("number_whole", {})), ("7", 7)],
)
def test_whole_numbers(text: str, value: object) -> None:
    """A group of three is a thousand where only whole numbers count."""
    assert _read(NumberAnswer(integer=True), text) == value


@pytest.mark.parametrize(
    ("kind", "text", "values"),
    [
        (NumberAnswer(1, 10), "11", {"low": "1", "high": "10"}),
        (NumberAnswer(0.5, None), "0", {"low": "0.5", "high": ""}),
        (NumberAnswer(None, 3.0), "4", {"low": "", "high": "3"}),
    ],
)
def test_out_of_bounds(kind: NumberAnswer, text: str, values: dict[str, object]) -> None:
    """The bounds are said as people write them."""
    assert _read(kind, text) == ("number_range", values)


def test_numbers_are_shown_without_needless_decimals() -> None:
    """5.0 is shown as 5."""
    assert [show_number(one) for one in (5.0, 2.5, 7, None)] == ["5", "2.5", "7", ""]


def test_recorded_router_cases() -> None:
    """Where another system read one number, we read the same or ask; where it read none, so do we."""
    for case in load_case("goflow_router_tests.json")["cases"]:
        if case["test"] != "has_number" or not isinstance(case["args"][0], str):
            continue
        answer = read_number_text(NumberAnswer(), case["args"][0])
        if isinstance(answer, Understood):
            assert answer.value == case["expect"]["match"], case
        else:
            assert case["expect"]["match"] is False or case["args"][0].count("-") == 1, case
            assert answer == Misunderstood("number")

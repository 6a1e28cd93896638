"""Free text."""

import pytest

from flows.surveys.answers import Misunderstood, Understood, read_answer
from flows.surveys.questions import TextAnswer
from flows.values import Button
from tests.flows.surveys.scene import message, question_of, turn_of


def _read(kind: TextAnswer, text: str, button: Button | None = None) -> object:
    occurrence = message(text, button=button)
    return read_answer(question_of(kind), occurrence, turn_of(occurrence))


@pytest.mark.parametrize("text", ["hello", "  hello ", "👍", "x" * 2000, "¿qué?", "l1\nl2"])
def test_any_text_is_taken_without_the_spaces_around(text: str) -> None:
    """Free text is whatever the person wrote."""
    assert _read(TextAnswer(), text) == Understood(text.strip())


def test_a_tapped_button_is_its_text() -> None:
    """A button without a text beside it answers with its own."""
    assert _read(TextAnswer(), "", Button("Later", "p")) == Understood("Later")


@pytest.mark.parametrize(
    ("text", "reason", "values"),
    [
        ("", "text", {}),
        ("  \n", "text", {}),
        ("ab", "text_short", {"min_length": 3}),
        ("abcdef", "text_long", {"limit": 6, "length": 6}),
    ],
)
def test_a_text_of_the_wrong_length_is_refused(text: str, reason: str, values: dict[str, object]) -> None:
    """The reason says what is wrong, with the bound."""
    assert _read(TextAnswer(3, 5), text) == Misunderstood(reason, values)

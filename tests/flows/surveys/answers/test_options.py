"""Choices, several choices, yes and no, ratings."""

import pytest

from flows.surveys.answers import Misunderstood, Understood, is_allowed_choice, read_answer
from flows.surveys.menu import Menu, Option
from flows.surveys.questions import (
    ChoiceAnswer,
    DateAnswer,
    Kind,
    MultiChoiceAnswer,
    NumberAnswer,
    RatingAnswer,
    TextAnswer,
    YesNoAnswer,
)
from flows.surveys.words import Words, plain
from flows.values import Button
from tests.flows.surveys.scene import message, question_of, turn_of

MENU = Menu(
    (
        Option("red", Words({"en": "Red", "es": "Rojo"}), ("crimson",)),
        Option("dark", Words({"en": "Dark green", "es": "Verde oscuro"})),
        Option("bnb", plain("Bed and breakfast")),
        Option("light", Words({"en": "Light green", "es": "Verde claro"})),
    )
)


def _read(kind: Kind, text: str, button: Button | None = None) -> object:
    occurrence = message(text, button=button)
    answer = read_answer(question_of(kind), occurrence, turn_of(occurrence))
    return answer.value if isinstance(answer, Understood) else answer


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1", "red"),
        (" 2 ", "dark"),
        ("2.", "dark"),
        ("#3", "bnb"),
        ("４", "light"),
        ("3️⃣", "bnb"),
        ("٣", "bnb"),
        ("two", "dark"),
        ("dos", "dark"),
        ("option 2", "dark"),
        ("opción 2 por favor", "dark"),
        ("RED!", "red"),
        ("red 🌹", "red"),
        ("rojo", "red"),
        ("Crimson", "red"),
        ("light", "light"),
        ("the red please", "red"),
        ("verde oscuro", "dark"),
        ("oscuro", "dark"),
        ("cri", "red"),
        ("2) Dark green", "dark"),
        ("bnb", "bnb"),
        ("Bed   and breakfast", "bnb"),
    ],
)
def test_an_option_is_found(text: str, value: str) -> None:
    """By its number, its words in any language, an alias, a word or beginning only it has."""
    assert _read(ChoiceAnswer(MENU), text) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        "5",
        "0",
        "-",
        "green",
        "verde",
        "g",
        "not red",
        "red or dark",
        "1 2",
        "12",
        "2) Red",
        "🙂",
        "x" * 5000,
        "r" * 5,
    ],
)
def test_what_names_no_single_option_is_asked_again(text: str) -> None:
    """Nothing is guessed."""
    assert _read(ChoiceAnswer(MENU), text) == Misunderstood("choice")


@pytest.mark.parametrize("button", [Button("Rojo", "red"), Button("Rojo"), Button("Whatever", "red")])
def test_a_button_is_found_by_payload_or_text(button: Button) -> None:
    """Buttons answer whatever text comes with them."""
    assert _read(ChoiceAnswer(MENU), "", button) == "red"


def test_a_button_of_another_question_is_asked_again() -> None:
    """An old button that is tapped late does not count."""
    assert _read(ChoiceAnswer(MENU), "Nope", Button("Nope", "nope")) == Misunderstood("choice")


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("1,2", ["red", "dark"]),
        ("2 1", ["red", "dark"]),
        ("1, 2, and 4", ["red", "dark", "light"]),
        ("1 y 2", ["red", "dark"]),
        ("1,2.", ["red", "dark"]),
        ("1;2;2", ["red", "dark"]),
        ("1&2", ["red", "dark"]),
        ("red, light", ["red", "light"]),
        ("rojo y claro", ["red", "light"]),
        ("red light", ["red", "light"]),
        ("Red\nDark green", ["red", "dark"]),
        ("bed and breakfast", ["bnb"]),
        ("red and bed and breakfast", ["red", "bnb"]),
        ("１，２", ["red", "dark"]),
    ],
)
def test_several_options_are_found(text: str, values: list[str]) -> None:
    """Separated by commas, spaces, lines or "and"; in the order of the options, each once."""
    assert _read(MultiChoiceAnswer(MENU, 1, 3), text) == values


@pytest.mark.parametrize("text", ["", ", ,", "1,9", "1-3", "green", "12", "no", "1," * 600])
def test_one_unknown_piece_makes_the_whole_answer_unclear(text: str) -> None:
    """Half an answer is not kept."""
    assert _read(MultiChoiceAnswer(MENU, 1, 3), text) == Misunderstood("multi_choice")


@pytest.mark.parametrize(("text", "count"), [("all", 4), ("none", 0), ("1 2 3 4", 4)])
def test_too_many_or_too_few_are_counted(text: str, count: int) -> None:
    """The bounds are said."""
    assert _read(MultiChoiceAnswer(MENU, 1, 3), text) == Misunderstood(
        "multi_count", {"min_count": 1, "max_count": 3, "count": count}
    )


def test_all_and_none_where_they_are_allowed() -> None:
    """One word for every option, and one for none."""
    kind = MultiChoiceAnswer(MENU, 0, 4)
    assert _read(kind, "Todas") == ["red", "dark", "bnb", "light"]
    assert _read(kind, "ninguno") == []


def test_a_button_is_one_of_several() -> None:
    """A tap picks one option."""
    assert _read(MultiChoiceAnswer(MENU, 1, 3), "", Button("Rojo", "red")) == ["red"]


@pytest.mark.parametrize("text", ["yes", "Sí, claro", "👍🏽", "yesss"])
def test_yes(text: str) -> None:
    """The value of a yes is True."""
    assert _read(YesNoAnswer(), text) is True


def test_no_by_button_and_neither() -> None:
    """A button's payload counts; what is neither is asked again."""
    assert _read(YesNoAnswer(), "", Button("Nein, danke", "no")) is False
    assert _read(YesNoAnswer(), "perhaps") == Misunderstood("yes_no")


SCALE = RatingAnswer(1, 5, {1: plain("Bad"), 5: Words({"en": "Great", "es": "Genial"})})


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5", 5),
        ("5!", 5),
        ("４", 4),
        ("4/5", 4),
        ("4 out of 5", 4),
        ("4 de 5", 4),
        ("4 stars", 4),
        ("cuatro", 4),
        ("⭐⭐⭐⭐", 4),
        ("⭐️ ⭐️", 2),
        ("great", 5),
        ("genial", 5),
        ("5 great", 5),
    ],
)
def test_a_rating_is_found(text: str, value: int) -> None:
    """By number, number word, label, stars, or out of the highest."""
    assert _read(SCALE, text) == value


@pytest.mark.parametrize("text", ["0", "6", "4.5", "4/10", "10", "3 or 4", "1 great", "★★★★★★", "", "meh", "9" * 5000])
def test_what_is_not_on_the_scale_is_asked_again(text: str) -> None:
    """The bounds are said."""
    assert _read(SCALE, text) == Misunderstood("rating", {"low": 1, "high": 5})


@pytest.mark.parametrize(
    ("kind", "text", "allowed"),
    [
        (ChoiceAnswer(MENU), "2", True),
        (ChoiceAnswer(MENU), "Crimson!", True),
        (ChoiceAnswer(MENU), "cri", False),
        (ChoiceAnswer(MENU), "oscuro", False),
        (MultiChoiceAnswer(MENU, 1, 2), "rojo", True),
        (SCALE, "3", True),
        (SCALE, "GREAT", True),
        (SCALE, "6", False),
        (YesNoAnswer(), "no", True),
        (YesNoAnswer(), "gala", False),
        (NumberAnswer(1, 9), "7", True),
        (NumberAnswer(1, 9), "70", False),
        (TextAnswer(), "gala", False),
        (DateAnswer(), "today", False),
    ],
)
def test_whole_allowed_answers(kind: Kind, text: str, allowed: bool) -> None:
    """A keyword or verb that is also an answer that the question offers counts as the answer."""
    assert is_allowed_choice(question_of(kind), text) is allowed

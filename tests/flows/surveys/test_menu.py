"""Options: the tables that find one, and how they are listed."""

import pytest

from flows.effects import Choice
from flows.surveys.menu import Listing, Menu, Option, clashes
from flows.surveys.words import Words, plain


def _menu(*labels: str) -> Menu:
    return Menu(tuple(Option(label, plain(label)) for label in labels))


@pytest.mark.parametrize(
    ("labels", "text", "value"),
    [
        (("2", "4", "6"), "2", "2"),
        (("2", "4", "6"), "1", None),
        (("1", "2", "3"), "3", "3"),
        (("1 day", "10 days"), "1", "1 day"),
        (("1 day", "10 days"), "10", None),
        (("One car", "Two cars"), "two", "Two cars"),
        (("Two cars", "One car"), "one", "Two cars"),
        (("C", "C++"), "c++", "C++"),
        (("C", "C++"), "c", "C"),
        (("C+", "C++"), "c", None),
        (("👍", "👎"), "👎🏿", "👎"),
        (("👍", "👎"), "👌", None),
        (("Happy", "Not happy"), "happy", "Happy"),
        (("Happy", "Not happy"), "not", "Not happy"),
    ],
)
def test_names_win_over_numbers_and_nothing_is_guessed(labels: tuple[str, ...], text: str, value: str | None) -> None:
    """Options are numbered only where a number is not already the name of another option."""
    assert _menu(*labels).find(text) == value


def test_options_are_listed_by_number() -> None:
    """Each on its line, and as a button, in every language."""
    menu = Menu((Option("a", Words({"en": "Yes please", "es": "Sí, por favor"})), Option("b", plain("No"))))
    assert menu.listing("es", "en") == Listing(
        "1) Sí, por favor\n2) No", (Choice("Sí, por favor", "a"), Choice("No", "b"))
    )
    assert menu.listing("es-MX", "en").text == "1) Sí, por favor\n2) No"
    assert menu.listing("fr", "en").text == "1) Yes please\n2) No"
    assert menu.listing("fr", "de").text == "1) Yes please\n2) No"


def test_options_that_are_numbers_are_not_numbered() -> None:
    """ "1) 2" would puzzle anyone."""
    assert _menu("2", "4").listing("en", "en").text == "- 2\n- 4"


def test_a_scale_lists_only_its_labels() -> None:
    """The numbers speak for themselves; every step is a button."""
    menu = Menu((Option("1", plain("Bad")), Option("2", Words())), is_scale=True)
    assert menu.listing("en", "en") == Listing("1 = Bad", (Choice("1 Bad", "1"), Choice("2", "2")))


def test_labels_by_value() -> None:
    """A value without an option, or an option without a label, is shown as it is."""
    menu = Menu((Option("a", Words({"en": "Red", "es": "Rojo"})), Option("b", Words())))
    assert [menu.label(value, "es", "en") for value in ("a", "b", "gone")] == ["Rojo", "b", "gone"]


def test_clashes() -> None:
    """Names that two options share, once each."""
    options = (Option("a", plain("Red"), ("x",)), Option("b", plain("RED"), ("X", "y")), Option("c", plain("c")))
    assert clashes(options) == ["Red", "x"] or clashes(options) == ["red", "x"]
    assert clashes(options[1:]) == []

"""Yes and no in many words."""

import pytest

from flows.surveys.yes_no import read_yes_no, yes_no_label, yes_no_listing


@pytest.mark.parametrize(
    "text",
    [
        "yes", "Y", "YES!!", "yesss", "yeah", "Sure", "ok", "of course", "yes please", "Yes, I do.", "yes, thank you",
        "sí", "si", "SÍ", "siiii", "Sí, claro", "claro que sí", "dale", "por supuesto", "vale gracias", "s",
        "oui", "sim", "ja", "👍", "👍🏽", "👍👍", "✅", "✔️", "ｙｅｓ", "yes 👎",
    ],
)  # fmt: skip
def test_yes(text: str) -> None:
    """Every usual word, and thumbs; words count more than signs."""
    assert read_yes_no(text) is True


@pytest.mark.parametrize(
    "text",
    [
        "no",
        "N",
        "NO.",
        "nooo",
        "nope",
        "no thanks",
        "No, gracias",
        "I don't",
        "i dont",
        "nunca",
        "nein",
        "não",
        "👎",
        "❌",
        "🚫",
    ],
)
def test_no(text: str) -> None:
    """The same for no."""
    assert read_yes_no(text) is False


@pytest.mark.parametrize(
    "text", ["", " ", "maybe", "yes no", "👍👎", "🙂", "not sure", "no problem", "please", "yes" * 500]
)
def test_neither(text: str) -> None:
    """What is neither, or both, is None."""
    assert read_yes_no(text) is None


def test_labels_by_language() -> None:
    """English where the language is not known."""
    assert [choice.label for choice in yes_no_listing("es-MX").choices] == ["Sí", "No"]
    assert [choice.label for choice in yes_no_listing("xx").choices] == ["Yes", "No"]
    assert (yes_no_label(True, "es"), yes_no_label(False, "fr"), yes_no_label(True, "xx")) == ("Sí", "Non", "Yes")

"""The words that steer a session."""

import pytest

from flows.surveys.verbs import Verb, verb_of


@pytest.mark.parametrize(
    ("text", "verb"),
    [
        ("BACK", Verb.BACK),
        ("go back!", Verb.BACK),
        ("ATRÁS", Verb.BACK),
        ("atras", Verb.BACK),
        ("Volver.", Verb.BACK),
        ("skip", Verb.SKIP),
        ("OMITIR", Verb.SKIP),
        ("saltar", Verb.SKIP),
        ("Restart", Verb.RESTART),
        ("start over", Verb.RESTART),
        ("reiniciar", Verb.RESTART),
        ("pause", Verb.PAUSE),
        ("EXIT", Verb.PAUSE),
        ("pausa", Verb.PAUSE),
        ("resume", Verb.RESUME),
        ("Continue", Verb.RESUME),
        ("seguir", Verb.RESUME),
    ],
)
def test_a_verb_is_the_whole_message(text: str, verb: Verb) -> None:
    """In English and Spanish, whatever the case, accents and punctuation."""
    assert verb_of(text) is verb


@pytest.mark.parametrize(
    "text", ["", "back pain", "I want to go back", "skipping", "stop", "cancel", "quit", "back" * 50]
)
def test_other_words_are_no_verbs(text: str) -> None:
    """A verb in a sentence is part of an answer; stop words are never verbs."""
    assert verb_of(text) is None

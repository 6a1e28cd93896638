"""What a sentence says about consent."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.consent.intents import Intent, Reading
from flows.consent.reading import MAX_LENGTH, PHRASEBOOKS, read_consent


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("please take me off your list", "en"),
        ("Stop texting me!", "en"),
        ("no me escriban más", "es"),
        ("quiero darme de baja", "es"),
        ("me tirem da lista", "pt"),
        ("retirez-moi de votre liste", "fr"),
        ("لا تراسلوني", "ar"),
        ("别再给我发短信", "zh"),
    ],
)
def test_sure_sentences(text: str, language: str) -> None:
    """A sentence that surely revokes consent is found with its language."""
    reading = read_consent(text)
    assert (reading.intent, reading.language) == (Intent.STOP_PHRASE, language)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        # Negated, or only looking so.
        ("please don't stop texting me", Intent.NONE),
        ("why won't you stop texting me", Intent.STOP_PHRASE),
        # Asked about, reported, quoted.
        ("why did you stop texting me?", Intent.NONE),
        ("my son said stop texting me", Intent.NONE),
        ('"stop texting me"', Intent.DOUBT),
        ('They wrote "hi", stop texting me', Intent.STOP_PHRASE),
        # About a time, a topic, a measure.
        ("stop texting me at night", Intent.DOUBT),
        ("stop sending so many", Intent.DOUBT),
        # The person wants to stay, or jokes.
        ("stop texting me haha", Intent.DOUBT),
        ("I said unsubscribe me, but I want to stay", Intent.DOUBT),
        # A bare stop among other clauses.
        ("please stop this", Intent.STOP_PHRASE),
        ("not interested, please stop", Intent.STOP_PHRASE),
        ("wrong number. stop", Intent.STOP_PHRASE),
        ("stop. nice weather", Intent.DOUBT),
        ("stop! please stop!!", Intent.STOP_PHRASE),
        ("Hello, please cancel, thank you", Intent.STOP),
        # The doubt of the bare clause does not make that same clause sure.
        ("See you Friday. Cancel.", Intent.DOUBT),
        ("Dinner, please cancel", Intent.DOUBT),
        ("Nos vemos el viernes. Cancelar", Intent.DOUBT),
        ("cena, cancelar por favor", Intent.DOUBT),
        ("Jantar, cancelar", Intent.DOUBT),
        # The doubt of another clause does.
        ("wrong number. cancel", Intent.STOP_PHRASE),
        ("No thanks, cancel", Intent.STOP_PHRASE),
        # Not about us.
        ("unsubscribe from netflix", Intent.DOUBT),
        ("stop by at 5?", Intent.NONE),
        ("We have got to stop this bill!!", Intent.NONE),
        # A human being, unless the rest says more.
        ("can I talk to a real person", Intent.PERSON),
        ("let me speak to a human, and stop texting me", Intent.STOP_PHRASE),
        ("wrong number, get me a human", Intent.DOUBT),
        # Nothing of the kind.
        ("two tickets for the list", Intent.NONE),
        ("good morning", Intent.NONE),
        ("I have a message for you", Intent.NONE),
        ("call", Intent.NONE),
    ],
)
def test_guards(text: str, intent: Intent) -> None:
    """Each guard takes a match back or weakens it."""
    assert read_consent(text).intent is intent


def test_matched_words() -> None:
    """The reading says which words decided."""
    assert read_consent("Hi. Please STOP texting me, ok?") == Reading(Intent.STOP_PHRASE, "stop texting me", "en")
    assert read_consent("lovely day") == Reading(Intent.NONE)


def test_only_the_beginning_is_read() -> None:
    """What comes after the bound costs nothing and says nothing."""
    assert read_consent("x" * MAX_LENGTH + " stop texting me").intent is Intent.NONE


def test_triggers_are_few_and_normalised() -> None:
    """The commonest answers wake no phrase book."""
    answers = {"yes", "no", "3", "pizza", "si", "maybe", "good", "great", "ok", "thanks", "i", "the", "a", "el", "la"}
    for book in PHRASEBOOKS:
        assert not answers & book.triggers


@given(st.text(max_size=300))
def test_any_text_can_be_read(text: str) -> None:
    """No text breaks the reader."""
    assert read_consent(text).intent in Intent

"""The published words, in every language at once."""

from __future__ import annotations

import pytest

from flows.consent.intents import Intent
from flows.consent.keywords import KEYWORD_WORDS, KEYWORDS, find_keyword, is_reserved, reserved_words
from flows.consent.reading import read_consent
from flows.language.text import words
from flows.registration.words import community_words, join_words, leave_words
from flows.surveys.verbs import Verb, verb_of
from flows.surveys.yes_no import read_yes_no
from tests.cases import load_case

NOT_FOR_EVERYONE = {"no", "join", "subscribe", "continue", "resume", "begin"}
"""In some product's list, but a word of our own dialogues (see flows/consent/keywords.py)."""


@pytest.mark.parametrize(
    ("text", "intent", "language"),
    [
        ("STOP", Intent.STOP, ""),
        ("Stop, please!", Intent.STOP, ""),
        ("stop stop STOP", Intent.STOP, ""),
        ("stop=end", Intent.STOP, ""),
        ("STOP HELP", Intent.STOP, ""),
        ("ok stop now", Intent.STOP, ""),
        ("Opt-Out", Intent.STOP, "en"),
        ("CANCEL", Intent.STOP, "en"),
        ("¡BAJA ya!", Intent.STOP, "es"),
        ("salir, por favor", Intent.STOP, "es"),
        ("descadastrar", Intent.STOP, "pt"),
        ("ARRÊT", Intent.STOP, "fr"),
        ("Kündigen", Intent.STOP, "de"),
        ("退订", Intent.STOP, "zh"),
        ("إيقاف", Intent.STOP, "ar"),
        ("СТОП", Intent.STOP, "ru"),
        ("START", Intent.START, ""),
        ("unstop please", Intent.START, ""),
        ("yes please", Intent.YES, ""),
        ("Ayuda", Intent.HELP, "es"),
        ("INFO", Intent.HELP, ""),
    ],
)
def test_words_alone(text: str, intent: Intent, language: str) -> None:
    """A word alone is found whatever its case, signs and courtesy, with its language."""
    found = find_keyword(words(text))
    assert found is not None
    assert (found.intent, found.language) == (intent, language)
    assert read_consent(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no",
        "join",
        "subscribe",
        "continue",
        "leave",
        "goodbye",
        "stop by",
        "help stop",
        "yes now",
        "start now",
        "all",
    ],
)
def test_what_is_no_keyword(text: str) -> None:
    """Words of our dialogues and words with more around them are not keywords; haste is taken off stop words only."""
    found = find_keyword(words(text))
    assert found is None or (text, found.intent) == ("help stop", Intent.STOP)


def test_published_lists() -> None:
    """Every stop, start and help word of every published list means what the list says."""
    for name, listed in load_case("optout_keyword_lists.json").items():
        for kind, intents in (
            ("opt_out", (Intent.STOP,)),
            ("opt_in", (Intent.START, Intent.YES)),
            ("help", (Intent.HELP,)),
        ):
            for word in listed.get(kind, []):
                reading = read_consent(word)
                allowed = (Intent.NONE,) if word.lower() in NOT_FOR_EVERYONE else intents
                assert reading.intent in allowed, (name, word)
                assert is_reserved(word) is (reading.intent is not Intent.NONE)


def test_reserved_words() -> None:
    """They are normalised, and may not start a flow, in whatever spelling."""
    reserved = reserved_words()
    assert {"stop", "baja", "unstop", "yes", "help", "opt out"} <= reserved
    assert all(is_reserved(word.upper()) for word in reserved)
    assert not any(map(is_reserved, ("feedback", "gala", "join", "cancel 12", "stop sign")))


def test_gate_holds_a_word_of_each() -> None:
    """No keyword is missed for want of a gate word."""
    assert all(KEYWORD_WORDS.intersection(said.split()) for said in KEYWORDS)


def test_no_word_of_ours_is_a_stop_word() -> None:
    """JOIN, LEAVE, the verbs of a session and the answers yes and no keep their own meaning."""
    ours = join_words() | leave_words() | community_words()
    assert not any(read_consent(word).intent is Intent.STOP for word in ours)
    stops = [said for said, reading in KEYWORDS.items() if reading.intent is Intent.STOP]
    assert not any(verb_of(said) in list(Verb) for said in stops)
    assert not any(read_yes_no(said) is not None for said in stops)

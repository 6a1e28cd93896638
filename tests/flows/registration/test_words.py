"""The words of registration against the words of consent."""

from __future__ import annotations

import pytest

from flows.consent.reading import Intent, read_consent
from flows.registration.words import community_words, join_words, leave_words, read_name

CONSENT = {Intent.STOP, Intent.START, Intent.HELP}


@pytest.mark.parametrize("word", sorted(join_words() | leave_words() | community_words()))
def test_no_word_of_ours_means_stop_start_or_help(word: str) -> None:
    """A stop word ends all messages wherever it stands, so none of ours may be one."""
    assert read_consent(word).intent not in CONSENT


@pytest.mark.parametrize("word", sorted(leave_words()))
@pytest.mark.parametrize("rest", ["gala", "community", "comunidad", "12"])
def test_leaving_one_thing_is_no_stop(word: str, rest: str) -> None:
    """LEAVE with a name after it withdraws from that, it does not end everything."""
    assert read_consent(f"{word} {rest}").intent not in CONSENT


@pytest.mark.parametrize("text", ["Stopford", "Will Yes", "Hola Smith", "Mr. T", "O'Neil", "Back Smith"])
def test_names_that_look_like_something_else(text: str) -> None:
    """Only whole texts count as words of ours: these are people."""
    assert read_name(text) == text

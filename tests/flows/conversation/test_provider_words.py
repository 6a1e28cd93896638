"""Which messages the provider has answered by itself."""

from __future__ import annotations

import pytest

from flows.conversation.provider_words import answered_by_provider
from flows.values import Transport
from tests.flows.conversation.people import text


@pytest.mark.parametrize("word", ["STOP", " stop\n", "Unsubscribe", "cancel", "START", "yes", "HELP", "info"])
def test_its_own_words(word: str) -> None:
    """The whole SMS or RCS message is one of its words, and its handling is on."""
    assert answered_by_provider(text(word), own_words=True)
    assert answered_by_provider(text(word, transport=Transport.RCS), own_words=True)
    assert not answered_by_provider(text(word), own_words=False)


@pytest.mark.parametrize("said", ["stop texting me", "STOP.", "alto", "hello", ""])
def test_words_that_are_ours_to_answer(said: str) -> None:
    """Anything else reaches us unanswered."""
    assert not answered_by_provider(text(said), own_words=True)


def test_it_says_so() -> None:
    """What the request itself says counts before everything else."""
    assert answered_by_provider(text("basta", opt_out_type="STOP"), own_words=False)


@pytest.mark.parametrize(
    "others", [{"transport": Transport.WHATSAPP}, {"transport": Transport.MESSENGER}, {"provider": "meta"}]
)
def test_elsewhere(others: dict[str, object]) -> None:
    """Other transports and other providers leave the words to us."""
    assert not answered_by_provider(text("STOP", **others), own_words=True)

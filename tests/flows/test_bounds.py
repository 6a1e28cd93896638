"""The bounds on what comes from outside."""

from __future__ import annotations

import pytest

from flows.bounds import (
    ADDRESS_LENGTH,
    MEDIA_COUNT,
    NAME_LENGTH,
    PROFILE_NAME,
    PROVIDER_ID_LENGTH,
    TEXT_LENGTH,
    clean,
    cut,
    within_bounds,
)
from flows.errors import MalformedPayload
from flows.values import Button, InboundMessage, Location, Media, Transport

USUAL = InboundMessage(
    "twilio", "SM1", Transport.SMS, "+15550100101", "+15550100000", "hi", metadata={"FromCity": "Brooklyn"}
)


def inbound(**changes: object) -> InboundMessage:
    """Make a message with these changes."""
    given: dict[str, object] = {
        "provider": "twilio",
        "provider_id": "SM1",
        "transport": Transport.SMS,
        "sender": "+15550100101",
        "recipient": "+15550100000",
        **changes,
    }
    return InboundMessage(**given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("plain", "plain"),
        ("S\0TOP", "STOP"),
        ("é\0", "é"),
        ("\ud800STOP", "\ufffdSTOP"),
        ("a\udc00é", "a\ufffdé"),
        ("\ud83d\ude00", "😀"),
        ("😀", "😀"),
    ],
)
def test_texts_are_cleaned(text: str, kept: str) -> None:
    """NUL goes, half a surrogate pair is replaced, two halves that fit are one sign."""
    assert clean(text) == kept
    clean(text).encode()


def test_a_text_is_cut_with_an_ellipsis() -> None:
    """One that fits stays as it is."""
    assert cut("abc", 3) == "abc"
    assert cut("abcd", 3) == "ab…"


def test_a_usual_message_stays_the_same() -> None:
    """Nothing is added, nothing taken away."""
    assert within_bounds(USUAL) == USUAL


def test_a_long_profile_name_is_kept_whole_beside() -> None:
    """The contact's name is cut; the metadata keep all of it."""
    bounded = within_bounds(inbound(profile_name="Ada" * 100))
    assert (bounded.profile_name or "") == ("Ada" * 100)[: NAME_LENGTH - 1] + "…"
    assert bounded.metadata[PROFILE_NAME] == "Ada" * 100


def test_every_part_is_bounded() -> None:
    """Texts, buttons, places and media, in number and in length."""
    long = "\ud800" + "x" * TEXT_LENGTH
    bounded = within_bounds(
        inbound(
            text=long,
            media=tuple(Media(f"https://example.org/\0{number}", "t" * 999) for number in range(99)),
            button=Button(long, long),
            location=Location(1.0, 2.0, long, None),
            metadata={"FromCity": long},
        )
    )
    assert len(bounded.text) == TEXT_LENGTH
    assert len(bounded.media) == MEDIA_COUNT
    assert bounded.media[1] == Media("https://example.org/1", "t" * (NAME_LENGTH - 1) + "…")
    assert bounded.button is not None
    assert len(bounded.button.text) == len(bounded.button.payload or "") == TEXT_LENGTH
    assert bounded.location is not None
    assert bounded.location.label is not None
    assert bounded.location.label.startswith("\ufffdx")
    assert len(bounded.metadata["FromCity"]) == TEXT_LENGTH


@pytest.mark.parametrize(
    "changes",
    [
        {"provider_id": "S" * (PROVIDER_ID_LENGTH + 1)},
        {"sender": "US." + "a" * ADDRESS_LENGTH},
        {"recipient": "US." + "a" * ADDRESS_LENGTH},
    ],
)
def test_what_cannot_be_cut_is_refused(changes: dict[str, str]) -> None:
    """A shorter id would be another message's, a shorter address another person's."""
    with pytest.raises(MalformedPayload, match="longer than"):
        within_bounds(inbound(**changes))

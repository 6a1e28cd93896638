"""Twilio's status callback, parsed."""

from __future__ import annotations

import pytest

from bot.providers.twilio.inbound import read_form
from bot.providers.twilio.payload import Ignored
from bot.providers.twilio.receipts import STATUSES, message_token, parse_receipt, read_token
from flows.errors import MalformedPayload
from flows.values import MessageStatus, Receipt
from tests.cases import load_case

SID = "SM00000000000000000000000000000abc"
KEY = bytes(range(16))
QUERY = {"m": message_token(KEY), "a": "2"}


def receipt(query: dict[str, str] | None = None, **params: str) -> Receipt:
    """Parse a callback that is one."""
    parsed = parse_receipt(tuple({"MessageSid": SID, **params}.items()), query or {})
    assert isinstance(parsed, Receipt)
    return parsed


def test_real_callbacks_mean_what_they_should() -> None:
    """Every recorded callback: the receipt, or ignored, or malformed."""
    words = {"canceled": "cancelled"}
    for case in load_case("twilio_status.json"):
        expect, pairs = case["expect"], read_form(case["raw_body"].encode())
        if expect.get("ignored"):
            assert isinstance(parse_receipt(pairs, {}), Ignored), case["name"]
        elif expect.get("accepted") is False:
            with pytest.raises(MalformedPayload):
                parse_receipt(pairs, {})
        else:
            parsed = parse_receipt(pairs, {})
            assert isinstance(parsed, Receipt), case["name"]
            assert parsed.provider_id == expect["external_id"]
            assert parsed.status == words.get(expect["status"], expect["status"])
            assert parsed.error_code == expect["error_code"]


def test_every_status_of_the_sequences_is_known() -> None:
    """The words that the documentation lists for outbound messages."""
    sequences = load_case("twilio_status_sequences.json")["sequences"]
    assert {word for sequence in sequences for word in sequence["statuses"]} <= STATUSES.keys()


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("accepted", MessageStatus.SENT),
        ("scheduled", MessageStatus.SENT),
        ("queued", MessageStatus.SENT),
        ("sending", MessageStatus.SENT),
        ("sent", MessageStatus.SENT),
        ("partially_delivered", MessageStatus.SENT),
        ("delivered", MessageStatus.DELIVERED),
        ("Read", MessageStatus.READ),
        ("undelivered", MessageStatus.UNDELIVERED),
        ("failed", MessageStatus.FAILED),
        ("canceled", MessageStatus.CANCELLED),
    ],
)
def test_each_status_in_our_words(word: str, status: MessageStatus) -> None:
    """A callback proves acceptance, so that the early words are all `sent`."""
    assert receipt(MessageStatus=word).status is status
    assert receipt(SmsStatus=word).status is status


def test_a_receipt_names_our_message_and_attempt() -> None:
    """Both come from the URL that we gave, and the error from the parameters."""
    assert receipt(QUERY, MessageStatus="failed", ErrorCode="30005", ErrorMessage="Unknown handset") == Receipt(
        "twilio", SID, MessageStatus.FAILED, "30005", "Unknown handset", KEY, 2
    )


def test_no_error_is_no_code() -> None:
    """Twilio writes nothing, a blank or a zero."""
    assert receipt(MessageStatus="sent").error_code is None
    assert receipt(MessageStatus="sent", ErrorCode="").error_code is None
    assert receipt(MessageStatus="sent", ErrorCode="0").error_code is None


@pytest.mark.parametrize(
    ("params", "query"),
    [
        ({"MessageStatus": "huh"}, {}),
        ({"MessageStatus": "sent", "ErrorCode": "x"}, {}),
        ({"MessageStatus": "sent", "MessageSid": "1"}, {}),
        ({"MessageStatus": "sent"}, {"m": "00"}),
        ({"MessageStatus": "sent"}, {"m": message_token(KEY).upper()}),
        ({"MessageStatus": "sent"}, {**QUERY, "a": "1x"}),
        ({"MessageStatus": "sent"}, {**QUERY, "a": ""}),
    ],
)
def test_a_bad_callback_is_malformed(params: dict[str, str], query: dict[str, str]) -> None:
    """Unknown words, ids that are none, and a query that we never wrote."""
    with pytest.raises(MalformedPayload):
        receipt(query, **params)


@pytest.mark.parametrize("params", [{}, {"MessageSid": SID}, {"MessageSid": SID, "SmsStatus": "received"}])
def test_no_news_is_ignored(params: dict[str, str]) -> None:
    """No status, or the status of a message that came in."""
    assert isinstance(parse_receipt(tuple(params.items()), {}), Ignored)


def test_a_token_is_the_key_in_hexadecimal() -> None:
    """It needs no escaping in a URL, and only what was written is read."""
    assert message_token(KEY) == "000102030405060708090a0b0c0d0e0f"
    assert read_token(message_token(KEY)) == KEY
    assert read_token("") is None
    assert read_token(message_token(KEY) + "\n") is None

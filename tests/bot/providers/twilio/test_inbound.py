"""Twilio's inbound webhook, parsed."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Any
from urllib.parse import urlencode

import pytest

from bot.providers.twilio.inbound import MAX_FIELDS, decode_text, parse_inbound, read_form, read_json
from bot.providers.twilio.payload import Ignored
from flows.errors import MalformedPayload
from flows.values import Button, InboundMessage, Location, Media, Transport
from tests.cases import load_case

SID = "SM00000000000000000000000000000abc"
BASE = {"MessageSid": SID, "From": "+15550100001", "To": "+15550109999", "Body": "JOIN"}
WHATSAPP = {**BASE, "From": "whatsapp:+15550100001", "To": "whatsapp:+15550109999"}


def parse(base: dict[str, str] = BASE, **changes: str) -> InboundMessage:
    """Parse a message with these changes."""
    message = parse_inbound(tuple({**base, **changes}.items()))
    assert isinstance(message, InboundMessage)
    return message


def seen(message: InboundMessage) -> dict[str, Any]:
    """Write a message in the words of the cases."""
    found: dict[str, Any] = {
        "channel": message.transport.value,
        "from": message.sender,
        "to": message.recipient,
        "text": message.text,
        "external_id": message.provider_id,
        "media": [{"url": media.url, "content_type": media.content_type} for media in message.media],
        "profile_name": message.profile_name or "",
        "opt_out_type": message.opt_out_type,
        "button": message.button and {"text": message.button.text, "payload": message.button.payload},
    }
    if place := message.location:
        found["location"] = {
            "lat": place.latitude,
            "lon": place.longitude,
            "label": place.label,
            "address": place.address,
        }
    return found


def test_real_requests_mean_what_they_should() -> None:
    """Every recorded request: the message, or news that is ignored, or a malformed one."""
    for case in load_case("twilio_inbound.json"):
        expect = case["expect"]
        pairs = read_form(case["raw_body"].encode())
        if expect["kind"] == "status":
            assert isinstance(parse_inbound(pairs), Ignored), case["name"]
        elif expect.get("stored") is False:
            with pytest.raises(MalformedPayload):
                parse_inbound(pairs)
        else:
            message = parse_inbound(pairs)
            assert isinstance(message, InboundMessage), case["name"]
            known = {"location": None, "opt_out_type": None, "button": None, "profile_name": "", **expect}
            found = {"location": None, **seen(message)}
            assert found == {name: known[name] for name in found}, case["name"]


def test_forms_are_decoded_as_the_standard_parser_does() -> None:
    """Blanks are kept, empty fields and names without a value are handled, escapes are read as UTF-8."""
    assert read_form(b"a=1&&b=&c&d=x%3D+y&e=%C3%A1&f=p=q") == (
        ("a", "1"),
        ("b", ""),
        ("c", ""),
        ("d", "x= y"),
        ("e", "á"),
        ("f", "p=q"),
    )
    assert read_form(b"") == ()


def test_bytes_that_are_no_utf8_are_replaced() -> None:
    """A trap of request.post(), which raises on them: raw, escaped, or cut in the middle."""
    assert read_form(b"a=\xff&b=%FF&c=%ZZ&d=%C3") == (("a", "\ufffd"), ("b", "\ufffd"), ("c", "%ZZ"), ("d", "\ufffd"))


def test_too_many_fields_are_refused() -> None:
    """Two hundred fields pass, one more does not."""
    assert len(read_form(b"&".join([b"a=1"] * MAX_FIELDS))) == MAX_FIELDS
    with pytest.raises(MalformedPayload, match="200 fields"):
        read_form(b"&".join([b"a=1"] * (MAX_FIELDS + 1)))


def test_json_says_the_same_as_a_form() -> None:
    """An object's members become parameters, numbers and nested values as text."""
    body = {**BASE, "NumMedia": 0, "AddOns": {"status": "ok"}, "ProfileName": None, "Forwarded": True}
    pairs = read_json(json.dumps(body).encode())
    assert dict(pairs) == {**BASE, "NumMedia": "0", "AddOns": '{"status": "ok"}', "Forwarded": "true"}
    assert parse_inbound(pairs) == parse(AddOns='{"status": "ok"}', Forwarded="true")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b"3",
        b"{",
        b"\xff",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"a": ' + b"9" * 10_000 + b"}",
        json.dumps({str(number): 1 for number in range(MAX_FIELDS + 1)}).encode(),
    ],
)
def test_bad_json_is_malformed(raw: bytes) -> None:
    """No JSON raises anything else."""
    with pytest.raises(MalformedPayload):
        read_json(raw)


def test_text_can_always_be_stored() -> None:
    """Halves of surrogate pairs are replaced, and NUL is taken out."""
    raw = json.dumps({**BASE, "Body": "a\ud800b\0c"}).encode()
    message = parse_inbound(read_json(raw))
    assert isinstance(message, InboundMessage)
    assert message.text == "a?bc"
    assert message.text.encode().decode() == message.text


def test_metadata_hold_what_else_is_known() -> None:
    """Places, account and referral are kept; blanks, and what the message has already, are not."""
    message = parse(
        FromCity="OAKLAND",
        FromZip="",
        NumSegments="1",
        AccountSid="AC1",
        ReferralHeadline="An ad",
        SmsStatus="received",
        NumMedia="0",
    )
    assert message.metadata == {
        "FromCity": "OAKLAND",
        "NumSegments": "1",
        "AccountSid": "AC1",
        "ReferralHeadline": "An ad",
    }


def test_a_button_says_its_text() -> None:
    """The tapped button's text is the text, whatever the body says."""
    message = parse(WHATSAPP, Body="Confirm?", ButtonText="Yes", ButtonPayload="YES_1")
    assert (message.text, message.button) == ("Yes", Button("Yes", "YES_1"))


def test_a_list_row_is_a_button() -> None:
    """Its id is the payload; the description is kept beside."""
    message = parse(WHATSAPP, Body="Large", ListId="size_l", ListTitle="Large", ListDescription="12 inches")
    assert (message.text, message.button) == ("Large", Button("Large", "size_l"))
    assert message.metadata == {"ListDescription": "12 inches"}


def test_a_payload_without_text_is_a_button_too() -> None:
    """The body, or else the payload itself, stands for the missing text."""
    assert parse(WHATSAPP, Body="Yes", ButtonPayload="YES_1").button == Button("Yes", "YES_1")
    assert parse(WHATSAPP, Body="", ButtonPayload="YES_1").button == Button("YES_1", "YES_1")


def test_a_location_has_degrees_label_and_address() -> None:
    """All four parts of a shared place."""
    message = parse(WHATSAPP, Body="", Latitude="12.5", Longitude="-7.25", Label="Cafe", Address="1 Example Street")
    assert message.location == Location(12.5, -7.25, "Cafe", "1 Example Street")


@pytest.mark.parametrize(
    ("latitude", "longitude"), [("x", "1"), ("nan", "1"), ("91", "0"), ("1", "inf"), ("1", ""), ("", "1")]
)
def test_a_place_that_is_none_is_left_out(latitude: str, longitude: str) -> None:
    """The message is taken all the same."""
    assert parse(WHATSAPP, Latitude=latitude, Longitude=longitude).location is None


def test_media_are_taken_in_order() -> None:
    """As many as there are addresses, with or without a type."""
    message = parse(
        NumMedia="2", MediaUrl0="https://e.org/0", MediaContentType0="image/png", MediaUrl1="https://e.org/1"
    )
    assert message.media == (Media("https://e.org/0", "image/png"), Media("https://e.org/1", None))


@pytest.mark.parametrize(("given", "kept"), [("STOP", "STOP"), ("stop", "STOP"), ("HELP", "HELP"), ("JOIN", None)])
def test_only_known_opt_out_types_count(given: str, kept: str | None) -> None:
    """STOP, START and HELP, in any case."""
    assert parse(OptOutType=given).opt_out_type == kept


@pytest.mark.parametrize(
    ("sender", "transport", "address"),
    [
        ("+15550100001", Transport.SMS, "+15550100001"),
        ("55501", Transport.SMS, "55501"),
        ("ACME Shop", Transport.SMS, "ACME Shop"),
        ("whatsapp:+5215550100001", Transport.WHATSAPP, "+5215550100001"),
        ("whatsapp:IN.2081978709342942", Transport.WHATSAPP, "IN.2081978709342942"),
        ("whatsapp:US.ENT.11815799212886844830", Transport.WHATSAPP, "US.ENT.11815799212886844830"),
    ],
)
def test_senders_of_every_kind(sender: str, transport: Transport, address: str) -> None:
    """Phones, short codes, sender names and WhatsApp user ids, without their prefix."""
    message = parse(From=sender)
    assert (message.transport, message.sender) == (transport, address)


def test_one_prefix_makes_it_whatsapp() -> None:
    """Also when only our own address carries it."""
    assert parse(To="whatsapp:+15550109999").transport is Transport.WHATSAPP


@pytest.mark.parametrize(
    "sender", ["", "+", "+1555", "+1 555 0100001", "whatsapp:", "whatsapp:ACME", "a:b:+1555010", "é"]
)
def test_a_bad_address_is_malformed(sender: str) -> None:
    """The sentence names the parameter."""
    with pytest.raises(MalformedPayload, match="From"):
        parse(From=sender)


def test_other_channels_are_ignored_with_a_reason() -> None:
    """A message on a channel that we do not speak is no error."""
    ignored = parse_inbound(tuple({**BASE, "From": "telepathy:123", "To": "telepathy:456"}.items()))
    assert ignored == Ignored("channel telepathy is not supported: only SMS, MMS, WhatsApp, RCS and Messenger are")


@pytest.mark.parametrize("name", ["MessageSid", "From", "To"])
def test_what_every_message_has_must_be_there(name: str) -> None:
    """Without it nothing can be stored, and the sentence says what is missing."""
    with pytest.raises(MalformedPayload, match=f"{name} is missing"):
        parse_inbound(tuple((other, value) for other, value in BASE.items() if other != name))


def test_a_repeated_parameter_is_refused() -> None:
    """Even with the same value."""
    with pytest.raises(MalformedPayload, match="more than once"):
        parse_inbound((*BASE.items(), ("Body", "JOIN")))


@pytest.mark.parametrize("status", [{"MessageStatus": "delivered"}, {"SmsStatus": "sent"}])
def test_a_status_callback_is_no_message(status: dict[str, str]) -> None:
    """It says what to set right."""
    ignored = parse_inbound(tuple({**BASE, **status}.items()))
    assert isinstance(ignored, Ignored)
    assert "/webhooks/twilio/status" in ignored.reason


def test_parameters_to_come_are_let_through() -> None:
    """Twilio adds parameters without notice; they change nothing."""
    assert parse(Carrier="Example", NetworkKind="5G", Forward="true") == parse()


def test_base64_of_an_mms_is_undone() -> None:
    """With and without line breaks; the text comes out as it was written."""
    text = "Bannon Explains The World ...\n“The Camp of the Saints” 👋 and a few more words"
    packed = b64encode(text.encode()).decode()
    assert decode_text(packed) == text
    assert decode_text(packed[:60] + "\r\n" + packed[60:]) == text
    assert parse(Body=packed).text == text


@pytest.mark.parametrize(
    "text",
    [
        "JOIN",
        "a" * 60,
        "0123456789abcdef" * 4,
        "c2hvcnQ=",
        "This is a sentence of exactly sixty-four letters and it has spaces",
        "A" * 61,
        b64encode(bytes(range(256))).decode(),
        b64encode(b"\x01" * 60).decode(),
    ],
)
def test_what_only_looks_like_base64_stays(text: str) -> None:
    """Short texts, words, hexadecimal numbers and packed binary data are left alone."""
    assert decode_text(text) == text


def test_a_form_travels_unchanged() -> None:
    """Encoding and reading gives the same parameters."""
    pairs = tuple({**WHATSAPP, "Body": "1+1=2 & más 👋%20"}.items())
    assert read_form(urlencode(pairs).encode()) == pairs

"""What people send: Twilio's inbound webhook, parsed to an `InboundMessage`.

Parameters: twilio.com/docs/messaging/guides/webhook-request.
"""

from __future__ import annotations

import binascii
import json
from base64 import b64decode
from collections.abc import Mapping
from urllib.parse import unquote

from bot.providers.twilio.payload import ADDRESSES, Ignored, Pairs, read_address, read_fields, read_sid
from flows.bounds import within_bounds
from flows.errors import MalformedPayload
from flows.values import Button, InboundMessage, Location, Media, Transport

MAX_FIELDS = 200
"""More parameters than that are no message."""

_OPT_OUT_TYPES = frozenset(("STOP", "START", "HELP"))
_ARRIVING = frozenset(("received", "receiving", ""))
_SHORTEST_BASE64 = 60
_METADATA = frozenset(
    (
        *("AccountSid", "MessagingServiceSid", "NumSegments", "MessageType", "Timestamp", "AddOns", "ChannelMetadata"),
        *("FromCity", "FromState", "FromZip", "FromCountry", "ToCity", "ToState", "ToZip", "ToCountry"),
        *("WaId", "ProfileUsername", "ExternalUserId", "ParentExternalUserId", "Forwarded", "FrequentlyForwarded"),
        *("ListDescription", "InteractiveData", "FlowData"),
        *("OriginalRepliedMessageSid", "OriginalRepliedMessageSender"),
        *("ReferralBody", "ReferralHeadline", "ReferralSourceId", "ReferralSourceType", "ReferralSourceUrl"),
        *("ReferralMediaId", "ReferralMediaContentType", "ReferralMediaUrl", "ReferralNumMedia", "ReferralCtwaClid"),
    )
)


def read_form(raw_body: bytes) -> Pairs:
    """Decode a form body to pairs, blanks kept; raises `MalformedPayload` over 200 fields, never for bad bytes."""
    # Not parse_qsl: it takes three times as long, and request.post() raises on bytes that are not UTF-8.
    fields = raw_body.decode("utf-8", "replace").replace("+", " ").split("&")
    if len(fields) > MAX_FIELDS:
        raise MalformedPayload(f"the form has more than {MAX_FIELDS} fields")
    return tuple([_pair(field) for field in fields if field])


def _pair(field: str) -> tuple[str, str]:
    name, _, value = field.partition("=")
    if "%" in field:
        return unquote(name), unquote(value)
    return name, value


def read_json(raw_body: bytes) -> Pairs:
    """Decode a JSON object to pairs, values as text; raises `MalformedPayload` for anything else."""
    try:
        decoded = json.loads(raw_body.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        raise MalformedPayload("the body is no JSON") from None
    if not isinstance(decoded, dict) or len(decoded) > MAX_FIELDS:
        raise MalformedPayload(f"the body is no JSON object of at most {MAX_FIELDS} members")
    return tuple((_clean(name), _plain(value)) for name, value in decoded.items() if value is not None)


def _plain(value: object) -> str:
    return _clean(value if isinstance(value, str) else json.dumps(value))


def _clean(text: str) -> str:
    """Replace halves of surrogate pairs: JSON may hold them, no database can store them."""
    return text.encode("utf-8", "replace").decode()


def parse_inbound(pairs: Pairs) -> InboundMessage | Ignored:
    """Parse the parameters of a message; raises `MalformedPayload` when it is none."""
    fields = read_fields(pairs)
    sid = read_sid(fields)
    if not {fields.get("MessageStatus", ""), fields.get("SmsStatus", "")} <= _ARRIVING:
        return Ignored(
            "status callback at the inbound address: set the status URL of the number to /webhooks/twilio/status"
        )
    channel, sender = read_address(fields, "From")
    channel_of_recipient, recipient = read_address(fields, "To")
    channel = channel or channel_of_recipient
    if channel not in ADDRESSES:
        return Ignored(f"channel {channel[:20]} is not supported: only SMS, MMS, WhatsApp, RCS and Messenger are")
    return _message(fields, sid, Transport(channel or "sms"), sender, recipient)


def _message(fields: Mapping[str, str], sid: str, transport: Transport, sender: str, recipient: str) -> InboundMessage:
    button = _button(fields)
    opt_out_type = fields.get("OptOutType", "").upper()
    message = InboundMessage(
        provider="twilio",
        provider_id=sid,
        transport=transport,
        sender=sender,
        recipient=recipient,
        text=button.text if button else decode_text(fields.get("Body", "")),
        media=_media(fields),
        button=button,
        location=_location(fields),
        profile_name=fields.get("ProfileName", "").strip() or None,
        opt_out_type=opt_out_type if opt_out_type in _OPT_OUT_TYPES else None,
        metadata={name: value for name, value in fields.items() if value and name in _METADATA},
    )
    return within_bounds(message)


def decode_text(text: str) -> str:
    """Undo the base64 in which some carriers hand on the text of an MMS; any other text comes back as it is."""
    packed = text.replace("\r", "").replace("\n", "")
    if len(packed) < _SHORTEST_BASE64 or len(packed) % 4 or " " in packed:
        return text
    try:
        decoded = b64decode(packed, validate=True).decode()
    except (binascii.Error, ValueError):
        return text
    return decoded if all(letter.isprintable() or letter in "\r\n\t" or letter > "\x7f" for letter in decoded) else text


def _button(fields: Mapping[str, str]) -> Button | None:
    for text, payload in (("ButtonText", "ButtonPayload"), ("ListTitle", "ListId")):
        if fields.get(text) or fields.get(payload):
            label = fields.get(text) or fields.get("Body") or fields[payload]
            return Button(label, fields.get(payload) or None)
    return None


def _media(fields: Mapping[str, str]) -> tuple[Media, ...]:
    media: list[Media] = []
    while url := fields.get(f"MediaUrl{len(media)}"):
        media.append(Media(url, fields.get(f"MediaContentType{len(media)}") or None))
    return tuple(media)


def _location(fields: Mapping[str, str]) -> Location | None:
    if not fields.get("Latitude"):
        return None
    try:
        latitude, longitude = float(fields["Latitude"]), float(fields.get("Longitude", ""))
    except ValueError:
        return None
    # NaN fails both comparisons.
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        return None
    return Location(latitude, longitude, fields.get("Label") or None, fields.get("Address") or None)

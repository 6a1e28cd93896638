"""Twilio's webhook parameters: their names, their addresses, and the one way they may be read.

Twilio signs names and values run together without delimiters, so bytes can move between a name and a value, or
between neighbours, under the same signature. `read_fields` refuses every request that could be such a rewriting.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from flows.errors import MalformedPayload
from flows.values import Transport

Pairs = tuple[tuple[str, str], ...]
"""Decoded parameters in the order they came."""


@dataclass(frozen=True, slots=True)
class Ignored:
    """A genuine request that is no news for us: answered 200, nothing stored."""

    reason: str


_MEDIA = tuple(f"{name}{number}" for name in ("MediaUrl", "MediaContentType") for number in range(10))

KNOWN = frozenset(
    (
        *("MessageSid", "SmsSid", "SmsMessageSid", "AccountSid", "ApiVersion", "MessagingServiceSid", "Timestamp"),
        *("From", "To", "Body", "NumMedia", "NumSegments", "SmsStatus", "MessageStatus", "MessageType", "OptOutType"),
        *("FromCity", "FromState", "FromZip", "FromCountry", "ToCity", "ToState", "ToZip", "ToCountry", "AddOns"),
        *("ProfileName", "ProfileUsername", "WaId", "ExternalUserId", "ParentExternalUserId", "ChannelMetadata"),
        *("ButtonText", "ButtonPayload", "ListId", "ListTitle", "ListDescription", "InteractiveData", "FlowData"),
        *("Latitude", "Longitude", "Address", "Label", "Forwarded", "FrequentlyForwarded"),
        *("OriginalRepliedMessageSid", "OriginalRepliedMessageSender"),
        *("ReferralBody", "ReferralHeadline", "ReferralSourceId", "ReferralSourceType", "ReferralSourceUrl"),
        *("ReferralMediaId", "ReferralMediaContentType", "ReferralMediaUrl", "ReferralNumMedia", "ReferralCtwaClid"),
        *("ErrorCode", "ErrorMessage", "EventType", "RawDlrDoneDate", "StructuredMessage"),
        *("ChannelPrefix", "ChannelInstallSid", "ChannelToAddress", "ChannelStatusCode", "ChannelStatusMessage"),
        *_MEDIA,
    )
)
"""Names that Twilio documents or sends, of messages and of status callbacks; others may come and are passed over."""

_RIGID = frozenset(
    (
        *("ApiVersion", "NumMedia", "NumSegments", "SmsStatus", "MessageStatus", "MessageType", "WaId", "Latitude"),
        *("Longitude", "Forwarded", "FrequentlyForwarded", "ReferralNumMedia", "ErrorCode", "ChannelPrefix"),
        *("StructuredMessage", "EventType", "FromZip", "ToZip"),
    )
)
"""Parameters whose values hold no capital letters, so that no end of them could pass for a parameter's name."""
_NAME = re.compile(r"[A-Z][A-Za-z0-9]*")
_WORD = re.compile(r"[A-Z][a-z]{2,}")
_SID = re.compile(r"(?:SM|MM)[A-Za-z0-9]{1,64}")
_PHONE = re.compile(r"\+[0-9]{5,20}")
_SHORT_CODE = re.compile(r"[0-9]{2,15}")
_ALPHANUMERIC = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9][A-Za-z0-9 &+_.-]{0,19}")
_WHATSAPP_USER = re.compile(r"[A-Z]{2}\.[A-Za-z0-9.]{1,130}")
_ACCOUNT = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_CHANNEL = re.compile(r"[a-z]+")
ADDRESSES: Mapping[str, tuple[re.Pattern[str], ...]] = {
    "": (_PHONE, _SHORT_CODE, _ALPHANUMERIC),
    Transport.WHATSAPP.value: (_PHONE, _SHORT_CODE, _WHATSAPP_USER),
    Transport.RCS.value: (_PHONE, _ACCOUNT),
    Transport.MESSENGER.value: (_ACCOUNT,),
}
"""The channels that we speak, by their prefix ("" is SMS), with the forms of their addresses."""


def read_fields(pairs: Pairs) -> dict[str, str]:
    """Make name -> value of the parameters; raises `MalformedPayload` where they could be read in another way."""
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise MalformedPayload("a parameter appears more than once: Twilio sends each once")
    absent = KNOWN.difference(fields)
    for name in fields.keys() - KNOWN:
        _check_unknown(name, fields, absent)
    text = "\n".join(fields.values())
    for suspect in [name for name in absent if name in text]:
        _check_swallowed(suspect, fields)
    return {name: value.replace("\0", "") for name, value in fields.items()} if "\0" in text else fields


def _check_unknown(name: str, fields: Mapping[str, str], absent: frozenset[str]) -> None:
    """Refuse a new name that may be a piece of a value, or a known name with a piece of its value.

    Twilio adds parameters unannounced, so one that looks like a name of theirs, after a value that is not cut short
    in the middle of a sentence or path, is let through.
    """
    if not _NAME.fullmatch(name):
        raise MalformedPayload(f"{name[:40]!r} is no parameter of Twilio's: is this request from Twilio?")
    before = max((other for other in fields if other < name), default="")
    value, following = fields.get(before, ""), name + fields[name]
    if following.startswith(tuple(absent)) or any(_is_split(known, value, following) for known in absent):
        raise _ambiguous(name)
    is_doubtful = _is_cut(before, name, fields) or not _WORD.match(name) or name.endswith(tuple(absent))
    if before and before not in _RIGID and is_doubtful:
        raise _ambiguous(name)


def _is_cut(before: str, name: str, fields: Mapping[str, str]) -> bool:
    """Say whether the value before a new name looks as if the name and its value were cut off from it."""
    value, rest = fields.get(before, ""), fields[name]
    if not value:
        return before != "Body" or "MediaUrl0" not in fields or " " in rest
    return value.endswith("/") or value[-1].isspace() or rest[:1].isspace()


def _is_split(known: str, value: str, following: str) -> bool:
    """Say whether a value ends with the beginning of a known name and what follows goes on with its rest."""
    return any(value.endswith(known[:cut]) and following.startswith(known[cut:]) for cut in range(1, len(known)))


def _check_swallowed(absent: str, fields: Mapping[str, str]) -> None:
    """Refuse a value that holds the absent name just where the sorted parameters would have it."""
    names = sorted(fields)
    place = sum(name < absent for name in names) - 1
    if place >= 0 and absent in fields[names[place]]:
        raise _ambiguous(names[place])


def _ambiguous(name: str) -> MalformedPayload:
    return MalformedPayload(f"parameter {name[:40]} can be read in two ways under one signature: it is refused")


def read_sid(fields: Mapping[str, str]) -> str:
    """Return the MessageSid (or SmsSid, its old name); raises `MalformedPayload` when there is none."""
    sid = fields.get("MessageSid") or fields.get("SmsSid") or fields.get("SmsMessageSid") or ""
    if not _SID.fullmatch(sid):
        raise MalformedPayload("MessageSid is missing or is no message id (SM... or MM...)")
    return sid


def read_address(fields: Mapping[str, str], name: str) -> tuple[str, str]:
    """Split the address in this parameter into its channel ("" for SMS) and the bare address."""
    text = fields.get(name, "")
    channel, colon, address = text.rpartition(":")
    if colon and not _CHANNEL.fullmatch(channel):
        raise MalformedPayload(f"{name} is no address")
    if channel in ADDRESSES and not any(pattern.fullmatch(address) for pattern in ADDRESSES[channel]):
        raise MalformedPayload(f"{name} is missing or is no phone number, short code or sender name")
    return channel, address

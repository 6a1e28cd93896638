"""Delivery news: Twilio's status callback, parsed to a `Receipt`.

Parameters: twilio.com/docs/messaging/guides/track-outbound-message-status.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.providers.twilio.payload import Ignored, Pairs, read_fields, read_sid
from flows.errors import MalformedPayload
from flows.values import Key, MessageStatus, Receipt

STATUSES: Mapping[str, MessageStatus] = {
    # A callback proves that Twilio has the message, whatever it still has to do with it.
    "accepted": MessageStatus.SENT,
    "scheduled": MessageStatus.SENT,
    "queued": MessageStatus.SENT,
    "sending": MessageStatus.SENT,
    "sent": MessageStatus.SENT,
    "partially_delivered": MessageStatus.SENT,
    "delivered": MessageStatus.DELIVERED,
    "read": MessageStatus.READ,
    "undelivered": MessageStatus.UNDELIVERED,
    "failed": MessageStatus.FAILED,
    "canceled": MessageStatus.CANCELLED,
}
"""Twilio's words for an outbound message, in ours."""

_ARRIVING = frozenset(("receiving", "received"))
_TOKEN = re.compile(r"[0-9a-f]{32}")
_NUMBER = re.compile(r"[0-9]{1,6}")


def message_token(key: Key) -> str:
    """Write a message's key as text that needs no escaping in a URL."""
    return key.hex()


def read_token(text: str) -> Key | None:
    """Read what `message_token` wrote; None for anything else."""
    return bytes.fromhex(text) if _TOKEN.fullmatch(text) else None


def parse_receipt(pairs: Pairs, query: Mapping[str, str]) -> Receipt | Ignored:
    """Parse a status callback and the query of the URL it came to; raises `MalformedPayload` when it is none."""
    fields = read_fields(pairs)
    word = (fields.get("MessageStatus") or fields.get("SmsStatus") or "").lower()
    if not word:
        return Ignored("no MessageStatus: nothing to record")
    sid = read_sid(fields)
    if word in _ARRIVING:
        return Ignored("an inbound message at the status address: set the number's message URL to the inbound one")
    if word not in STATUSES:
        raise MalformedPayload(f"MessageStatus {word[:40]!r} is not known")
    return Receipt(
        provider="twilio",
        provider_id=sid,
        status=STATUSES[word],
        error_code=_error_code(fields),
        error_text=fields.get("ErrorMessage") or None,
        message_id=_message_id(query),
        attempt=_attempt(query),
    )


def _error_code(fields: Mapping[str, str]) -> str | None:
    code = fields.get("ErrorCode", "")
    if code and not _NUMBER.fullmatch(code):
        raise MalformedPayload("ErrorCode is no number")
    return code if code.strip("0") else None


def _message_id(query: Mapping[str, str]) -> Key | None:
    if "m" not in query:
        return None
    key = read_token(query["m"])
    if key is None:
        raise MalformedPayload("m in the address is no message id of ours")
    return key


def _attempt(query: Mapping[str, str]) -> int | None:
    if "a" not in query:
        return None
    if not _NUMBER.fullmatch(query["a"]):
        raise MalformedPayload("a in the address is no attempt number")
    return int(query["a"])

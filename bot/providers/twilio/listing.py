"""Twilio's own log of messages (GET Messages.json), read to our values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from bot.providers.base import Listed
from bot.providers.twilio.inbound import decode_text
from bot.providers.twilio.outcome import read_time
from bot.providers.twilio.payload import ADDRESSES, read_address, read_sid
from bot.providers.twilio.receipts import STATUSES
from flows.bounds import ADDRESS_LENGTH, CODE_LENGTH, PROVIDER_ID_LENGTH, clean, cut, within_bounds
from flows.values import InboundMessage, Media, MessageStatus, Transport

Row = Mapping[str, Any]
"""One message resource as decoded JSON."""
_NAMES = (("MessageSid", "sid"), ("From", "from"), ("To", "to"), ("Body", "body"), ("Timestamp", "date_created"))
"""What the webhook calls a member of the log's resource."""
_MOST_DIGITS = 4
"""Of a count of media: Python itself refuses to read a number of some thousand digits."""


def read_rows(page: Row, name: str = "messages") -> tuple[Row, ...]:
    """Return the resources of a page."""
    rows = page.get(name)
    return tuple(row for row in rows if isinstance(row, dict)) if isinstance(rows, list) else ()


def bare(address: object) -> str:
    """Take the channel prefix off an address."""
    return cut(clean(str(address or "")), ADDRESS_LENGTH).rpartition(":")[2]


def read_listed(rows: Iterable[Row], provider_now_at: int) -> tuple[Listed, ...]:
    """Read the outbound messages, newest first as Twilio lists them; one without a date counts as made just now."""
    return tuple(
        Listed(
            provider_id=cut(clean(str(row["sid"])), PROVIDER_ID_LENGTH),
            sender=bare(row.get("from")),
            recipient=bare(row.get("to")),
            body=clean(str(row.get("body") or "")),
            status=STATUSES.get(str(row.get("status")), MessageStatus.SENT),
            created_at=created_at(row) or provider_now_at,
            error_code=cut(clean(str(row["error_code"])), CODE_LENGTH) if row.get("error_code") else None,
        )
        for row in rows
        if row.get("sid") and str(row.get("direction")).startswith("outbound")
    )


def created_at(row: Row) -> int | None:
    """Return when Twilio made the message, in UTC microseconds."""
    return read_time(str(row.get("date_created") or row.get("date_sent") or ""))


def media_count(row: Row) -> int:
    """Return how many media came with the message."""
    count = str(row.get("num_media") or "0")
    return int(count) if len(count) <= _MOST_DIGITS and count.isascii() and count.isdigit() else 0


def read_media(page: Row, account_url: str) -> tuple[Media, ...]:
    """Read a page of Media.json; the addresses are as the webhook would have them."""
    return tuple(
        Media(account_url + str(row["uri"]).removesuffix(".json"), row.get("content_type") or None)
        for row in read_rows(page, "media_list")
        if row.get("uri")
    )


def read_received(row: Row, media: tuple[Media, ...]) -> InboundMessage | None:
    """Read a message that a person sent, as clean and as bounded as the webhook reads it; None for any other row.

    Raises `MalformedPayload` where the webhook would: for an id or an address that is none.
    """
    if row.get("direction") != "inbound":
        return None
    fields = {name: clean(str(row.get(key) or "")) for name, key in _NAMES}
    sid = read_sid(fields)
    channel, sender = read_address(fields, "From")
    channel_of_recipient, recipient = read_address(fields, "To")
    channel = channel or channel_of_recipient
    if channel not in ADDRESSES:
        return None
    message = InboundMessage(
        provider="twilio",
        provider_id=sid,
        transport=Transport(channel or Transport.SMS),
        sender=sender,
        recipient=recipient,
        text=decode_text(fields["Body"]),
        media=media,
        metadata={"Timestamp": fields["Timestamp"]} if fields["Timestamp"] else {},
        sent_at=created_at(row),
    )
    return within_bounds(message)

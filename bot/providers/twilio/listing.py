"""Twilio's own log of messages (GET Messages.json), read to our values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from bot.providers.base import Listed
from bot.providers.twilio.inbound import decode_text
from bot.providers.twilio.outcome import read_time
from bot.providers.twilio.payload import ADDRESSES, read_address
from bot.providers.twilio.receipts import STATUSES
from flows.errors import MalformedPayload
from flows.values import InboundMessage, Media, MessageStatus, Transport

Row = Mapping[str, Any]
"""One message resource as decoded JSON."""


def read_rows(page: Row, name: str = "messages") -> tuple[Row, ...]:
    """Return the resources of a page."""
    rows = page.get(name)
    return tuple(row for row in rows if isinstance(row, dict)) if isinstance(rows, list) else ()


def bare(address: object) -> str:
    """Take the channel prefix off an address."""
    return str(address or "").rpartition(":")[2]


def read_listed(rows: Iterable[Row], provider_now_at: int) -> tuple[Listed, ...]:
    """Read the outbound messages, newest first as Twilio lists them; one without a date counts as made just now."""
    return tuple(
        Listed(
            provider_id=str(row["sid"]),
            sender=bare(row.get("from")),
            recipient=bare(row.get("to")),
            body=str(row.get("body") or ""),
            status=STATUSES.get(str(row.get("status")), MessageStatus.SENT),
            created_at=created_at(row) or provider_now_at,
            error_code=str(row["error_code"]) if row.get("error_code") else None,
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
    return int(count) if count.isascii() and count.isdigit() else 0


def read_media(page: Row, account_url: str) -> tuple[Media, ...]:
    """Read a page of Media.json; the addresses are as the webhook would have them."""
    return tuple(
        Media(account_url + str(row["uri"]).removesuffix(".json"), row.get("content_type") or None)
        for row in read_rows(page, "media_list")
        if row.get("uri")
    )


def read_received(row: Row, media: tuple[Media, ...]) -> InboundMessage | None:
    """Read a message that a person sent; None when it is none or its addresses are not for us."""
    if row.get("direction") != "inbound" or not row.get("sid"):
        return None
    fields = {"From": str(row.get("from") or ""), "To": str(row.get("to") or "")}
    try:
        channel, sender = read_address(fields, "From")
        channel_of_recipient, recipient = read_address(fields, "To")
    except MalformedPayload:
        return None
    channel = channel or channel_of_recipient
    if channel not in ADDRESSES:
        return None
    return InboundMessage(
        provider="twilio",
        provider_id=str(row["sid"]),
        transport=Transport(channel or Transport.SMS),
        sender=sender,
        recipient=recipient,
        text=decode_text(str(row.get("body") or "").replace("\0", "")),
        media=media,
        metadata={"Timestamp": str(row["date_created"])} if row.get("date_created") else {},
        sent_at=created_at(row),
    )

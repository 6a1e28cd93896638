"""Messages that no turn made: answers to commands, notices to operators, campaigns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flows.values import PRIORITY, Key, MessageStatus, Purpose
from storage.documents import dump
from storage.plan import Plan, Write, insertion
from storage.schema import messages


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message that will be one provider call."""

    id: Key
    workspace_id: Key
    channel_id: Key
    contact_id: Key
    address: str
    """As the provider writes it."""
    body: str
    segments: int
    encoding: str
    purpose: Purpose = Purpose.REPLY
    reply_to_id: Key | None = None
    campaign_id: Key | None = None
    not_before_at: int | None = None
    not_after_at: int | None = None
    media_url: str | None = None
    content_sid: str | None = None
    """A template approved at the provider, sent instead of the body."""
    content_variables: str | None = None
    """The template's variables, a JSON object."""


_ENQUEUE = insertion(
    messages,
    (
        *("id", "workspace_id", "channel_id", "contact_id", "direction", "status", "address", "body", "extras"),
        *("reply_to_id", "campaign_id", "purpose", "priority", "segments", "encoding"),
        *("not_before_at", "not_after_at"),
    ),
    stamps=("created_at", "updated_at"),
)


def enqueue(outgoing: Sequence[Outgoing], now_at: int) -> Plan[None]:
    """Queue messages; the claim decides whether and when each may leave."""
    yield Write(_ENQUEUE, [_row(one, now_at) for one in outgoing])


def _row(one: Outgoing, now_at: int) -> tuple[object, ...]:
    extras: dict[str, object] = {"media": [{"url": one.media_url}]} if one.media_url else {}
    if one.content_sid:
        extras |= {"content_sid": one.content_sid, "content_variables": one.content_variables}
    return (
        *(one.id, one.workspace_id, one.channel_id, one.contact_id, "outbound", MessageStatus.QUEUED.value),
        *(one.address, one.body, dump(extras) if extras else None, one.reply_to_id, one.campaign_id, one.purpose.value),
        *(PRIORITY[one.purpose], one.segments, one.encoding, one.not_before_at, one.not_after_at),
        now_at,
    )

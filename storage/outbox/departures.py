"""What the provider's log has and a database that was put back from a copy has not.

A message whose cause is older than the restore may be among them: then it has left, and the log's line is its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, bindparam, exists, func, literal_column, null, or_, select, update

from flows.values import HOUR, Key, MessageStatus, Receipt
from storage.outbox.receipts import Classify, apply_receipts
from storage.outbox.words import UNKNOWN, is_uncertain
from storage.plan import Plan, Query, Statement, Values, Write, insertion
from storage.schema import campaigns, channels, departures, messages, workspaces


@dataclass(frozen=True, slots=True)
class Departure:
    """A line of the provider's log that no message of ours has yet."""

    provider_id: str
    status: MessageStatus


REPLAYED_FOR = HOUR
"""So long after the restore replies may be answers to texts that were answered before it."""

_COPIED = Statement((), select(func.min(workspaces.c.copied_at)))
_ADD = insertion(departures, ("channel_id", "provider_id", "address", "body", "status", "left_at"), ignore=True)
_READ = Statement((), update(workspaces).where(workspaces.c.copied_at.is_not(None)).values(copied_at=null()))
_ANY = Statement((), select(departures.c.provider_id).limit(literal_column("1")))
_DOUBTFUL = Statement(
    ("after",),
    select(messages.c.id, messages.c.body, channels.c.provider)
    .join(channels, channels.c.id == messages.c.channel_id)
    .where(is_uncertain(), messages.c.status == UNKNOWN, messages.c.id > bindparam("after"))
    .order_by(messages.c.id)
    .limit(literal_column("256")),
)
_other = messages.alias("other")
_OF = Statement(
    ("message_id", "body"),
    select(departures.c.provider_id, departures.c.status)
    .join(messages, and_(messages.c.channel_id == departures.c.channel_id, messages.c.address == departures.c.address))
    .join(workspaces, workspaces.c.id == messages.c.workspace_id)
    .outerjoin(campaigns, campaigns.c.id == messages.c.campaign_id)
    .where(
        messages.c.id == bindparam("message_id"),
        departures.c.body == bindparam("body"),
        or_(
            func.coalesce(campaigns.c.due_at, campaigns.c.created_at) < workspaces.c.restored_at,
            and_(
                messages.c.campaign_id.is_(None),
                messages.c.created_at < workspaces.c.restored_at + literal_column(str(REPLAYED_FOR)),
            ),
        ),
        ~exists().where(
            _other.c.provider_id == departures.c.provider_id, _other.c.direction == literal_column("'outbound'")
        ),
    )
    .order_by(departures.c.left_at)
    .limit(literal_column("1")),
)


def copied_at() -> Plan[int | None]:
    """Say when the copy was made that the database was put back from; None: there is nothing to read."""
    rows = yield Query(_COPIED)
    return None if rows[0][0] is None else int(rows[0][0])


def add_departures(rows: Sequence[Values]) -> Plan[None]:
    """Keep lines of the log: channel, the provider's id, address, text, status, time."""
    yield Write(_ADD, rows)


def departures_read() -> Plan[None]:
    """Note that all of the log is here."""
    yield Write(_READ, [()])


def has_departures() -> Plan[bool]:
    """Say whether anything left that way."""
    return bool((yield Query(_ANY)))


def departure_of(message_id: Key, body: str) -> Plan[Departure | None]:
    """Say how a message left before the restore; None: it has not.

    `body` is its text with one space between words, as the lines of the log are kept.
    """
    rows = yield Query(_OF, (message_id, body))
    return Departure(rows[0][0], MessageStatus(rows[0][1])) if rows else None


def settle_doubtful(after: Key, plain: Callable[[str], str], now_at: int, classify: Classify) -> Plan[Key | None]:
    """Take a page of the messages behind this one whose outcome is not known: those that left count as sent.

    `plain` writes a text as the lines of the log are kept. Gives the last message of the page; None: that was all.
    """
    rows = yield Query(_DOUBTFUL, (after,))
    for message_id, body, provider in rows:
        left = yield from departure_of(message_id, plain(body))
        if left is not None:
            receipt = Receipt(provider, left.provider_id, left.status, message_id=message_id)
            yield from apply_receipts([receipt], now_at, classify)
    return bytes(rows[-1][0]) if rows else None

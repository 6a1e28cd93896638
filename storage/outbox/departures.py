"""What the provider's log has and a database that was put back from a copy has not.

A message whose cause is older than the restore may be among them: then it has left, and the log's line is its own.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import and_, bindparam, exists, func, literal_column, null, or_, select, update

from flows.values import HOUR, Key
from storage.plan import Plan, Query, Statement, Values, Write, insertion
from storage.schema import campaigns, departures, messages, workspaces

REPLAYED_FOR = HOUR
"""So long after the restore replies may be answers to texts that were answered before it."""

_COPIED = Statement((), select(func.min(workspaces.c.copied_at)))
_ADD = insertion(departures, ("channel_id", "provider_id", "address", "body", "left_at"), ignore=True)
_READ = Statement((), update(workspaces).where(workspaces.c.copied_at.is_not(None)).values(copied_at=null()))
_ANY = Statement((), select(departures.c.provider_id).limit(literal_column("1")))
_other = messages.alias("other")
_OF = Statement(
    ("message_id", "body"),
    select(departures.c.provider_id)
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
    """Keep lines of the log: channel, the provider's id, address, text, time."""
    yield Write(_ADD, rows)


def departures_read() -> Plan[None]:
    """Note that all of the log is here."""
    yield Write(_READ, [()])


def has_departures() -> Plan[bool]:
    """Say whether anything left that way."""
    return bool((yield Query(_ANY)))


def departure_of(message_id: Key, body: str) -> Plan[str | None]:
    """Give the provider's id under which a message left before the restore; None: it has not.

    `body` is its text with one space between words, as the lines of the log are kept.
    """
    rows = yield Query(_OF, (message_id, body))
    return str(rows[0][0]) if rows else None

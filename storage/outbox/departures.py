"""What the provider's log has and a database that was put back from a copy has not.

A message whose cause is older than the restore may be among them: then it has left, and the log's line is its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, bindparam, delete, exists, func, literal_column, null, or_, select, update

from flows.values import HOUR, Key, MessageStatus, Receipt
from storage.outbox.receipts import Classify, apply_receipts
from storage.outbox.words import UNKNOWN, is_open, is_uncertain, word
from storage.plan import Members, Plan, Query, Statement, Values, Write, in_pages, insertion
from storage.schema import campaigns, channels, departures, messages, workspaces


@dataclass(frozen=True, slots=True)
class Departure:
    """A line of the provider's log that no message of ours has yet."""

    provider_id: str
    status: MessageStatus


REPLAYED_FOR = HOUR
"""So long after texts were read anew the replies to them may still be made."""

_COPIED = Statement((), select(func.min(workspaces.c.copied_at)))
_ADD = insertion(departures, ("channel_id", "provider_id", "address", "body", "status", "left_at"), ignore=True)
_READ = Statement((), update(workspaces).where(workspaces.c.copied_at.is_not(None)).values(copied_at=null()))
_REPLAYED_UNTIL: ColumnElement[int] = func.coalesce(
    workspaces.c.replayed_until_at, workspaces.c.restored_at + literal_column(str(REPLAYED_FOR))
)
_PROLONG = Statement(
    ("until_at",),
    update(workspaces)
    .where(
        exists().where(
            channels.c.workspace_id == workspaces.c.id,
            channels.c.provider != word("simulator"),
            func.coalesce(channels.c.swept_at, literal_column("0")) < workspaces.c.restored_at,
        )
    )
    .values(replayed_until_at=bindparam("until_at")),
)
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
_CAUSE_AT: ColumnElement[int] = func.coalesce(campaigns.c.due_at, campaigns.c.created_at)
_OF = Members(
    (),
    lambda _engine, members: (
        select(messages.c.id, departures.c.body, departures.c.provider_id, departures.c.status)
        .join(
            messages, and_(messages.c.channel_id == departures.c.channel_id, messages.c.address == departures.c.address)
        )
        .join(workspaces, workspaces.c.id == messages.c.workspace_id)
        .outerjoin(campaigns, campaigns.c.id == messages.c.campaign_id)
        .where(
            messages.c.id.in_(members),
            or_(
                workspaces.c.restored_at > _CAUSE_AT,
                and_(
                    messages.c.campaign_id.is_(None),
                    messages.c.created_at < _REPLAYED_UNTIL,
                ),
            ),
            ~exists().where(
                _other.c.provider_id == departures.c.provider_id, _other.c.direction == literal_column("'outbound'")
            ),
        )
        .order_by(departures.c.left_at, departures.c.provider_id)
    ),
)
_DROP = Statement(
    ("now_at",),
    delete(departures).where(
        ~exists().where(bindparam("now_at") <= _REPLAYED_UNTIL),
        ~exists().where(is_open(), workspaces.c.id == messages.c.workspace_id, messages.c.created_at < _REPLAYED_UNTIL),
        ~exists().where(
            campaigns.c.status.in_([word(status) for status in ("scheduled", "running", "paused")]),
            workspaces.c.id == campaigns.c.workspace_id,
            workspaces.c.restored_at > _CAUSE_AT,
        ),
    ),
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


def prolong_replay(now_at: int) -> Plan[None]:
    """Note that texts are read anew now, if they are not yet: what answers them may have left before the restore."""
    yield Write(_PROLONG, [(now_at + REPLAYED_FOR,)])


def has_departures() -> Plan[bool]:
    """Say whether anything left that way."""
    return bool((yield Query(_ANY)))


def departures_of(bodies: Mapping[Key, str]) -> Plan[dict[Key, Departure]]:
    """Say which of these messages left before the restore, and how; each line of the log is one message's.

    `bodies` are their texts, written as the lines of the log are.
    """
    found: dict[Key, Departure] = {}
    given: set[str] = set()
    for page in in_pages(list(bodies)):
        for message_id, body, provider_id, status in (yield _OF.query(page)):
            if body == bodies[message_id] and message_id not in found and provider_id not in given:
                found[message_id] = Departure(provider_id, MessageStatus(status))
                given.add(provider_id)
    return found


def settle_doubtful(after: Key, plain: Callable[[str], str], now_at: int, classify: Classify) -> Plan[Key | None]:
    """Take a page of the messages behind this one whose outcome is not known: those that left count as sent.

    `plain` writes a text as the lines of the log are kept. Gives the last message of the page; None: that was all.
    """
    rows = yield Query(_DOUBTFUL, (after,))
    left = yield from departures_of({row[0]: plain(row[1]) for row in rows})
    receipts = [
        Receipt(row[2], left[row[0]].provider_id, left[row[0]].status, message_id=row[0])
        for row in rows
        if row[0] in left
    ]
    yield from apply_receipts(receipts, now_at, classify)
    return bytes(rows[-1][0]) if rows else None


def drop_departures(now_at: int) -> Plan[None]:
    """Delete the lines once nothing that is older than the restore can still be sent."""
    yield Write(_DROP, [(now_at,)])

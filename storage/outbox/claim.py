"""The claim: the one statement that lets messages out, and all the policy that could keep them in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    FromClause,
    Integer,
    Select,
    and_,
    bindparam,
    exists,
    literal_column,
    null,
    or_,
    select,
    update,
)
from sqlalchemy.sql import ClauseElement

from flows.values import Key, Purpose
from storage.channels import Channel
from storage.documents import load
from storage.outbox.words import COMMAND, CONFIRMATION, QUEUED, SENDING, UNKNOWN, is_open, may_be_sent, word
from storage.plan import Members, Plan, Query, Row, Statement, in_pages
from storage.schema import channels, contacts, messages


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message that is ours to send, once."""

    id: Key
    attempt: int
    workspace_id: Key
    contact_id: Key
    recipient: str
    """As the provider writes it."""
    body: str
    purpose: Purpose
    priority: int
    segments: int
    claimed_at: int
    not_after_at: int | None = None
    choices: tuple[tuple[str, str], ...] = ()
    media_urls: tuple[str, ...] = ()
    content_sid: str | None = None
    content_variables: str | None = None
    spending_day: str | None = None
    """On which its segments were counted; None: they were not."""


_COLUMNS = (
    messages.c.id,
    messages.c.attempt,
    messages.c.workspace_id,
    messages.c.contact_id,
    messages.c.address,
    messages.c.body,
    messages.c.purpose,
    messages.c.priority,
    messages.c.segments,
    messages.c.claimed_at,
    messages.c.not_after_at,
    messages.c.extras,
)


def _in_time() -> ColumnElement[bool]:
    now_at: ColumnElement[int] = bindparam("now_at")
    is_paused = exists().where(channels.c.id == bindparam("channel_id"), channels.c.paused_until_at > now_at)
    return and_(
        ~is_paused,
        or_(messages.c.not_before_at.is_(None), messages.c.not_before_at <= now_at),
        or_(messages.c.not_after_at.is_(None), messages.c.not_after_at > now_at),
        _is_fresh(messages),
    )


def _is_fresh(table: FromClause) -> ColumnElement[bool]:
    """Say that no older text of a person can be in the way: all are read, or it answers one that has come since."""
    fresh_since: ColumnElement[int] = bindparam("fresh_since", type_=BigInteger)
    cause = messages.alias("cause")
    has_come = exists().where(
        cause.c.id == table.c.reply_to_id,
        cause.c.created_at >= fresh_since,
        cause.c.sent_at.is_(None),  # else it was read from the provider's log, and a later one may not be yet
    )
    return or_(
        fresh_since == literal_column("0", Integer()),
        table.c.purpose.in_([CONFIRMATION, COMMAND]),
        and_(table.c.purpose == word(Purpose.REPLY), has_come),
    )


def lane_is_free(
    engine: str, holds_up: Callable[[FromClause], ColumnElement[bool]] | None = None
) -> ColumnElement[bool]:
    """Say that nothing to this contact is in flight or doubtful on the channel, and nothing should leave before.

    Of what waits there only that counts which may leave before long, and which `holds_up` says, if it is given.
    """
    other = messages.alias("other")
    earlier = and_(
        or_(
            other.c.priority < messages.c.priority,
            and_(other.c.priority == messages.c.priority, other.c.id < messages.c.id),
        ),
        _is_fresh(other),
    )
    if holds_up is not None:
        earlier = and_(earlier, holds_up(other))
    lane = and_(other.c.contact_id == messages.c.contact_id, other.c.channel_id == messages.c.channel_id)
    in_the_way = or_(
        other.c.status == SENDING,
        and_(other.c.status == UNKNOWN, messages.c.purpose != CONFIRMATION),
        and_(other.c.status == QUEUED, earlier),
    )
    found = (
        select(other.c.id)
        .with_hint(other, "INDEXED BY ix_messages_open", "sqlite")  # never all that was ever said with the person
        .where(lane, other.c.status.in_([QUEUED, SENDING, UNKNOWN]), in_the_way)
        .correlate(messages)
    )
    if engine != "sqlite":
        # With OFFSET it is looked up for each message; else PostgreSQL may compare every message with every other one.
        found = found.offset(literal_column("0", Integer()))
    return ~found.exists()


def may_leave(lane: ColumnElement[bool]) -> Select[Any]:
    """Select the messages of a channel that may leave now, in the order in which they should."""
    return (
        select(messages.c.id)
        .with_hint(messages, "INDEXED BY ix_messages_queue", "sqlite")  # in order already, with and without statistics
        .join(contacts, contacts.c.id == messages.c.contact_id)
        .where(
            messages.c.channel_id == bindparam("channel_id"),
            messages.c.status == QUEUED,
            _in_time(),
            may_be_sent(),
            lane,
        )
        .order_by(messages.c.priority, messages.c.id)
    )


def first_of(found: Select[Any], engine: str) -> CTE:
    """Take up to `limit` of what may leave, which on PostgreSQL no other node has taken, nor its contact."""
    found = found.limit(bindparam("limit", type_=Integer))
    if engine == "sqlite":
        return found.cte("picked")
    # The contact too: a batch of the inbox that holds it may be about to write down a STOP.
    found = found.with_for_update(of=[messages, contacts], skip_locked=True, key_share=True)
    # As a plain subquery PostgreSQL may run it again for each row, and each time take another `limit` of them.
    return found.cte("picked").prefix_with("MATERIALIZED")


def mark_sending(chosen: Select[Any], spending_day: ColumnElement[Any]) -> ClauseElement:
    """Mark messages as on their way, durably before they are; gives what `read_claimed` reads."""
    return (
        update(messages)
        .where(messages.c.id.in_(chosen))
        .values(
            status=SENDING,
            attempt=messages.c.attempt + literal_column("1", Integer()),
            node_id=bindparam("node_id"),
            claimed_at=bindparam("now_at"),
            updated_at=bindparam("now_at"),
            check_at=null(),
            check_count=literal_column("0", Integer()),
            spending_day=spending_day,
        )
        .returning(*_COLUMNS)
    )


def _claim(engine: str) -> ClauseElement:
    return mark_sending(select(first_of(may_leave(lane_is_free(engine)), engine).c.id), null())


_CLAIM = Statement(("channel_id", "node_id", "now_at", "limit", "fresh_since"), _claim)
_IN_FLIGHT = Members(
    (),
    lambda _engine, members: select(messages.c.id).where(
        messages.c.contact_id.in_(members),
        is_open(),
        messages.c.status == SENDING,
        messages.c.purpose != CONFIRMATION,
    ),
)


def claim(channel: Channel, node_id: Key, now_at: int, limit: int, fresh_since: int = 0) -> Plan[tuple[Claimed, ...]]:
    """Take up to `limit` messages of a channel that may leave now, in the order in which they should.

    `fresh_since`: what people texted before is not all read, so only answers to what has come since may leave, and
    what always does; 0: everything may.
    """
    rows = yield Query(_CLAIM, (channel.id, node_id, now_at, limit, fresh_since))
    return read_claimed(rows)


def read_claimed(rows: Sequence[Row], spending_day: str | None = None) -> tuple[Claimed, ...]:
    """Read what was marked, in the order in which it should leave."""
    claimed = [_read(row, spending_day) for row in rows]
    return tuple(sorted(claimed, key=lambda one: (one.priority, one.id)))


def in_flight_count(contact_ids: tuple[Key, ...]) -> Plan[int]:
    """Count the calls in flight, on every node, to these contacts; confirmations do not count."""
    count = 0
    for page in in_pages(contact_ids):
        count += len((yield _IN_FLIGHT.query(page)))
    return count


def _read(row: Row, spending_day: str | None) -> Claimed:
    extras = load(row[11]) if row[11] else {}
    return Claimed(
        id=row[0],
        attempt=row[1],
        workspace_id=row[2],
        contact_id=row[3],
        recipient=row[4],
        body=row[5],
        purpose=Purpose(row[6]),
        priority=row[7],
        segments=row[8] or 1,
        claimed_at=row[9],
        not_after_at=row[10],
        choices=tuple((text, payload) for text, payload in extras.get("choices", ())),
        media_urls=tuple(media["url"] for media in extras.get("media", ())),
        content_sid=extras.get("content_sid"),
        content_variables=extras.get("content_variables"),
        spending_day=spending_day,
    )

"""The claim: the one statement that lets messages out, and all the policy that could keep them in."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import (
    Boolean,
    ColumnElement,
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
from storage.outbox.words import CONFIRMATION, QUEUED, SENDING, UNKNOWN, is_open, may_be_sent, word
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
    return and_(
        or_(channels.c.paused_until_at.is_(None), channels.c.paused_until_at <= now_at),
        or_(messages.c.not_before_at.is_(None), messages.c.not_before_at <= now_at),
        or_(messages.c.not_after_at.is_(None), messages.c.not_after_at > now_at),
        or_(messages.c.purpose != word(Purpose.CAMPAIGN), bindparam("campaigns_allowed", type_=Boolean).is_(True)),
    )


def _lane_is_free() -> ColumnElement[bool]:
    """Say that nothing to this contact is in flight or doubtful on the channel, and nothing should leave before."""
    other = messages.alias("other")
    earlier = or_(
        other.c.priority < messages.c.priority,
        and_(other.c.priority == messages.c.priority, other.c.id < messages.c.id),
    )
    lane = and_(other.c.contact_id == messages.c.contact_id, other.c.channel_id == messages.c.channel_id)
    in_the_way = or_(
        other.c.status == SENDING,
        and_(other.c.status == UNKNOWN, messages.c.purpose != CONFIRMATION),
        and_(other.c.status == QUEUED, earlier),
    )
    return ~exists().where(lane, other.c.status.in_([QUEUED, SENDING, UNKNOWN]), in_the_way)


def _picked(engine: str) -> Select[tuple[bytes]]:
    picked = (
        select(messages.c.id)
        .join(contacts, contacts.c.id == messages.c.contact_id)
        .join(channels, channels.c.id == messages.c.channel_id)
        .where(
            messages.c.channel_id == bindparam("channel_id"),
            messages.c.status == QUEUED,
            _in_time(),
            may_be_sent(),
            _lane_is_free(),
        )
        .order_by(messages.c.priority, messages.c.id)
        .limit(bindparam("limit", type_=Integer))
    )
    if engine == "sqlite":
        return picked
    # The contact too: a batch of the inbox that holds it may be about to write down a STOP.
    return picked.with_for_update(of=[messages, contacts], skip_locked=True, key_share=True)


def _claim(engine: str) -> ClauseElement:
    picked = _picked(engine)
    if engine != "sqlite":
        # As a plain subquery PostgreSQL may run it again for each row, and each time take another `limit` of them.
        picked = select(picked.cte("picked").prefix_with("MATERIALIZED").c.id)
    return (
        update(messages)
        .where(messages.c.id.in_(picked), messages.c.status == QUEUED)
        .values(
            status=SENDING,
            attempt=messages.c.attempt + literal_column("1", Integer()),
            node_id=bindparam("node_id"),
            claimed_at=bindparam("now_at"),
            updated_at=bindparam("now_at"),
            check_at=null(),
            check_count=literal_column("0", Integer()),
        )
        .returning(*_COLUMNS)
    )


_CLAIM = Statement(("channel_id", "node_id", "now_at", "limit", "campaigns_allowed"), _claim)
_IN_FLIGHT = Members(
    (),
    lambda _engine, members: select(messages.c.id).where(
        messages.c.contact_id.in_(members),
        is_open(),
        messages.c.status == SENDING,
        messages.c.purpose != CONFIRMATION,
    ),
)


def claim(
    channel: Channel, node_id: Key, now_at: int, limit: int, *, campaigns_allowed: bool = True
) -> Plan[tuple[Claimed, ...]]:
    """Take up to `limit` messages of a channel that may leave now, in the order in which they should."""
    rows = yield Query(_CLAIM, (channel.id, node_id, now_at, limit, campaigns_allowed))
    return tuple(sorted((_read(row) for row in rows), key=lambda claimed: (claimed.priority, claimed.id)))


def in_flight_count(contact_ids: tuple[Key, ...]) -> Plan[int]:
    """Count the calls in flight, on every node, to these contacts; confirmations do not count."""
    count = 0
    for page in in_pages(contact_ids):
        count += len((yield _IN_FLIGHT.query(page)))
    return count


def _read(row: Row) -> Claimed:
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
    )

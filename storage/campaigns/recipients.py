"""A campaign's recipients: taken page by page with a checkpoint, one message per phone, counted exactly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, bindparam, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from flows.errors import Conflict
from flows.values import Key
from storage.campaigns.rows import Campaign
from storage.outbox.enqueue import Outgoing, enqueue
from storage.outbox.words import word
from storage.plan import Members, Plan, Query, Statement, Write, in_pages, insertion
from storage.schema import campaigns, messages, recipients


@dataclass(frozen=True, slots=True)
class Recipient:
    """One phone of a campaign: what it gets, when, or why it gets nothing."""

    address: str
    contact_id: Key
    outgoing: Outgoing | None = None
    """None: skipped, or not before `due_at`."""
    due_at: int | None = None
    reason: str | None = None
    """Why it is skipped."""

    @property
    def status(self) -> str:
        """pending, queued or skipped."""
        if self.outgoing is not None:
            return "queued"
        return "skipped" if self.reason is not None else "pending"


_TAKEN = Members(
    ("campaign_id",),
    lambda _engine, members: select(recipients.c.address).where(
        recipients.c.campaign_id == bindparam("campaign_id"), recipients.c.address.in_(members)
    ),
)
_ADD = insertion(
    recipients, ("campaign_id", "address", "contact_id", "status", "reason", "message_id", "due_at"), ignore=True
)
_ADVANCE = Statement(
    ("cursor", "expanded_at", "now_at", "campaign_id", "was"),
    update(campaigns)
    .where(
        campaigns.c.id == bindparam("campaign_id"),
        campaigns.c.status == "running",
        campaigns.c.expanded_at.is_(None),
        or_(
            campaigns.c.cursor == bindparam("was"),
            and_(campaigns.c.cursor.is_(None), bindparam("was", type_=campaigns.c.cursor.type).is_(None)),
        ),
    )
    .values(cursor=bindparam("cursor"), expanded_at=bindparam("expanded_at"), updated_at=bindparam("now_at"))
    .returning(campaigns.c.id),
)
_STILL_RUNNING = Statement(
    ("now_at", "campaign_id"),
    update(campaigns)
    .where(campaigns.c.id == bindparam("campaign_id"), campaigns.c.status == "running")
    .values(updated_at=bindparam("now_at"))
    .returning(campaigns.c.id),
)
_PENDING = Statement(
    ("campaign_id", "now_at", "limit"),
    select(recipients.c.address, recipients.c.contact_id, recipients.c.due_at)
    .where(
        recipients.c.campaign_id == bindparam("campaign_id"),
        recipients.c.status == word("pending"),
        recipients.c.due_at <= bindparam("now_at"),
    )
    .order_by(recipients.c.due_at)
    .limit(bindparam("limit")),
)
_RELEASE = Statement(
    ("status", "reason", "message_id", "due_at", "campaign_id", "address"),
    update(recipients)
    .where(
        recipients.c.campaign_id == bindparam("campaign_id"),
        recipients.c.address == bindparam("address"),
        recipients.c.status == word("pending"),
    )
    .values({name: bindparam(name) for name in ("status", "reason", "message_id", "due_at")})
    .returning(recipients.c.address),
)


def write_page(
    campaign: Campaign, page: Sequence[Recipient], cursor: Key | None, now_at: int, *, is_last: bool
) -> Plan[int]:
    """Write a page of recipients with their messages, and how far the audience has been taken.

    Phones that the campaign has already are passed over. Gives how many were added; raises `Conflict` when the
    campaign was paused, cancelled or taken on by another node meanwhile: nothing is written then.
    """
    expanded_at = now_at if is_last else None
    moved = yield Query(_ADVANCE, (cursor or campaign.cursor, expanded_at, now_at, campaign.id, campaign.cursor))
    if not moved:
        raise Conflict
    fresh = yield from _fresh(campaign.id, page)
    yield Write(_ADD, [_row(campaign.id, one) for one in fresh])
    yield from _enqueue(fresh, now_at)
    return len(fresh)


def due_recipients(campaign_id: Key, now_at: int, limit: int) -> Plan[tuple[Recipient, ...]]:
    """Read the recipients whose own time has come."""
    rows = yield Query(_PENDING, (campaign_id, now_at, limit))
    return tuple(Recipient(row[0], row[1], due_at=row[2]) for row in rows)


def release(campaign: Campaign, page: Sequence[Recipient], now_at: int) -> Plan[None]:
    """Queue the messages of recipients who were pending; raises `Conflict` as `write_page` does."""
    if not (yield Query(_STILL_RUNNING, (now_at, campaign.id))):
        raise Conflict
    for one in page:
        message_id = one.outgoing.id if one.outgoing else None
        if not (yield Query(_RELEASE, (one.status, one.reason, message_id, one.due_at, campaign.id, one.address))):
            raise Conflict
    yield from _enqueue(page, now_at)


async def count_recipients(
    connection: AsyncConnection, campaign_id: Key
) -> list[tuple[str, str | None, str | None, int]]:
    """Count a campaign's recipients by their status, reason for skipping and message status; the sum is the total."""
    rows = await connection.execute(
        select(recipients.c.status, recipients.c.reason, messages.c.status, func.count())
        .select_from(recipients.outerjoin(messages, messages.c.id == recipients.c.message_id))
        .where(recipients.c.campaign_id == campaign_id)
        .group_by(recipients.c.status, recipients.c.reason, messages.c.status)
    )
    return [(row[0], row[1], row[2], row[3]) for row in rows]


def _fresh(campaign_id: Key, page: Sequence[Recipient]) -> Plan[list[Recipient]]:
    by_address = {one.address: one for one in reversed(page)}
    taken: set[str] = set()
    for part in in_pages(list(by_address)):
        taken.update(row[0] for row in (yield _TAKEN.query(part, (campaign_id,))))
    return [one for one in page if by_address[one.address] is one and one.address not in taken]


def _row(campaign_id: Key, one: Recipient) -> tuple[object, ...]:
    message_id = one.outgoing.id if one.outgoing else None
    return (campaign_id, one.address, one.contact_id, one.status, one.reason, message_id, one.due_at)


def _enqueue(page: Sequence[Recipient], now_at: int) -> Plan[None]:
    outgoing = [one.outgoing for one in page if one.outgoing is not None]
    if outgoing:
        yield from enqueue(outgoing, now_at)

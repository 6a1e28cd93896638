"""How far a campaign is: what of it waits or is on its way, who waits for a time, how its last messages ended.

Nothing here reads a whole campaign: each look is bounded, or served by a partial index whose condition it repeats.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from sqlalchemy import exists, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from flows.values import Key, MessageStatus
from storage.outbox.words import QUEUED, is_open, word
from storage.schema import messages, recipients

_OUTCOMES = (
    MessageStatus.SENT,
    MessageStatus.DELIVERED,
    MessageStatus.READ,
    MessageStatus.UNDELIVERED,
    MessageStatus.FAILED,
)


async def open_count(connection: AsyncConnection, campaign_id: Key, most: int) -> int:
    """Count the messages of a campaign that wait or are on their way, up to `most`."""
    some = select(messages.c.id).where(messages.c.campaign_id == campaign_id, is_open()).limit(most).subquery()
    return int((await connection.execute(select(func.count()).select_from(some))).scalar_one())


async def has_pending(connection: AsyncConnection, campaign_id: Key) -> bool:
    """Return whether a recipient waits for the end of quiet hours, or for the local time."""
    waits = exists().where(
        recipients.c.campaign_id == campaign_id,
        recipients.c.status == word("pending"),
        recipients.c.due_at.is_not(
            None
        ),  # every one has it; without it SQLite takes the primary key and reads them all
    )
    return bool((await connection.execute(select(waits))).scalar_one())


async def waits_on(connection: AsyncConnection, campaign_id: Key, channel_ids: Collection[Key]) -> bool:
    """Return whether a message of a campaign waits on one of these channels."""
    waits = exists().where(
        messages.c.campaign_id == campaign_id,
        is_open(),
        messages.c.status == QUEUED,
        messages.c.channel_id.in_(sorted(channel_ids)),
    )
    return bool((await connection.execute(select(waits))).scalar_one())


async def latest_outcomes(connection: AsyncConnection, campaign_id: Key, most: int) -> Counter[str]:
    """Count the statuses of the last `most` messages of a campaign that left or failed."""
    latest = (
        select(messages.c.status)
        .where(messages.c.campaign_id == campaign_id, messages.c.status.in_([word(one) for one in _OUTCOMES]))
        .order_by(messages.c.id.desc())
        .limit(most)
    )
    return Counter(row[0] for row in await connection.execute(latest))

"""What a database that was put back must not do by itself: it does not know what left after the copy was made."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import and_, delete, func, or_, select, update

from storage.database import make_engine
from storage.schema import campaigns, departures, messages, schedules, workspaces

RESTORED = "restored"
"""Why a campaign waits: some of it may have left after the copy was made."""


@dataclass(frozen=True, slots=True)
class Held:
    """How much waits for a look at the provider's log, or for a person."""

    message_count: int
    campaign_count: int
    schedule_count: int


async def hold(url: str, now_at: int) -> Held:
    """Make what waited to be sent doubtful, and pause the campaigns and schedules that ran or were due.

    Before anything is sent the service reads what the provider's log has since the copy (`bot.departures`).
    """
    doubtful = (
        update(messages)
        .where(messages.c.direction == "outbound", messages.c.status.in_(["queued", "sending"]))
        .values(
            status="unknown",
            claimed_at=func.coalesce(messages.c.claimed_at, messages.c.created_at),
            check_at=now_at,
            check_count=0,
        )
    )
    was_due = and_(campaigns.c.status == "scheduled", campaigns.c.due_at <= now_at)
    paused = (
        update(campaigns)
        .where(or_(campaigns.c.status == "running", was_due))
        .values(status="paused", stopped_reason=RESTORED)
    )
    resting = (
        update(schedules)
        .where(schedules.c.status == "active", schedules.c.next_due_at <= now_at)
        .values(status="paused")
    )
    newest_at = select(func.coalesce(func.max(messages.c.updated_at), now_at)).scalar_subquery()
    since_then = update(workspaces).values(copied_at=newest_at, restored_at=now_at, replayed_until_at=None)
    engine = make_engine(url)
    try:
        async with engine.begin() as connection:
            await connection.execute(since_then)
            await connection.execute(delete(departures))  # of an earlier restore: what they explain is settled
            counts = [(await connection.execute(one)).rowcount for one in (doubtful, paused, resting)]
    finally:
        await engine.dispose()
    return Held(*counts)

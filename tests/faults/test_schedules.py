"""Many schedules are due in the same minute, on two nodes which are killed: each fires once."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from bot.clock import wall_clock
from flows.schedules.rules import rule_document
from flows.schedules.values import Frequency, Pattern, Recurrence
from flows.values import DAY, MINUTE, SECOND
from storage.channels import all_channels, first_workspace
from storage.database import open_database
from storage.keys import new_key
from storage.schedules import Schedule, add_schedule
from storage.schema import campaigns
from tests.faults.conftest import Say
from tests.faults.processes import LONG, Cluster, running

SCHEDULES, KILLS = (200, 6) if LONG else (60, 3)


async def set_up(url: str) -> None:
    """Make schedules that are all due since the last full minute, and daily after it."""
    database = await open_database(url)
    known = await database.run(first_workspace())
    (channel, *_others) = await database.run(all_channels())
    assert known
    due_at = wall_clock() // MINUTE * MINUTE
    due = datetime.fromtimestamp(due_at // SECOND, UTC).replace(tzinfo=None)
    rule = rule_document(Recurrence(Pattern(Frequency.DAILY), (due.time(),), due - timedelta(days=1)))
    for number in range(1, SCHEDULES + 1):
        made = Schedule(
            id=new_key(),
            workspace_id=known[0].id,
            number=number,
            text=f"Schedule {number}",
            audience="community",
            channel_id=channel.id,
            rule=rule,
            time_zone="UTC",
            next_due_at=due_at,
            created_at=due_at - DAY,
        )
        await database.run(add_schedule(made))
    await database.close()


@pytest.mark.timeout(300)
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_each_fires_once(database_url: str, say: Say) -> None:
    """Every schedule makes one campaign, every campaign reaches its one person once."""
    async with running(database_url, 2, more={"ROLLCALL_RATE_PER_SECOND": "500"}) as cluster:
        (phone,) = await cluster.settle(1)
        await set_up(database_url)
        for _kill in range(KILLS):
            await asyncio.sleep(cluster.dice.uniform(0.3, 1.0))
            await cluster.kill_one()
        async with asyncio.timeout(200):
            while not await is_over(cluster):  # noqa: ASYNC110 - other processes' rows
                await asyncio.sleep(0.5)
        fired = await cluster.rows(select(campaigns.c.schedule_id))
        assert set(Counter(row[0] for row in fired).values()) == {1}
        got = Counter(one.body for one in cluster.twilio.accepted if one.recipient == phone)
        assert got == Counter(f"Schedule {number}" for number in range(1, SCHEDULES + 1))
    say(f"{SCHEDULES} schedules due at once, 2 nodes, {KILLS} kills: each fired once and was sent once")


async def is_over(cluster: Cluster) -> bool:
    """Say whether every schedule has made its campaign and all of them have ended."""
    ended = campaigns.c.status.not_in(["scheduled", "running", "paused"])
    return len(await cluster.rows(select(campaigns.c.id).where(ended))) >= SCHEDULES

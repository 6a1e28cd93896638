"""A day's ceiling while nodes are killed and the provider goes wrong: the count is what the provider's log shows."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest
from sqlalchemy import func, select

from flows.language.segments import measure
from storage.schema import messages, spending
from tests.fakes.twilio_faults import ACCEPT_RESET, RESET_BEFORE, seeded, too_many
from tests.faults.conftest import Say
from tests.faults.processes import ADA, END_SECONDS, LONG, TEXT, running

PEOPLE, CEILING, KILLS = (10_000, 5_000, 10) if LONG else (1_500, 600, 3)
WRONG = {ACCEPT_RESET: 0.03, RESET_BEFORE: 0.02, too_many(): 0.07}


@pytest.mark.timeout(600)
async def test_a_ceiling_holds(database_url: str, say: Say) -> None:
    """The campaign pauses when the day is used up; what the row has counted is what the provider's log shows."""
    more = {"ROLLCALL_RATE_PER_SECOND": "200", "ROLLCALL_DAILY_SEGMENTS": str(CEILING)}
    async with running(database_url, 2, more=more) as cluster:
        people = await cluster.settle(PEOPLE)
        cluster.twilio.choose_fault = seeded(7, WRONG)
        await cluster.command(f"BLAST community: {TEXT}")
        for _ in range(KILLS):
            await asyncio.sleep(cluster.dice.uniform(0.2, 1.0))
            await cluster.kill_one()
        await cluster.twilio.hears(ADA, r"Campaign 1: paused \(ceiling\)", seconds=END_SECONDS)
        doubtful = select(func.count()).where(messages.c.status.in_(["sending", "unknown"]))
        async with asyncio.timeout(END_SECONDS):
            while await cluster.rows(doubtful) != [(0,)]:  # noqa: ASYNC110 - other processes' rows
                await asyncio.sleep(0.5)
        got = Counter(one.recipient for one in cluster.twilio.accepted if one.body == TEXT)
        logged = sum(measure(one.body).segments for one in cluster.twilio.accepted)
        alarms = [one for one in cluster.twilio.accepted if "has reached the ceiling" in one.body]
        ((counted,),) = await cluster.rows(select(func.sum(spending.c.segments)))
    assert set(got.values()) == {1}
    assert set(got) <= set(people)
    assert CEILING * 0.9 < len(got) <= CEILING
    assert counted == logged
    assert len(alarms) == 1
    say(
        f"ceiling, {cluster}, {KILLS} kills and faults: {len(got):,} of {PEOPLE:,} left, ceiling {CEILING:,}; "
        f"{counted:,} segments counted, {logged:,} in the log"
    )

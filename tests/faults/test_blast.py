"""A blast while nodes are killed and the provider goes wrong: everybody gets it exactly once."""

from __future__ import annotations

import asyncio
import time
from collections import Counter

import pytest
from sqlalchemy import select

from storage.schema import messages
from tests.conftest import empty, fresh_database
from tests.fakes.twilio_faults import ACCEPT_ERROR, ACCEPT_HANG, ACCEPT_RESET, HANG_BEFORE, refuse, seeded, too_many
from tests.faults.conftest import Say
from tests.faults.processes import ADA, LONG, Cluster, running, settle_people

PEOPLE, KILLS = (10_000, 20) if LONG else (1_500, 5)
WRONG = {ACCEPT_RESET: 0.03, ACCEPT_ERROR: 0.02, too_many(): 0.07, refuse(20500, 503): 0.03}
HANGS = {ACCEPT_HANG: 0.005, HANG_BEFORE: 0.005}
TEXT = "Rehearsal at six"
END_SECONDS = 600.0 if LONG else 240.0


async def finished(cluster: Cluster) -> None:
    """Wait until no message of the campaign is on its way any more."""
    query = select(messages.c.id).where(
        messages.c.campaign_id.is_not(None), messages.c.status.in_(["queued", "sending", "unknown"])
    )
    async with asyncio.timeout(END_SECONDS):
        await cluster.hears(ADA, "Campaign 1: completed", seconds=END_SECONDS)
        while await cluster.rows(query):  # noqa: ASYNC110 - other processes' rows
            await asyncio.sleep(0.5)


async def check(cluster: Cluster, people: list[str]) -> str:
    """Compare the provider's log with the people and our rows: one message each, and no row says otherwise."""
    got = Counter(one.recipient for one in cluster.twilio.accepted if one.body == TEXT)
    rows = await cluster.rows(
        select(messages.c.address, messages.c.status, messages.c.error_text).where(messages.c.campaign_id.is_not(None))
    )
    assert len(rows) == len(people)
    unresolved = {row[0] for row in rows if row[1] == "failed"}
    assert {row[2] for row in rows if row[1] == "failed"} <= {"unresolved"}
    assert {phone for phone in got if got[phone] > 1} == set()
    assert {phone for phone in people if not got[phone]} == unresolved
    assert len(unresolved) <= len(people) // 1_000
    return f"{len(got):,} of {len(people):,} got it once, 0 twice, {len(unresolved)} left to the operator"


@pytest.mark.timeout(900)
@pytest.mark.parametrize(("engine", "node_count"), [("sqlite", 1), ("postgresql", 3)])
@pytest.mark.parametrize(
    "is_wrong", [False, True] if LONG else [True], ids=lambda is_wrong: "faults" if is_wrong else "kills"
)
async def test_a_blast_is_sent_once(
    engine: str, node_count: int, is_wrong: bool, request: pytest.FixtureRequest, tmp_path: object, say: Say
) -> None:
    """Nodes are killed at random; the provider drops, refuses, hangs, loses and shuffles callbacks, and is away."""
    if engine == "sqlite":
        figure = await hold(f"sqlite:///{tmp_path}/rollcall.db", node_count, is_wrong)
    else:
        async with fresh_database(request.getfixturevalue("postgresql_url"), empty) as url:
            figure = await hold(url, node_count, is_wrong)
    say(f"blast, {engine}, {node_count} node(s), {'faults and ' if is_wrong else ''}kills: {figure}")


async def hold(url: str, node_count: int, is_wrong: bool) -> str:
    """Begin a blast, kill nodes until it is done, and check."""
    async with running(url, node_count, more={"ROLLCALL_RATE_PER_SECOND": "300"}) as cluster:
        people = await settle_people(url, PEOPLE)
        twilio = cluster.twilio
        twilio.list_lag_seconds = 1.0
        if is_wrong:
            twilio.choose_fault = seeded(7, {**WRONG, **HANGS})
            twilio.callbacks.lost_share, twilio.callbacks.copies, twilio.callbacks.shuffled = 0.3, 2, True
        began = time.monotonic()
        await cluster.command(f"BLAST community: {TEXT}")
        killed = asyncio.create_task(kill(cluster, is_wrong))
        await finished(cluster)
        await killed
        return f"{await check(cluster, people)}, {KILLS} kills, {time.monotonic() - began:.0f} s"


async def kill(cluster: Cluster, is_wrong: bool) -> None:
    """Kill a node again and again; where things go wrong, the provider is away for a while, too."""
    for number in range(KILLS):
        await asyncio.sleep(cluster.dice.uniform(0.2, 1.5))
        await cluster.kill_one()
        if is_wrong and number == KILLS // 2:
            await cluster.twilio.stop_listening()
            await asyncio.sleep(60 if LONG else 5)
            await cluster.twilio.start_listening()

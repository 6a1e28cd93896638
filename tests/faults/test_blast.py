"""A blast while nodes are killed and the provider goes wrong: everybody gets it exactly once."""

from __future__ import annotations

import asyncio
import time

import pytest

from tests.conftest import ENGINES
from tests.fakes.twilio_faults import ACCEPT_ERROR, ACCEPT_HANG, ACCEPT_RESET, HANG_BEFORE, refuse, seeded, too_many
from tests.faults.conftest import Say
from tests.faults.processes import LONG, TEXT, Cluster, running

PEOPLE, KILLS = (10_000, 20) if LONG else (1_500, 5)
WRONG = {ACCEPT_RESET: 0.03, ACCEPT_ERROR: 0.02, too_many(): 0.07, refuse(20500, 503): 0.03}
HANGS = {ACCEPT_HANG: 0.005, HANG_BEFORE: 0.005}


@pytest.mark.timeout(900)
@pytest.mark.parametrize("database_url", ENGINES, indirect=True)  # here, so that its id comes last
@pytest.mark.parametrize(
    "is_wrong", [False, True] if LONG else [True], ids=lambda is_wrong: "faults" if is_wrong else "kills"
)
async def test_a_blast_is_sent_once(is_wrong: bool, database_url: str, say: Say) -> None:
    """Nodes are killed at random; the provider drops, refuses, hangs, loses and shuffles callbacks, and is away."""
    async with running(database_url, 3, more={"ROLLCALL_RATE_PER_SECOND": "300"}) as cluster:
        people = await cluster.settle(PEOPLE)
        twilio = cluster.twilio
        twilio.list_lag_seconds = 1.0
        if is_wrong:
            twilio.choose_fault = seeded(7, {**WRONG, **HANGS})
            twilio.callbacks.lost_share, twilio.callbacks.copies, twilio.callbacks.shuffled = 0.3, 2, True
        began = time.monotonic()
        await cluster.command(f"BLAST community: {TEXT}")
        killed = asyncio.create_task(kill(cluster, is_wrong))
        await cluster.finished()
        await killed
        figure = f"{await cluster.sent_once(people)}, {KILLS} kills, {time.monotonic() - began:.0f} s"
    say(f"blast, {cluster}, {'faults and ' if is_wrong else ''}kills: {figure}")


async def kill(cluster: Cluster, is_wrong: bool) -> None:
    """Kill a node again and again; where things go wrong, the provider is away for a while, too."""
    for number in range(KILLS):
        await asyncio.sleep(cluster.dice.uniform(0.2, 1.5))
        await cluster.kill_one()
        if is_wrong and number == KILLS // 2:
            await cluster.twilio.stop_listening()
            await asyncio.sleep(60 if LONG else 5)
            await cluster.twilio.start_listening()

"""People stop while a blast runs: after the 200 of a STOP no request to that phone begins, on any node."""

from __future__ import annotations

import asyncio
import time

import pytest

from tests.conftest import empty, fresh_database
from tests.conversations.script import SERVICE
from tests.faults.conftest import Say
from tests.faults.processes import LONG, Cluster, running, settle_people
from tests.faults.test_blast import TEXT

PEOPLE, STOPS = (10_000, 2_000) if LONG else (2_500, 800)


async def stop(cluster: Cluster, phone: str, at_count: int, began: dict[str, int]) -> None:
    """Text STOP about when the blast comes to that phone; note how many requests had begun at its 200."""
    await cluster.twilio.wait_for_accepted(at_count)
    while await cluster.twilio.text(phone, SERVICE, "STOP") != 200:  # noqa: ASYNC110 - until it is taken
        await asyncio.sleep(0.1)
    began[phone] = len(cluster.twilio.attempts)


@pytest.mark.timeout(600)
@pytest.mark.parametrize(("engine", "node_count"), [("sqlite", 1), ("postgresql", 2)])
async def test_nothing_after_a_stop(
    engine: str, node_count: int, request: pytest.FixtureRequest, tmp_path: object, say: Say
) -> None:
    """Each aims at the moment at which their own message is on its way."""
    if engine == "sqlite":
        figure = await hold(f"sqlite:///{tmp_path}/rollcall.db", node_count)
    else:
        async with fresh_database(request.getfixturevalue("postgresql_url"), empty) as url:
            figure = await hold(url, node_count)
    say(f"STOP, {engine}, {node_count} node(s): {figure}")


async def hold(url: str, node_count: int) -> str:
    """Begin a blast, let people stop in its midst, and look at what left after."""
    async with running(url, node_count, more={"ROLLCALL_RATE_PER_SECOND": "300"}) as cluster:
        people = await settle_people(url, PEOPLE)
        twilio, began = cluster.twilio, time.monotonic()
        twilio.latency_seconds = 0.05
        aims = [number * len(people) // STOPS for number in range(STOPS)]
        noted: dict[str, int] = {}
        await cluster.command(f"BLAST community: {TEXT}")
        await cluster.hears(people[0], TEXT)  # from here on: a STOP before it would change what the code stands for
        before = len(twilio.accepted)
        await asyncio.gather(*(stop(cluster, people[aim], before + max(0, aim - 40), noted) for aim in aims))
        await cluster.hears("+15550100101", "Campaign 1: completed", seconds=240)
        await twilio.settle()
        late, got = [], 0
        for attempt in twilio.attempts:
            phone = attempt.form["To"][0]
            if phone in noted and attempt.form["Body"][0] == TEXT:
                got += 1
                late += [phone] if attempt.number > noted[phone] else []
        assert late == []
        confirmed = [one for one in twilio.accepted if one.recipient in noted and one.body != TEXT]
        assert len(confirmed) == STOPS
        return (
            f"{STOPS:,} STOPs during a blast to {PEOPLE:,}: 0 requests begun after the 200, {got:,} before it, "
            f"each confirmed once, {time.monotonic() - began:.0f} s"
        )

"""People stop while a blast runs: after the 200 of a STOP no request to that phone begins, on any node."""

from __future__ import annotations

import asyncio
import time

import pytest

from tests.conversations.script import SERVICE
from tests.faults.conftest import Say
from tests.faults.processes import ADA, LONG, TEXT, Cluster, running

PEOPLE, STOPS = (10_000, 2_000) if LONG else (2_500, 800)


async def stop(cluster: Cluster, phone: str, at_count: int, began: dict[str, int]) -> None:
    """Text STOP about when the blast comes to that phone; note how many requests had begun at its 200."""
    await cluster.twilio.wait_for_accepted(at_count)
    while await cluster.twilio.text(phone, SERVICE, "STOP") != 200:  # noqa: ASYNC110 - until it is taken
        await asyncio.sleep(0.1)
    began[phone] = len(cluster.twilio.attempts)


@pytest.mark.timeout(600)
async def test_nothing_after_a_stop(database_url: str, say: Say) -> None:
    """Each aims at the moment at which their own message is on its way."""
    async with running(database_url, 2, more={"ROLLCALL_RATE_PER_SECOND": "300"}) as cluster:
        people = await cluster.settle(PEOPLE)
        twilio, began = cluster.twilio, time.monotonic()
        twilio.latency_seconds = 0.05
        aims = [number * len(people) // STOPS for number in range(STOPS)]
        noted: dict[str, int] = {}
        await cluster.command(f"BLAST community: {TEXT}")
        await twilio.hears(people[0], TEXT)  # from here on: a STOP before it would change what the code stands for
        before = len(twilio.accepted)
        await asyncio.gather(*(stop(cluster, people[aim], before + max(0, aim - 40), noted) for aim in aims))
        await twilio.hears(ADA, "Campaign 1: completed", seconds=240)
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
    say(
        f"STOP, {cluster}: {STOPS:,} STOPs during a blast to {PEOPLE:,}: 0 requests begun after the 200, {got:,} "
        f"before it, each confirmed once, {time.monotonic() - began:.0f} s"
    )

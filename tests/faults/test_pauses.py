"""An operator pauses, resumes and cancels a blast by text: after the answer no more leaves than was in flight."""

from __future__ import annotations

import asyncio
import time
from collections import Counter

import pytest
from sqlalchemy import select

from bot.sender import CONCURRENCY
from storage.schema import messages
from tests.faults.conftest import Say
from tests.faults.processes import ADA, LONG, TEXT, Cluster, running

PEOPLE, PAUSES = 10_000 if LONG else 2_000, 10
RATE, LATENCY_SECONDS = "150", 0.5
"""A provider so slow that many messages are in flight."""
WATCHED_SECONDS = 2.0
"""After an answer; of a blast that goes on 250 to 300 messages leave meanwhile."""


async def blast(cluster: Cluster) -> list[str]:
    """Begin a blast to everybody; gives their phones."""
    people = await cluster.settle(PEOPLE)
    cluster.twilio.latency_seconds = LATENCY_SECONDS
    await cluster.command(f"BLAST community: {TEXT}")
    return people


async def left_after(cluster: Cluster, command: str, answer: str) -> int:
    """Give a command; counts the messages of the blast that the provider takes after it was asked to send the answer.

    All of them were in flight: claimed before the command took effect, at most `CONCURRENCY` on each node.
    """
    twilio, tried, heard = cluster.twilio, len(cluster.twilio.attempts), len(cluster.twilio.accepted)
    await cluster.say(ADA, command)
    await twilio.hears(ADA, answer, heard)
    await asyncio.sleep(WATCHED_SECONDS)
    answered_at = next(
        one.at for one in twilio.attempts[tried:] if one.form["To"][0] == ADA and answer in one.form["Body"][0]
    )
    count = sum(one.body == TEXT and one.created_at >= answered_at for one in twilio.accepted)
    assert count <= CONCURRENCY * len(cluster.nodes)
    return count


def got(cluster: Cluster) -> Counter[str]:
    """Count the messages of the blast by phone, in the provider's own log."""
    return Counter(one.recipient for one in cluster.twilio.accepted if one.body == TEXT)


@pytest.mark.timeout(600)
async def test_pauses(database_url: str, say: Say) -> None:
    """Paused and resumed ten times in its midst, it reaches everybody exactly once."""
    async with running(database_url, 2, more={"ROLLCALL_RATE_PER_SECOND": RATE}) as cluster:
        began, people, late = time.monotonic(), await blast(cluster), list[int]()
        for number in range(1, PAUSES + 1):
            await cluster.twilio.wait_for_accepted(number * PEOPLE // (PAUSES + 2))
            late.append(await left_after(cluster, "PAUSE 1", "Campaign 1: paused"))
            await cluster.say(ADA, "RESUME 1")
        await cluster.finished()
        assert got(cluster) == Counter(people)
    say(
        f"pauses, {cluster}: {PAUSES} in a blast to {PEOPLE:,}: at most {max(late)} left after the answer, each got it "
        f"once, {time.monotonic() - began:.0f} s"
    )


@pytest.mark.timeout(300)
async def test_a_cancel(database_url: str, say: Say) -> None:
    """Cancelled in its midst, what had left is with each person once, our rows say the same, and the rest is gone."""
    async with running(database_url, 2, more={"ROLLCALL_RATE_PER_SECOND": RATE}) as cluster:
        await blast(cluster)
        await cluster.twilio.wait_for_accepted(PEOPLE // 4)
        late = await left_after(cluster, "CANCEL 1", "Campaign 1: cancelled")
        await cluster.worked_off()
        of_blast = messages.c.campaign_id.is_not(None)
        sent = await cluster.rows(select(messages.c.address).where(of_blast, messages.c.status != "cancelled"))
        assert got(cluster) == Counter(row[0] for row in sent)
        assert set(got(cluster).values()) == {1}
    say(
        f"cancel, {cluster}: {len(sent):,} of {PEOPLE:,} had left, {late} of them after the answer, nobody got it twice"
    )

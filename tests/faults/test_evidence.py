"""What the provider alone can tell: after an outage of ours, without callbacks, with a wrong clock, without lists."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest
from sqlalchemy import func, select

from storage.schema import messages
from tests.conversations.script import SERVICE
from tests.fakes.twilio_faults import ACCEPT_RESET, ERROR_BEFORE, Fault, seeded
from tests.faults.conftest import Say
from tests.faults.processes import ADA, TEXT, Cluster, running

PEOPLE, TEXTED, STOPPED = 600, 300, 20
WINDOW = 1_000_000
"""Microseconds in which no more than the rate may leave."""


@pytest.mark.timeout(240)
async def test_what_came_while_we_were_away(tmp_path: object, say: Say) -> None:
    """Twilio does not try again: what people texted is swept in before the first message leaves, STOPs among it."""
    url = f"sqlite:///{tmp_path}/rollcall.db"
    async with running(url, more={"ROLLCALL_RATE_PER_SECOND": "60"}) as cluster:
        people = await cluster.settle(PEOPLE)
        await cluster.command(f"BLAST community: {TEXT}")
        await cluster.twilio.hears(people[20], TEXT)
        await cluster.nodes[0].end()
        before = len(cluster.twilio.accepted)
        stopped = people[-STOPPED:]
        for number in range(TEXTED - STOPPED):
            assert await cluster.twilio.text(f"+1555{8_000_000 + number}", SERVICE, "hello") == 0
        for phone in stopped:
            assert await cluster.twilio.text(phone, SERVICE, "STOP") == 0
        await cluster.nodes[0].start()
        await cluster.twilio.hears(ADA, "Campaign 1: completed", before, seconds=120)
        stored = await cluster.rows(
            select(func.count()).where(messages.c.direction == "inbound", messages.c.body.in_(["hello", "STOP"]))
        )
        assert stored == [(TEXTED,)]
        written = [one.recipient for one in cluster.twilio.accepted if one.body == TEXT]
        assert set(written) & set(stopped) == set()
        assert Counter(written) == Counter(people[:-STOPPED])
    say(f"{TEXTED} texts during an outage: all swept in, 0 blast messages to the {STOPPED} who stopped in it")


@pytest.mark.timeout(300)
@pytest.mark.parametrize("offset_seconds", [3_600, -3_600])
async def test_without_callbacks_and_with_a_wrong_clock(offset_seconds: int, tmp_path: object, say: Say) -> None:
    """Answers are lost, no callback comes, and our clock is an hour off: the provider's list tells all the same."""
    url = f"sqlite:///{tmp_path}/rollcall.db"
    async with running(url, more={"ROLLCALL_RATE_PER_SECOND": "200"}) as cluster:
        people = await cluster.settle(PEOPLE)
        twilio = cluster.twilio
        twilio.clock_offset_seconds, twilio.list_lag_seconds = offset_seconds, 1.0
        twilio.callbacks.statuses = ()
        twilio.choose_fault = seeded(5, {ACCEPT_RESET: 0.1, ERROR_BEFORE: 0.03})
        await cluster.command(f"BLAST community: {TEXT}")
        await cluster.finished()
        figure = await cluster.sent_once(people)
    say(f"no callbacks, clock {offset_seconds:+,} s, 13 % of the answers lost: {figure}")


@pytest.mark.timeout(240)
async def test_without_lists(tmp_path: object, say: Say) -> None:
    """The provider's list does not work either: what is not known stays unknown, and is never sent again."""
    url = f"sqlite:///{tmp_path}/rollcall.db"
    async with running(url, more={"ROLLCALL_RATE_PER_SECOND": "200", "ROLLCALL_ABSENT_SECONDS": "2"}) as cluster:
        people = await cluster.settle(200)
        twilio = cluster.twilio
        twilio.list_fault, twilio.callbacks.statuses = Fault(ERROR_BEFORE.way, 500, 20500), ()
        await cluster.command(f"BLAST community: {TEXT}")
        twilio.choose_fault = seeded(5, {ACCEPT_RESET: 0.1})
        async with asyncio.timeout(60):
            while await waiting(cluster):  # noqa: ASYNC110 - other processes' rows
                await asyncio.sleep(0.2)
        await asyncio.sleep(15.0)  # several looks, each in vain
        ((left,),) = await cluster.rows(select(func.count()).where(messages.c.status == "unknown"))
        got = Counter(one.recipient for one in twilio.accepted if one.body == TEXT)
        assert left > 5
        assert got == Counter(people)
    say(f"no callbacks and no lists: {left} stay unknown, 0 sent twice")


async def waiting(cluster: Cluster) -> bool:
    """Say whether something has not been tried yet."""
    reports = select(messages.c.id).where(messages.c.campaign_id.is_not(None))
    tried = await cluster.rows(reports.where(messages.c.status.in_(["sent", "unknown"])))
    return len(tried) < len(await cluster.rows(reports)) or not tried


@pytest.mark.timeout(240)
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_nodes_share_the_rate(database_url: str, say: Say) -> None:
    """Three nodes, one of which comes later, send together what the channel may, in no second over a tenth more."""
    rate = 60
    async with running(database_url, 3, more={"ROLLCALL_RATE_PER_SECOND": str(rate)}) as cluster:
        people = await cluster.settle(900)
        await asyncio.sleep(6.0)  # every node has counted the others
        await cluster.nodes[2].end()
        await cluster.command(f"BLAST community: {TEXT}")
        await asyncio.sleep(3.0)
        await cluster.nodes[2].start()
        await cluster.finished()
        await cluster.sent_once(people)
        times = sorted(one.at for one in cluster.twilio.attempts if one.form["Body"][0] == TEXT)
        most = max(sum(begin <= at < begin + WINDOW for at in times[place:]) for place, begin in enumerate(times))
        seconds = (times[-1] - times[0]) / WINDOW
    assert most <= rate * 1.1 + 3
    say(f"3 nodes at {rate} a second together: {most} in the fullest second, {len(people) / seconds:.0f}/s in the mean")

"""A database put back from a copy of the midst of a blast: what left since does not leave again, on either engine."""

from __future__ import annotations

import asyncio
import signal
import time
from collections import Counter
from pathlib import Path

import pytest

from bot.clock import wall_clock
from storage.care.backup import backup, restore
from tests.faults.conftest import Say
from tests.faults.processes import ADA, LONG, TEXT, Cluster, running

PEOPLE = 10_000 if LONG else 1_200
TALKERS = [f"+1555{number:07}" for number in range(4_000_000, 4_000_040)]


@pytest.mark.timeout(600)
async def test_nothing_leaves_again(database_url: str, tools: Path | None, tmp_path: Path, say: Say) -> None:
    """Also after RESUME everybody has the blast once, and nobody who talked since the copy was answered twice."""
    began = time.monotonic()
    async with running(database_url, more={"ROLLCALL_RATE_PER_SECOND": "300"}) as cluster:
        people = await cluster.settle(PEOPLE)
        (node,) = cluster.nodes
        await cluster.command(f"BLAST community: {TEXT}")
        await cluster.twilio.hears(people[PEOPLE // 10], TEXT)
        await backup(database_url, tmp_path / "copy", tools)
        in_copy = len(cluster.twilio.accepted)
        stopped = people[-20:]
        for phone in stopped:
            await cluster.say(phone, "STOP")
        await asyncio.gather(*(cluster.say(phone, "PIZZA") for phone in TALKERS))
        await cluster.twilio.hears(ADA, "Campaign 1: completed")
        await asyncio.gather(*(cluster.twilio.hears(phone, "Three questions") for phone in TALKERS))
        await node.end(signal.SIGTERM)
        heard = counted(cluster, people, stopped)
        held = await restore(database_url, tmp_path / "copy", wall_clock(), force=True, tools=tools)
        assert held.campaign_count == 1
        await node.start()
        await asyncio.gather(*(cluster.say(phone, "1") for phone in TALKERS))
        await asyncio.gather(*(cluster.twilio.hears(phone, r"Another slice\?") for phone in TALKERS))
        after = len(cluster.twilio.accepted)
        await cluster.say(ADA, "RESUME 1")
        await cluster.twilio.hears(ADA, "Campaign 1: completed", after)
        assert counted(cluster, people, stopped) == heard
        await cluster.worked_off()
        assert counted(cluster, people, stopped) == heard
    say(
        f"restore, {cluster}: copy after {in_copy:,} of {PEOPLE:,}, {held.message_count} in "
        f"doubt; 0 twice after RESUME, {len(TALKERS)} talks went on, {time.monotonic() - began:.0f} s"
    )


def counted(cluster: Cluster, people: list[str], stopped: list[str]) -> Counter[str]:
    """Count the blast's messages by person, and the first questions of the survey: one each at most."""
    blast = Counter(one.recipient for one in cluster.twilio.accepted if one.body == TEXT)
    talks = Counter(one.recipient for one in cluster.twilio.accepted if "Three questions" in one.body)
    assert set(people) - set(stopped) <= blast.keys()
    assert set(TALKERS) == talks.keys()
    assert set((blast + talks).values()) == {1}
    return blast + talks

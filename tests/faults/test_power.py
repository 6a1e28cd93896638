"""The power goes in the midst of a blast: what was answered is on the disk, and nothing leaves twice."""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import signal
import sqlite3
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pytest

from storage.care.doctor import examine
from tests.conversations.script import SERVICE
from tests.faults.conftest import Say
from tests.faults.power import Disk, read_trace, strace
from tests.faults.processes import LONG, TEXT, Cluster, running

pytestmark = pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
PEOPLE, CUTS, RUNS = (600, 1_000, 5) if LONG else (150, 150, 1)
TALKERS = 4
STEPS = ("PIZZA", "1", "no", "STOP")


class Answered(NamedTuple):
    """A text that was answered 200."""

    at: float
    sid: str
    phone: str
    text: str


async def talk(cluster: Cluster, number: int, answered: list[Answered]) -> None:
    """Take the survey and stop, under ever new phones, until the service is gone."""
    count = 0
    while cluster.nodes[0].url:
        phone, text = f"+1555{4_000_000 + number + (count // len(STEPS)) * TALKERS}", STEPS[count % len(STEPS)]
        sid = f"SM{number:04x}{count:028x}"
        if await cluster.twilio.text(phone, SERVICE, text, MessageSid=sid) != 200:
            return
        answered.append(Answered(time.time(), sid, phone, text))
        count += 1
        await asyncio.sleep(0.02)


def child_of(pid: int) -> int:
    """Find the process that strace runs."""
    return int(Path(f"/proc/{pid}/task/{pid}/children").read_text())


async def unplug(cluster: Cluster) -> None:
    """Kill the service under strace, which ends with it."""
    (node,) = cluster.nodes
    os.kill(child_of(node.process.pid), signal.SIGKILL)
    await node.process.wait()
    await node.end()


def check(files: Mapping[Path, bytes], into: Path, answered: Sequence[Answered], sent_to: set[str]) -> None:
    """Open what the disk may hold: it is sound, with all that was answered, and knows of every request that left."""
    shutil.rmtree(into, ignore_errors=True)
    into.mkdir()
    for path, data in files.items():
        (into / path.name).write_bytes(data)
    with closing(sqlite3.connect(into / "rollcall.db")) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        kept = {row[0] for row in database.execute("SELECT provider_id FROM messages WHERE direction = 'inbound'")}
        assert {one.sid for one in answered} <= kept
        stopped = {row[0] for row in database.execute("SELECT address FROM opt_outs WHERE scope = 'all'")}
        assert {one.phone for one in answered if one.text == "STOP"} <= stopped
        rows = database.execute("SELECT address FROM messages WHERE campaign_id IS NOT NULL AND status <> 'queued'")
        assert sent_to <= {row[0] for row in rows}


@pytest.mark.timeout(900)
@pytest.mark.parametrize("run", range(RUNS))
async def test_the_power_goes(run: int, tmp_path: Path, say: Say) -> None:
    """At any moment of a blast, with whatever part of the unsynced writes; then the service goes on with the rest."""
    dice = random.Random(run)  # noqa: S311 - a dice, no secret
    path, trace, answered = tmp_path / "rollcall.db", tmp_path / "trace", list[Answered]()
    async with running(f"sqlite:///{path}", more={"ROLLCALL_RATE_PER_SECOND": "100"}) as cluster:
        people = await cluster.settle(PEOPLE)
        (node,) = cluster.nodes
        await node.end()
        disk = Disk([path, path.with_name("rollcall.db-wal")])
        node.before = strace(trace)
        await node.start()
        talks = asyncio.gather(*(talk(cluster, number, answered) for number in range(TALKERS)))
        await cluster.command(f"BLAST community: {TEXT}")
        await cluster.twilio.hears(people[PEOPLE // 2], TEXT)
        await asyncio.sleep(dice.uniform(0, 0.2))
        await unplug(cluster)
        await talks
        events = list(read_trace(trace))
        left = [
            (attempt.at / 1_000_000, attempt.form["To"][0])
            for attempt in cluster.twilio.attempts
            if attempt.form["Body"][0] == TEXT
        ]
        cuts, most = set(dice.sample(range(len(events)), CUTS)), 0
        for number, event in enumerate(events):
            if number in cuts:
                most = max(most, disk.pending_count)
                before = [one for one in answered if one.at < event.at]
                check(disk.lose_power(dice), tmp_path / "cut", before, {phone for at, phone in left if at < event.at})
            disk.take(event)
        files = disk.lose_power(dice)
        check(files, tmp_path / "cut", answered, {phone for _at, phone in left})
        for name in ("rollcall.db", "rollcall.db-wal", "rollcall.db-shm"):
            path.with_name(name).unlink(missing_ok=True)
        for place, data in files.items():
            place.write_bytes(data)
        node.before = ()
        await node.start()
        await cluster.finished()
        told = await cluster.sent_once(people)
    assert [one.name async for one in examine(f"sqlite:///{path}") if not one.is_sound] == []
    say(
        f"power: {CUTS} moments of {len(events):,} calls, up to {most} writes in doubt: {len(answered)} texts "
        f"answered, 0 missing, 0 requests unknown; after the last: {told}"
    )

"""The power goes in the midst of a blast: what was answered is on the disk, and nothing leaves twice."""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import signal
import sqlite3
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import pytest

from storage.care.doctor import examine
from tests.conversations.script import SERVICE
from tests.faults.conftest import Say
from tests.faults.power import Disk, Event, read_trace, strace
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


@dataclass
class Seen:
    """What the world has seen of the service, by the wall clock in seconds."""

    answered: list[Answered] = field(default_factory=list)
    left: list[tuple[float, str]] = field(default_factory=list)
    """Requests of the blast: when they came, and for which phone."""

    def before(self, at: float) -> Seen:
        """Give what it had seen by then."""
        return Seen([one for one in self.answered if one.at < at], [one for one in self.left if one[0] < at])


async def talk(cluster: Cluster, number: int, seen: Seen) -> None:
    """Take the survey and stop, under ever new phones, until the service is gone."""
    count = 0
    while cluster.nodes[0].url:
        phone, text = f"+1555{4_000_000 + number + (count // len(STEPS)) * TALKERS}", STEPS[count % len(STEPS)]
        sid = f"SM{number:04x}{count:028x}"
        if await cluster.twilio.text(phone, SERVICE, text, MessageSid=sid) != 200:
            return
        seen.answered.append(Answered(time.time(), sid, phone, text))
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


def put(files: Mapping[Path, bytes], into: Path) -> None:
    """Put into a folder what the disk may hold, instead of the database there."""
    into.mkdir(exist_ok=True)
    for path in into.glob("rollcall.db*"):
        path.unlink()
    for path, data in files.items():
        (into / path.name).write_bytes(data)


def check(files: Mapping[Path, bytes], into: Path, seen: Seen) -> None:
    """Open what the disk may hold: it is sound, with all that was answered, and knows of every request that left."""
    put(files, into)
    with closing(sqlite3.connect(into / "rollcall.db")) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        kept = {row[0] for row in database.execute("SELECT provider_id FROM messages WHERE direction = 'inbound'")}
        assert {one.sid for one in seen.answered} <= kept
        stopped = {row[0] for row in database.execute("SELECT address FROM opt_outs WHERE scope = 'all'")}
        assert {one.phone for one in seen.answered if one.text == "STOP"} <= stopped
        rows = database.execute("SELECT address FROM messages WHERE campaign_id IS NOT NULL AND status <> 'queued'")
        assert {phone for _at, phone in seen.left} <= {row[0] for row in rows}


def check_cuts(disk: Disk, events: Sequence[Event], into: Path, seen: Seen, dice: random.Random) -> int:
    """Let the power go at so many moments of the trace; gives how many writes were in doubt at most."""
    cuts, most = set(dice.sample(range(len(events)), CUTS)), 0
    for number, event in enumerate(events):
        if number in cuts:
            most = max(most, disk.pending_count)
            check(disk.lose_power(dice), into, seen.before(event.at))
        disk.take(event)
    return most


@pytest.mark.timeout(900)
@pytest.mark.parametrize("run", range(RUNS))
async def test_the_power_goes(run: int, tmp_path: Path, say: Say) -> None:
    """At any moment of a blast, with whatever part of the unsynced writes; then the service goes on with the rest."""
    dice, seen = random.Random(run), Seen()  # noqa: S311 - a dice, no secret
    path, trace, cut = tmp_path / "rollcall.db", tmp_path / "trace", tmp_path / "cut"
    async with running(f"sqlite:///{path}", more={"ROLLCALL_RATE_PER_SECOND": "100"}) as cluster:
        people = await cluster.settle(PEOPLE)
        (node,) = cluster.nodes
        await node.end()
        disk = Disk([path, path.with_name("rollcall.db-wal")])
        node.before = strace(trace)
        await node.start()
        talks = asyncio.gather(*(talk(cluster, number, seen) for number in range(TALKERS)))
        await cluster.command(f"BLAST community: {TEXT}")
        await cluster.twilio.hears(people[PEOPLE // 2], TEXT)
        await asyncio.sleep(dice.uniform(0, 0.2))
        await unplug(cluster)
        await talks
        attempts = [one for one in cluster.twilio.attempts if one.form["Body"][0] == TEXT]
        seen.left += [(one.at / 1_000_000, one.form["To"][0]) for one in attempts]
        events = list(read_trace(trace))
        most = check_cuts(disk, events, cut, seen, dice)
        files = disk.lose_power(dice)
        check(files, cut, seen)
        put(files, tmp_path)
        node.before = ()
        await node.start()
        await cluster.finished()
        told = await cluster.sent_once(people)
        replies = Counter((one.recipient, one.body) for one in cluster.twilio.accepted)
        assert {replies[one] for one in replies if one[0] in {text.phone for text in seen.answered}} == {1}
    assert most > 0
    assert {text.text for text in seen.answered} == set(STEPS)
    assert [one.name async for one in examine(f"sqlite:///{path}") if not one.is_sound] == []
    say(
        f"power: {CUTS:,} moments of {len(events):,} calls, up to {most} writes in doubt: {len(seen.answered)} texts "
        f"answered, 0 missing, 0 requests unknown; after the last: {told}"
    )

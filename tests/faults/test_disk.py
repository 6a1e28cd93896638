"""The disk is full for a while: nothing that was answered 200 is lost, and all goes on by itself afterwards."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import aiohttp
import pytest
from sqlalchemy import func, select

from storage.schema import messages
from tests.conversations.script import SERVICE
from tests.faults.conftest import Say
from tests.faults.processes import LONG, TEXT, Cluster, running

SIZE_MB = 64
RECOVERY_SECONDS = 10.0
LOCKED_SECONDS = 30.0 if LONG else 10.0


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Give a small disk of its own (only root can make one)."""
    place = tmp_path / "disk"
    place.mkdir()
    command = ["/bin/mount", "-t", "tmpfs", "-o", f"size={SIZE_MB}m", "tmpfs", str(place)]
    try:
        subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - our own
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no small disk can be made here: that takes root and mount")
    yield place
    subprocess.run(["/bin/umount", str(place)], check=True)  # noqa: S603 - our own


def fill(place: Path) -> Path:
    """Take all the room that is left."""
    ballast = place / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4_096))
        except OSError:
            return ballast


@pytest.mark.timeout(240)
async def test_a_full_disk(small_disk: Path, say: Say) -> None:
    """Refused with 503 while it is full, answered within seconds when there is room; each message and reply once."""
    async with running(f"sqlite:///{small_disk}/rollcall.db", more={"ROLLCALL_RATE_PER_SECOND": "500"}) as cluster:
        taken: list[str] = []
        await post_until(cluster, taken, 200, refused=False)
        ballast = await asyncio.to_thread(fill, small_disk)
        refused = await post_until(cluster, taken, 3_000, refused=True)
        await check_alive(cluster)
        await asyncio.sleep(1.0)
        await asyncio.to_thread(ballast.unlink)
        began = time.monotonic()
        await post_until(cluster, taken, 200, refused=False)
        spent = time.monotonic() - began
        await cluster.worked_off()
        stored = await cluster.rows(select(messages.c.provider_id).where(messages.c.direction == "inbound"))
        assert set(taken) <= {row[0] for row in stored}
        replies = await cluster.rows(select(func.count()).where(messages.c.direction == "outbound"))
        got = Counter(one.recipient for one in cluster.twilio.accepted)
        assert set(got.values()) == {1}
        assert len(got) == replies[0][0]
    assert spent < RECOVERY_SECONDS
    say(f"disk full: {len(taken):,} answered 200 and all kept, {refused} refused, everybody answered once after it")


@pytest.mark.timeout(240)
async def test_a_locked_database(tmp_path: Path, say: Say) -> None:
    """Another program holds the file amid a blast: what comes gets 503 in time, and all goes on by itself after it."""
    url = f"sqlite:///{tmp_path}/rollcall.db"
    async with running(url, more={"ROLLCALL_RATE_PER_SECOND": "200"}) as cluster:
        people = await cluster.settle(600)
        await cluster.command(f"BLAST community: {TEXT}")
        await cluster.twilio.hears(people[50], TEXT)
        with closing(sqlite3.connect(tmp_path / "rollcall.db", isolation_level=None, timeout=20)) as other:
            other.execute("BEGIN IMMEDIATE")
            began = time.monotonic()
            assert await cluster.twilio.text("+15550100188", SERVICE, "HELP") == 503
            refused_after = time.monotonic() - began
            await asyncio.sleep(max(0.0, LOCKED_SECONDS - refused_after))
            other.execute("ROLLBACK")
        await cluster.finished()
        figure = await cluster.sent_once(people)
    assert refused_after < 8.0
    say(f"database locked for {LOCKED_SECONDS:.0f} s in a blast: 503 after {refused_after:.0f} s; {figure}")


async def post_until(cluster: Cluster, taken: list[str], count: int, *, refused: bool) -> int:
    """Let so many people text; with `refused` only until twenty were refused. Gives how many were."""
    refusals = 0
    for _number in range(count):
        number = len(cluster.twilio.received) + 1
        sid = f"SM{number:032x}"
        status = await cluster.twilio.text(f"+1555{6_000_000 + number}", SERVICE, "HELP", MessageSid=sid)
        assert status in ((200, 503) if refused else (200,))
        if status == 200:
            taken.append(sid)
        refusals += status == 503
        if refused and refusals == 20:
            break
    return refusals


async def check_alive(cluster: Cluster) -> None:
    """Check that the service lives while its disk is full."""
    async with aiohttp.ClientSession() as client, client.get(f"{cluster.nodes[0].url}/health/live") as answer:
        assert answer.status == 200

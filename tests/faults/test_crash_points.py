"""Killed, or failed by the disk, at chosen system calls: what was in the file is whole, and nothing leaves twice."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import sys
from contextlib import closing, suppress
from pathlib import Path

import pytest

from storage.care.doctor import examine
from storage.migrate import newest_revision
from tests.faults.conftest import Say
from tests.faults.processes import LONG, TEXT, running
from tests.node import ROOT

pytestmark = pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
WRITES = range(1, 400, 4) if LONG else range(1, 400, 57)
SYNCS = (1, 2, 5, 17, 60) if LONG else (17,)
PEOPLE = 150
NULL = asyncio.subprocess.DEVNULL


def strace(call: str, what: str) -> tuple[str, ...]:
    """Give the command that runs another one and interferes with a system call of it."""
    strace = shutil.which("strace")
    assert strace is not None
    return (strace, "-f", "-qq", "-o", os.devnull, "-e", f"trace={call}", "-e", f"inject={call}:{what}")


@pytest.mark.timeout(900)
async def test_a_migration_killed_at_any_write(tmp_path: Path, say: Say) -> None:
    """The schema is the old one (none) or the new one, never between; the next start finishes it."""
    halves, wholes = 0, 0
    for number in WRITES:
        path = tmp_path / f"{number}.db"
        environment = {**os.environ, "DATABASE_URL": f"sqlite:///{path}"}
        upgrade = (sys.executable, "-m", "bot", "db", "upgrade")
        killer = strace("pwrite64", f"signal=SIGKILL:when={number}")
        for command in ((*killer, *upgrade), upgrade):
            process = await asyncio.create_subprocess_exec(
                *command,
                cwd=ROOT,
                env=environment,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.DEVNULL,
            )
            await process.wait()
            if command is not upgrade and path.exists():
                with closing(sqlite3.connect(path)) as connection:
                    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
                    names = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
                    revision = (
                        "alembic_version" in names
                        and connection.execute("SELECT version_num FROM alembic_version").fetchone()
                    )
                assert bool(revision) == ("messages" in names)
                halves, wholes = halves + (not revision), wholes + bool(revision)
        assert process.returncode == 0
        with closing(sqlite3.connect(path)) as connection:
            assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == (newest_revision(),)
    assert halves
    say(f"migration killed at {len(WRITES)} writes: {halves} times nothing, {wholes} times all of it, never between")


@pytest.mark.timeout(900)
@pytest.mark.parametrize("what", ["signal=SIGKILL", "error=EIO"])
async def test_a_blast_at_any_commit(what: str, tmp_path: Path, say: Say) -> None:
    """At the chosen commit the process is killed, or the disk fails and it ends: the next start sends the rest."""
    for number in SYNCS:
        url = f"sqlite:///{tmp_path}/{number}.db"
        async with running(url, more={"ROLLCALL_RATE_PER_SECOND": "200"}) as cluster:
            people = await cluster.settle(PEOPLE)
            (node,) = cluster.nodes
            await node.end()
            lasts = "+" if what == "error=EIO" else ""
            node.before = strace("fdatasync", f"{what}:when={number}{lasts}")
            with suppress(ChildProcessError):
                await node.start()
            command = asyncio.create_task(cluster.command(f"BLAST community: {TEXT}"))
            async with asyncio.timeout(60):
                assert await node.process.wait() != 0
            await node.end()
            node.before = ()
            await node.start()
            await command
            await cluster.finished()
            await cluster.sent_once(people)
        assert [one.name async for one in examine(url) if not one.is_sound] == []
    say(f"{what} at commit {', '.join(map(str, SYNCS))}: each time all {PEOPLE} got it once after the next start")

"""Large old databases are taken over by `rollcall db adopt`, which is killed in the middle and begun again."""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from sqlalchemy import make_url

from storage.care.doctor import examine
from storage.care.status import read_status
from tests.conftest import empty, fresh_database
from tests.faults.conftest import Say
from tests.faults.processes import LONG
from tests.node import ROOT
from tests.storage.adopt.conftest import ON_POSTGRESQL, Build

LARGE = Path(__file__).parent / "large"
MESSAGES = 100_000
KILLED_AFTER = (3.0, 5.0) if LONG else (4.0,)
"""Seconds."""
OWNERS = {"waqtor": "owner@example.org", "red_button": "builder@example.org"}
LARGEST = {"red_button": ("contacts", MESSAGES), "sms_admin": ("messages", MESSAGES)}


async def fill(name: str, url: str) -> None:
    """Add many people and messages."""
    script = (LARGE / f"{name}.sql").read_text("utf-8")
    if name in ON_POSTGRESQL:
        connection = await asyncpg.connect(url)
        await connection.execute(script)
        await connection.close()
        return
    with closing(sqlite3.connect(make_url(url).database or "")) as file:
        file.executescript(script)


async def adopt(ours: str, old: str, report: Path, kill_after: float | None = None) -> tuple[int | None, float]:
    """Run the command, or kill it after so many seconds; gives its code and how long it took."""
    environment = {**os.environ, "DATABASE_URL": ours, "ROLLCALL_SIMULATOR": "true", "ROLLCALL_COUNTRY": "US"}
    owner = ("--owner", OWNERS[report.stem]) if report.stem in OWNERS else ()
    command = (sys.executable, "-m", "bot", "db", "adopt", old, "--yes", "--report", str(report), *owner)
    began = time.monotonic()
    process = await asyncio.create_subprocess_exec(
        *command, cwd=ROOT, env=environment, stdout=asyncio.subprocess.DEVNULL
    )
    try:
        async with asyncio.timeout(kill_after):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
    return process.returncode, time.monotonic() - began


@pytest.mark.parametrize("name", sorted(path.stem for path in LARGE.iterdir()))
async def test_a_large_takeover(
    name: str, build: Build, request: pytest.FixtureRequest, tmp_path: Path, say: Say
) -> None:
    """Of 100,000 messages; killed in its midst, the last run finishes and everything adds up."""
    old, report = await build(name), tmp_path / f"{name}.json"
    await fill(name, old)
    if name in ON_POSTGRESQL:
        async with fresh_database(request.getfixturevalue("postgresql_url"), empty) as ours:
            figure = await hold(name, old, ours, report)
    else:
        figure = await hold(name, old, f"sqlite:///{tmp_path / 'ours.db'}", report)
    say(figure)


def read(report: Path) -> dict[str, Any]:
    """Read the report of a takeover."""
    document: dict[str, Any] = json.loads(report.read_text("utf-8"))
    return document


async def hold(name: str, old: str, ours: str, report: Path) -> str:
    """Kill the takeover, then let it finish; again it writes nothing. Gives the figure."""
    for seconds in KILLED_AFTER:
        await adopt(ours, old, report, seconds)
    code, seconds = await adopt(ours, old, report)
    assert (code, read(report)["adds_up"]) == (0, True)
    table, least = LARGEST.get(name, ("messages", MESSAGES))
    count = (await read_status(ours)).row_counts[table]
    assert least <= count <= least + 10
    assert [one.name async for one in examine(ours) if not one.is_sound] == []
    assert (await adopt(ours, old, report))[0] == 0
    assert {one["written"] for one in read(report)["tables"].values()} == {0}
    assert (await read_status(ours)).row_counts[table] == count
    times = len(KILLED_AFTER)
    return f"takeover of {name}: {count:,} rows of {table}, killed {times} times, then {seconds:.0f} s, nothing doubled"

"""Room, locks and slow statements; one table as a file."""

from __future__ import annotations

import asyncio
import csv
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import insert, text

from flows.errors import ConfigError, StorageError
from storage.care.tables import write_table
from storage.care.tidy import tidy
from storage.care.usage import read_usage
from storage.database import make_engine
from storage.keys import new_key
from storage.schema import groups
from tests.storage.care.seen import WORKSPACE, is_sqlite, path_of, wrong


async def test_tidying_up(url: str) -> None:
    """What was deleted gives its room back, nothing else changes, and the doctor stays content."""
    rows = [{"workspace_id": WORKSPACE.id, "name": f"group {number} {'x' * 80}"} for number in range(9_000)]
    engine = make_engine(url)
    async with engine.begin() as connection:
        await connection.execute(insert(groups), [{**row, "id": new_key(), "created_at": 1} for row in rows])
    async with engine.begin() as connection:
        await connection.execute(groups.delete())
    await engine.dispose()
    before, after = await tidy(url)
    assert after < before - 500_000
    assert await wrong(url) == {}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_tidying_up_what_is_in_use(url: str) -> None:
    """Somebody writes: it is said, and nothing is done."""
    with closing(sqlite3.connect(path_of(url))) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageError, match="cannot be tidied up now: database is locked"):
            await tidy(url)


async def test_what_takes_the_room(url: str) -> None:
    """Every table has its bytes; nothing waits, and only PostgreSQL knows of indexes that nobody reads."""
    found = await read_usage(url)
    assert found.byte_counts["contacts"] > 0
    assert list(found.byte_counts.values()) == sorted(found.byte_counts.values(), reverse=True)
    assert bool(found.unused_indexes) is not is_sqlite(url)
    assert found.waiting == ()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_who_waits_for_whom(url: str) -> None:
    """A statement behind a lock is named with the one that holds it."""
    engine = make_engine(url)
    async with engine.connect() as holder, engine.connect() as waiter:
        await holder.execute(text("LOCK TABLE groups"))
        waiting = asyncio.create_task(waiter.execute(text("SELECT count(*) FROM groups")))
        async with asyncio.timeout(10):
            while not (found := (await read_usage(url)).waiting):
                assert not waiting.done()  # each look lets the other task go on
        await holder.rollback()
        await waiting
    await engine.dispose()
    assert found[0].statement == "SELECT count(*) FROM groups"
    assert len(found[0].for_pids) == 1


async def test_one_table_as_a_file(url: str, tmp_path: Path) -> None:
    """A header and a line for each row; a table that is none of ours and a file that is there are refused."""
    target = tmp_path / "workspaces.csv"
    assert await write_table(url, "workspaces", target, str.upper) == 1
    (row,) = csv.DictReader(target.read_text("utf-8").splitlines())
    assert (row["id"], row["name"]) == (WORKSPACE.id.hex().upper(), "HARBOR CHOIR")
    for name, place, said in (
        ("secrets", "new.csv", "no table secrets"),
        ("groups", "workspaces.csv", "there already"),
    ):
        with pytest.raises(ConfigError, match=said):
            await write_table(url, name, tmp_path / place, str)
    with pytest.raises(ConfigError, match="cannot be written"):
        await write_table(url, "groups", tmp_path / "missing" / "groups.csv", str)
    assert os.listdir(tmp_path).count("workspaces.csv") == 1


async def test_slow_statements_are_noted(url: str, caplog: pytest.LogCaptureFixture) -> None:
    """A statement of over a tenth of a second is logged, without the values in it; quick ones are not."""
    number = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count) SELECT max(i) FROM n"
    engine = make_engine(url)
    async with engine.connect() as connection:
        await connection.execute(text(number), {"count": 2})
        assert caplog.messages == []
        await connection.execute(text(number), {"count": 3_000_000})
    await engine.dispose()
    (said,) = caplog.messages
    assert said.startswith("A statement took ")
    assert "3000000" not in said

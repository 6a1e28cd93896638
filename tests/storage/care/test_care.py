"""The database's own care, on both engines."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from sqlalchemy import insert, select, text

from flows.errors import ConfigError, StorageError
from storage.care.backup import backup, check_backup, restore
from storage.care.doctor import Finding, examine
from storage.care.hold import Held
from storage.care.snapshot import snapshot_of
from storage.care.status import read_status
from storage.channels import save_workspace
from storage.database import make_engine, open_database
from storage.keys import new_key
from storage.migrate import newest_revision, upgrade
from storage.schema import channels, contacts, departures, events, groups, keywords, messages, schedules, workspaces
from tests.storage.care.seen import NOW, WORKSPACE, is_sqlite, path_of, wrong


async def execute(url: str, *statements: str) -> None:
    """Change a database past the program, with foreign keys off where that is possible."""
    engine = make_engine(url)
    async with engine.connect() as connection:
        if is_sqlite(url):
            await connection.exec_driver_sql("COMMIT")
            await connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            await connection.exec_driver_sql("BEGIN")
        for statement in statements:
            await connection.execute(text(statement))
        await connection.commit()
    await engine.dispose()


def damage(path: Path) -> None:
    """Overwrite a page of an index."""
    with closing(sqlite3.connect(path)) as connection:
        page = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'uq_groups_name'").fetchone()[0]
        size = connection.execute("PRAGMA page_size").fetchone()[0]
    with path.open("rb+") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)


async def count(url: str, table: str = "contacts") -> int:
    """Count rows."""
    return (await read_status(url)).row_counts[table]


async def test_status(url: str) -> None:
    """Place without password, revision, size and rows by table."""
    found = await read_status(url)
    assert (found.revision, found.newest_revision) == (newest_revision(), newest_revision())
    assert found.byte_count > 100_000
    assert (found.row_counts["workspaces"], found.row_counts["contacts"]) == (1, 0)
    assert found.place.startswith(("sqlite:///", "postgresql://"))


async def test_status_of_nothing(database_url: str, tmp_path: Path) -> None:
    """An empty database, and a file that is not there: no revision, no rows, and nothing is made."""
    found = await read_status(database_url)
    assert (found.revision, found.row_counts) == (None, {})
    missing = tmp_path / "missing.db"
    assert (await read_status(f"sqlite:///{missing}")).byte_count == 0
    assert not missing.exists()


async def test_a_look_makes_no_file(tmp_path: Path) -> None:
    """Doctor and snapshot of a SQLite file that is not there say so, and do not make it."""
    missing = tmp_path / "missing.db"
    with pytest.raises(ConfigError, match="There is no database at"):
        await wrong(f"sqlite:///{missing}")
    with pytest.raises(ConfigError, match="There is no database at"):
        await snapshot_of(f"sqlite:///{missing}")
    assert not missing.exists()


async def test_a_sound_database(url: str) -> None:
    """Every examination says so, each by its name."""
    found = [one async for one in examine(url)]
    assert [one.name for one in found] == [
        "integrity",
        "durability",
        "foreign keys",
        "schema",
        "orphans",
        "counters",
        "contacts",
        "audit",
        "room",
    ]
    assert await wrong(url) == {}


async def test_a_schema_that_is_behind(database_url: str) -> None:
    """It is upgraded first: nothing else is looked at."""
    if is_sqlite(database_url):
        path_of(database_url).touch()
    assert [one async for one in examine(database_url)] == [
        Finding("schema", False, f"at revision none, not {newest_revision()}: rollcall db upgrade")
    ]


async def test_a_schema_that_drifted(url: str) -> None:
    """A column too many and an index too few are named."""
    await execute(url, "ALTER TABLE groups ADD COLUMN colour TEXT", "DROP INDEX uq_groups_name")
    found = await wrong(url)
    assert found.keys() == {"schema"}
    assert "remove_column" in found["schema"]
    assert "colour" in found["schema"]
    assert "uq_groups_name" in found["schema"]


async def test_counters_and_orphans(url: str) -> None:
    """A count that does not add up is named with its event, rows that lead nowhere with their kind."""
    key, stamps = b"k" * 16, {"workspace_id": WORKSPACE.id, "created_at": 1, "updated_at": 1}
    event = {"id": key, "number": 7, "title": "Gala", "registered_count": 3, "time_zone": "UTC", **stamps}
    keyword = {"workspace_id": WORKSPACE.id, "keyword": "x", "word": "X", "target": "survey", "target_id": key}
    lost = {"id": key, "channel_id": key, "contact_id": key, "direction": "inbound", "status": "received", **stamps}
    engine = make_engine(url)
    async with engine.begin() as connection:
        await connection.execute(insert(events), event)
        await connection.execute(insert(keywords), {**keyword, "position": 0})
        await connection.execute(insert(messages), {**lost, "address": "+15550100001", "body": ""})
    await engine.dispose()
    assert await wrong(url) == {
        "counters": "registered_count of event 7 is not the number of its registrations",
        "orphans": "1 messages without their contact; 1 messages without their channel; 1 keywords that start nothing",
    }


async def test_contacts_by_their_status(url: str) -> None:
    """The doctor counts contacts by status, as campaigns see them, and finds a word that is not a status."""
    engine = make_engine(url)
    made = text(
        "INSERT INTO contacts (id, workspace_id, address, status, created_at, updated_at)"
        " VALUES (:key, :workspace, :address, :status, 1, 1)"
    )

    async def add(status: str, address: str) -> None:
        values = {"key": new_key(), "workspace": WORKSPACE.id, "status": status, "address": address}
        async with engine.begin() as connection:
            await connection.execute(made, values)

    await add("active", "+15550100101")
    await add("inactive", "+15550100102")
    said = {one.name: one.text for one in [found async for found in examine(url)]}
    assert said["contacts"] == "1 active, 1 inactive"
    async with engine.begin() as connection:
        lift = "PRAGMA ignore_check_constraints = ON"
        if not is_sqlite(url):
            lift = "ALTER TABLE contacts DROP CONSTRAINT ck_contacts_status"
        await connection.execute(text(lift))
    await add("unheard", "+15550100103")
    await engine.dispose()
    assert (await wrong(url))["contacts"] == "a status that is not known: unheard: restore a backup"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_references_to_nothing(url: str) -> None:
    """Rows that foreign keys would not let in are counted by table."""
    await execute(
        url,
        "INSERT INTO groups (id, workspace_id, name, created_at) VALUES (X'01', X'02', 'nowhere', 1)",
    )
    assert await wrong(url) == {"foreign keys": "1 rows of groups refer to nothing: restore a backup"}


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_keys_that_were_never_validated(url: str) -> None:
    """PostgreSQL can be told to look away: the doctor does not."""
    await execute(
        url,
        "ALTER TABLE groups ADD CONSTRAINT fk_lazy FOREIGN KEY (workspace_id) REFERENCES workspaces (id) NOT VALID",
    )
    assert (await wrong(url))["foreign keys"] == "not validated: fk_lazy"


async def test_a_server_that_does_not_sync(server: Any) -> None:
    """A PostgreSQL that was made faster than safe is found out."""
    url = server.get_uri()
    await upgrade(url)
    assert await wrong(url) == {}
    admin = await asyncpg.connect(url)
    await admin.execute("ALTER SYSTEM SET fsync = off")
    await admin.execute("SELECT pg_reload_conf()")
    async with asyncio.timeout(10):
        while await admin.fetchval("SHOW fsync") == "on":  # noqa: ASYNC110 - the server reads its file in its own time
            await asyncio.sleep(0.05)
    await admin.close()
    assert await wrong(url) == {"durability": "off at the server: fsync: a power cut can damage it"}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_damaged_file(url: str) -> None:
    """A page that was overwritten is found."""
    engine = make_engine(url)
    rows = [{"workspace_id": WORKSPACE.id, "name": f"group {number} {'x' * 80}"} for number in range(200)]
    async with engine.begin() as connection:
        await connection.execute(insert(groups), [{**row, "id": new_key(), "created_at": 1} for row in rows])
    await engine.dispose()
    damage(path_of(url))
    assert "restore a backup" in (await wrong(url))["integrity"]


async def test_a_copy_under_load_and_back(url: str, tools: Path | None, tmp_path: Path) -> None:
    """While somebody writes without end a copy is made; it is whole, and brings the database back as it was then."""
    database = await open_database(url)
    stop = asyncio.Event()

    async def write() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            row = {"id": number.to_bytes(16, "big"), "workspace_id": WORKSPACE.id, "address": f"+1555{number:07}"}
            async with database.engine.begin() as connection:
                await connection.execute(
                    insert(contacts), {**row, "status": "active", "created_at": 1, "updated_at": 1}
                )

    writing = asyncio.create_task(write())
    async with asyncio.timeout(30):
        while await count(url) < 10:  # each look lets the other task write
            continue
    copy = tmp_path / "copies" / "rollcall.backup"
    try:
        size = await backup(url, copy, tools)
    finally:
        stop.set()
        await writing
        await database.close()
    assert size == copy.stat().st_size > 10_000
    assert os.listdir(copy.parent) == ["rollcall.backup"]
    at_the_end = await count(url)
    with pytest.raises(ConfigError, match="--force"):
        await restore(url, copy, NOW, tools=tools)
    assert await count(url) == at_the_end
    await restore(url, copy, NOW, force=True, tools=tools)
    assert 10 <= await count(url) <= at_the_end
    assert await wrong(url) == {}


async def test_what_is_there_is_not_overwritten(url: str, tools: Path | None, tmp_path: Path) -> None:
    """A copy never takes the place of another file."""
    there = tmp_path / "there"
    there.write_text("precious")
    with pytest.raises(ConfigError, match="is there already"):
        await backup(url, there, tools)
    assert there.read_text() == "precious"


async def test_what_is_no_copy(url: str, tools: Path | None, tmp_path: Path) -> None:
    """Another file, a missing one and half a copy are refused, and the database stays."""
    other = tmp_path / "other"
    other.write_bytes(b"no database" * 100)
    half = tmp_path / "half"
    await backup(url, half, tools)
    half.write_bytes(half.read_bytes()[: half.stat().st_size // 2])
    for bad in (other, half):
        with pytest.raises(StorageError):
            await restore(url, bad, NOW, force=True, tools=tools)
    with pytest.raises(ConfigError, match="There is no file"):
        await check_backup(url, tmp_path / "missing", tools)
    assert await count(url, "workspaces") == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_database_in_use_is_not_replaced(url: str, tmp_path: Path) -> None:
    """A service has it open: its next write would go into a file that is gone."""
    copy = tmp_path / "copy"
    await backup(url, copy)
    database = await open_database(url)
    await database.run(save_workspace(WORKSPACE, NOW))
    with pytest.raises(ConfigError, match="in use"):
        await restore(url, copy, NOW, force=True)
    await database.close()
    path_of(url).write_bytes(b"damaged beyond use" * 500)
    await restore(url, copy, NOW, force=True)
    assert await count(url, "workspaces") == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_copies_that_cannot_be(url: str, tmp_path: Path) -> None:
    """Nothing to copy, a copy of something else, and one of a newer version."""
    with pytest.raises(ConfigError, match="There is no database"):
        await backup(f"sqlite:///{tmp_path / 'missing.db'}", tmp_path / "copy")
    await execute(url, "UPDATE alembic_version SET version_num = '9876'")
    with pytest.raises(StorageError, match="newer version"):
        await backup(url, tmp_path / "copy")
    path_of(url).write_bytes(b"damaged" * 1000)
    with pytest.raises(StorageError, match="cannot be made"):
        await backup(url, tmp_path / "copy")
    assert not (tmp_path / "copy").exists()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_postgresql_without_its_programs(url: str, tmp_path: Path) -> None:
    """What is missing is named."""
    with pytest.raises(ConfigError, match="pg_dump is not installed"):
        await backup(url, tmp_path / "copy", tmp_path)


async def test_a_copy_into_an_empty_place(url: str, tools: Path | None, tmp_path: Path) -> None:
    """No force is needed where nothing is lost."""
    copy = tmp_path / "copy"
    await backup(url, copy, tools)
    if is_sqlite(url):
        target = f"sqlite:///{tmp_path / 'new' / 'rollcall.db'}"
    else:
        await execute(url, "DROP SCHEMA public CASCADE", "CREATE SCHEMA public")
        target = url
    await restore(target, copy, NOW, tools=tools)
    assert await count(target, "workspaces") == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_copy_that_rots(url: str, tmp_path: Path) -> None:
    """A copy that opens but is damaged inside is not put in the place of the database."""
    copy = tmp_path / "copy"
    await backup(url, copy)
    damage(copy)
    with pytest.raises(StorageError, match="is damaged"):
        await check_backup(url, copy)


async def test_the_status_of_an_older_schema(url: str) -> None:
    """A table that a later version brings is left out."""
    await execute(url, "DROP TABLE records")
    assert "records" not in (await read_status(url)).row_counts


async def test_snapshots(url: str) -> None:
    """Two of the same schema are the same; a change shows where it is."""
    before = await snapshot_of(url)
    assert await snapshot_of(url) == before
    groups = before["tables"]["groups"]
    assert groups["columns"]["name"]["nullable"] is False
    assert groups["indexes"]["uq_groups_name"] == {"columns": ["workspace_id", "name"], "unique": True}
    assert groups["foreign_keys"][0]["refers_to"] == "workspaces.id"
    await execute(url, "ALTER TABLE groups ADD COLUMN colour TEXT")
    after = await snapshot_of(url)
    assert set(after["tables"]["groups"]["columns"]) - set(groups["columns"]) == {"colour"}


async def test_what_was_due_waits_after_a_restore(url: str, tools: Path | None, tmp_path: Path) -> None:
    """A schedule that may have fired since the copy is paused, the next one not; what left is to be read anew."""
    engine, copy = make_engine(url), tmp_path / "copy"
    usual = {"workspace_id": WORKSPACE.id, "text": "Hi", "audience": "community", "rule": {}, "time_zone": "UTC"}
    stamps = {"channel_id": b"c" * 16, "created_at": 1, "updated_at": 1, "status": "active"}
    async with engine.begin() as connection:
        for number, due_at in ((1, NOW - 1), (2, NOW + 1)):
            row = {"id": bytes([number]) * 16, "number": number, "next_due_at": due_at}
            await connection.execute(insert(schedules).values(**row, **usual, **stamps))
        channel = {"id": b"c" * 16, "provider": "twilio", "transport": "sms", "address": "+15550109999"}
        made = {"workspace_id": WORKSPACE.id, "created_at": 1, "updated_at": 1}
        await connection.execute(insert(channels).values(**channel, **made))
        line = {"provider_id": "SM1", "address": "", "body": "", "status": "sent", "left_at": 1}
        await connection.execute(insert(departures).values(channel_id=channel["id"], **line))
    await engine.dispose()
    await backup(url, copy, tools)
    assert await restore(url, copy, NOW, force=True, tools=tools) == Held(0, 0, 1)
    async with engine.connect() as connection:
        rows = await connection.execute(select(schedules.c.number, schedules.c.status))
        assert sorted(tuple(row) for row in rows) == [(1, "paused"), (2, "active")]
        assert (await connection.execute(select(departures))).all() == []
        found = await connection.execute(select(workspaces.c.copied_at, workspaces.c.restored_at))
        assert tuple(found.one()) == (NOW, NOW)  # there were no messages that would tell when the copy was made
    await engine.dispose()

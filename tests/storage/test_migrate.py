"""Bringing a database up to date."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import IntegrityError

from flows.errors import ConfigError, StorageError
from storage.database import make_engine
from storage.migrate import alembic_config, newest_revision, upgrade
from storage.schema import metadata
from storage.schema.search import INDEXES
from tests.storage.steps import until

T = TypeVar("T")
INACTIVE = "UPDATE contacts SET status = 'inactive'"


async def on_core(url: str, work: Callable[[Connection], T]) -> T:
    """Run something on a plain connection and commit it."""
    engine = make_engine(url)
    try:
        async with engine.begin() as connection:
            return await connection.run_sync(work)
    finally:
        await engine.dispose()


def tables_of(connection: Connection) -> set[str]:
    """Name the tables that are there."""
    return {name for name in inspect(connection).get_table_names() if not name.startswith(INDEXES)}


def checks_of(connection: Connection) -> dict[str, list[tuple[str | None, str]]]:
    """Give the check constraints of every table: their names and conditions."""
    found = inspect(connection)
    return {
        table: sorted((check["name"], check["sqltext"]) for check in found.get_check_constraints(table))
        for table in metadata.tables
    }


@pytest.fixture
async def upgraded_url(database_url: str) -> str:
    """Give the URL of a database of each engine that is up to date, and may be harmed."""
    await upgrade(database_url)
    return database_url


async def test_an_empty_database_gets_every_table(database_url: str) -> None:
    """The first upgrade makes all tables and says from where to where it went."""
    before, after = await upgrade(database_url)
    assert before is None
    assert after
    assert await on_core(database_url, tables_of) == {*metadata.tables, "alembic_version"}


async def test_a_second_upgrade_changes_nothing(database_url: str) -> None:
    """A database that is up to date stays as it is."""
    _before, after = await upgrade(database_url)
    await on_core(
        database_url,
        lambda connection: connection.execute(
            text("INSERT INTO nodes (id, name, started_at, seen_at) VALUES (:id, 'one', 1, 1)"), {"id": b"n" * 16}
        ),
    )
    assert await upgrade(database_url) == (after, after)
    rows = await on_core(database_url, lambda connection: connection.execute(text("SELECT name FROM nodes")).all())
    assert [tuple(row) for row in rows] == [("one",)]


def is_in_the_code(name: str | None, _kind: str, _parents: object) -> bool:
    """Say whether Alembic can know of something: the full-text indexes are made beside it."""
    return not (name or "").startswith(INDEXES)


async def test_the_migrations_are_the_schema(upgraded_url: str) -> None:
    """Alembic finds no difference between the migrated database and the tables in the code."""

    def differences(connection: Connection) -> list[object]:
        options = {"compare_type": True, "compare_server_default": True, "include_name": is_in_the_code}
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))

    assert await on_core(upgraded_url, differences) == []


async def test_the_migrations_make_the_same_checks(upgraded_url: str) -> None:
    """The words that a column allows are those of the code, which Alembic does not compare."""
    migrated = await on_core(upgraded_url, checks_of)
    await on_core(upgraded_url, metadata.drop_all)
    await on_core(upgraded_url, metadata.create_all)
    assert sum(map(len, migrated.values())) > 5
    assert await on_core(upgraded_url, checks_of) == migrated


async def test_the_migrations_can_be_taken_back(upgraded_url: str) -> None:
    """Back to nothing and forth again gives every table."""
    await on_core(upgraded_url, lambda connection: command.downgrade(alembic_config(connection), "base"))
    assert await on_core(upgraded_url, tables_of) == {"alembic_version"}
    assert (await upgrade(upgraded_url))[0] is None
    assert await on_core(upgraded_url, tables_of) == {*metadata.tables, "alembic_version"}


async def test_contacts_become_inactive_without_a_copy_of_the_table(upgraded_url: str) -> None:
    """A database of before gets the new status; its contacts and their groups stay, and go back as blocked."""
    await on_core(upgraded_url, lambda connection: command.downgrade(alembic_config(connection), "0005"))
    key = b"k" * 16

    def fill(connection: Connection) -> None:
        for statement in (
            "INSERT INTO workspaces (id, name, language, time_zone, created_at, updated_at)"
            " VALUES (:key, 'Choir', 'en', 'UTC', 1, 1)",
            "INSERT INTO contacts (id, workspace_id, address, created_at, updated_at)"
            " VALUES (:key, :key, '+15550100101', 1, 1)",
            "INSERT INTO groups (id, workspace_id, name, created_at) VALUES (:key, :key, 'choir', 1)",
            "INSERT INTO group_members (group_id, contact_id, added_at) VALUES (:key, :key, 1)",
        ):
            connection.execute(text(statement), {"key": key})

    def members(connection: Connection) -> list[object]:
        joined = "SELECT status FROM contacts JOIN group_members ON contact_id = id"
        return [row[0] for row in connection.execute(text(joined))]

    await on_core(upgraded_url, fill)
    with pytest.raises(IntegrityError):
        await on_core(upgraded_url, lambda connection: connection.execute(text(INACTIVE)))
    await upgrade(upgraded_url)
    await on_core(upgraded_url, lambda connection: connection.execute(text(INACTIVE)))
    assert await on_core(upgraded_url, members) == ["inactive"]
    with pytest.raises(IntegrityError):
        await on_core(upgraded_url, lambda connection: connection.execute(text(INACTIVE.replace("'in", "'hyper"))))
    await on_core(upgraded_url, lambda connection: command.downgrade(alembic_config(connection), "0005"))
    assert await on_core(upgraded_url, members) == ["blocked"]


async def by_a_newer_program(url: str, floor: str) -> None:
    """Leave the database as a newer program would, which says from which revision on programs work with it."""

    def change(connection: Connection) -> None:
        connection.execute(text("UPDATE alembic_version SET version_num = '9876'"))
        connection.execute(text("UPDATE schema_floor SET revision = :floor"), {"floor": floor})

    await on_core(url, change)


async def revision_of(url: str) -> str:
    """Read the revision that the database says it has."""
    query = text("SELECT version_num FROM alembic_version")
    return str(await on_core(url, lambda connection: connection.execute(query).scalar()))


async def test_a_newer_database_is_refused(upgraded_url: str) -> None:
    """A revision that this program does not know, and that leaves it no place, is named and left alone."""
    await by_a_newer_program(upgraded_url, "9875")
    with pytest.raises(StorageError, match=r"at revision 9876, which this version of Rollcall does not know: run"):
        await upgrade(upgraded_url)
    assert await revision_of(upgraded_url) == "9876"


async def test_the_version_before_starts_beside_a_newer_one(upgraded_url: str) -> None:
    """Where the newer program says that this one's schema will do, it starts, and leaves the schema alone."""
    await by_a_newer_program(upgraded_url, newest_revision())
    assert await upgrade(upgraded_url) == ("9876", "9876")
    assert await revision_of(upgraded_url) == "9876"


async def test_two_nodes_start_at_once(database_url: str) -> None:
    """One migrates, the others wait and find it done."""
    results = await asyncio.gather(*(upgrade(database_url) for _ in range(3)))
    head = results[0][1]
    assert sorted(results, key=str) == [(head, head), (head, head), (None, head)]


async def test_a_migration_that_fails_leaves_nothing(database_url: str) -> None:
    """A table that stands in the way stops the upgrade, and none of the other tables is there afterwards."""
    await on_core(database_url, lambda connection: connection.execute(text("CREATE TABLE schedule_runs (id INTEGER)")))
    with pytest.raises(StorageError, match="cannot be brought up to date"):
        await upgrade(database_url)
    assert await on_core(database_url, tables_of) == {"schedule_runs"}


@pytest.mark.parametrize("name", ["", "file/below/rollcall.db"])
async def test_a_file_that_cannot_be_opened(name: str, tmp_path: Path) -> None:
    """A folder in place of the file, or a file in place of a folder, is a clear error."""
    (tmp_path / "file").write_text("no folder", "utf-8")
    before = threading.active_count()
    with pytest.raises(ConfigError, match=r"is a folder|cannot be written \("):
        await upgrade(f"sqlite:///{tmp_path / name}")
    await until(lambda: threading.active_count() <= before)  # the driver's thread ends a moment after its error


async def test_a_server_that_does_not_answer() -> None:
    """Where nobody listens there is nothing to migrate."""
    with pytest.raises(StorageError, match="cannot be brought up to date"):
        await upgrade("postgresql://somebody@127.0.0.1:1/nothing")

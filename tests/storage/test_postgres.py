"""What is particular to PostgreSQL: a server that goes away, and transactions that another one overtook."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest
from sqlalchemy import make_url, text

from flows.errors import Conflict, StorageError
from storage.database import Database, open_database
from storage.plan import Plan, Query, Statement, Write
from tests.storage.scene import ON_POSTGRESQL
from tests.storage.steps import ADD, add, count, say

_PID = Statement((), text("SELECT pg_backend_pid()"))


def pid() -> Plan[int]:
    """Ask which server process runs this."""
    rows = yield Query(_PID)
    return int(rows[0][0])


def commits() -> Plan[str]:
    """Ask when a commit is answered."""
    rows = yield Query(Statement((), text("SHOW synchronous_commit")))
    return str(rows[0][0])


def cut_off_after(name: str) -> Plan[None]:
    """Write a row, then lose the connection in the middle of the transaction."""
    yield Write(ADD, [(name.encode().ljust(16), name, 5)])
    yield Query(Statement((), text("SELECT pg_terminate_backend(pg_backend_pid())")))


def raising(sqlstate: str) -> Plan[None]:
    """Write a row, then have the server raise an error of its own."""
    yield from add("one")
    yield from say(f"DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '{sqlstate}'; END $$")


@asynccontextmanager
async def deaf_server() -> AsyncIterator[int]:
    """Listen, and hang up on everyone."""

    async def hang_up(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


@ON_POSTGRESQL
async def test_a_connection_that_is_lost_in_the_middle(database: Database) -> None:
    """The transaction never was, that is a StorageError, and the next plan gets a new connection."""
    with pytest.raises(StorageError, match="does not answer"):
        await database.run(cut_off_after("one"))
    assert await database.run(count()) == 0
    assert await database.run(add("one")) == 1


@ON_POSTGRESQL
async def test_connections_that_died_between_two_plans(database: Database, migrated_url: str) -> None:
    """A server that was restarted costs one plan at most, then everything works again; readers never notice."""
    used = await database.run(pid())
    async with database.read() as connection:
        assert (await connection.execute(text("SELECT 1"))).scalar_one() == 1
    admin = await asyncpg.connect(migrated_url)
    await admin.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
        " AND datname = current_database()"
    )
    await admin.close()
    async with database.read() as connection:
        assert (await connection.execute(text("SELECT 1"))).scalar_one() == 1
    try:
        now_used = await database.run(pid())
    except StorageError:
        now_used = await database.run(pid())
    assert now_used != used


@ON_POSTGRESQL
@pytest.mark.parametrize("sqlstate", ["40P01", "40001"])
async def test_a_lost_race_is_a_conflict(sqlstate: str, database: Database) -> None:
    """Deadlocks and failed serialisation ask for another run, and leave nothing behind."""
    with pytest.raises(Conflict):
        await database.run(raising(sqlstate))
    assert await database.run(count()) == 0


@ON_POSTGRESQL
@pytest.mark.parametrize("sqlstate", ["57P01", "53300", "57014"])
async def test_a_server_in_trouble_is_away(sqlstate: str, database: Database) -> None:
    """A shutdown, too many connections and a cancelled statement are no conflicts: the caller waits."""
    with pytest.raises(StorageError, match="does not answer") as caught:
        await database.run(raising(sqlstate))
    assert not isinstance(caught.value, Conflict)
    assert await database.run(count()) == 0


@ON_POSTGRESQL
async def test_more_plans_than_connections(database: Database) -> None:
    """Plans wait for a free connection instead of failing."""
    found = await asyncio.gather(*(database.run(pid()) for _ in range(20)))
    assert 1 <= len(set(found)) <= 4


@ON_POSTGRESQL
async def test_a_server_that_answers_before_the_disk(migrated_url: str) -> None:
    """A database that is set to lose its last commits with the power keeps ours; a stricter setting stays."""
    name = make_url(migrated_url).database
    admin = await asyncpg.connect(migrated_url)
    for setting, ours in (("off", "on"), ("remote_apply", "remote_apply")):
        await admin.execute(f"ALTER DATABASE {name} SET synchronous_commit = {setting}")
        database = await open_database(migrated_url)
        assert await database.run(commits()) == ours
        await database.close()
    await admin.execute(f"ALTER DATABASE {name} RESET synchronous_commit")
    await admin.close()


async def test_a_server_that_hangs_up() -> None:
    """A server that cannot be talked to is refused with a sentence that says so."""
    async with deaf_server() as port:
        with pytest.raises(StorageError, match="PostgreSQL cannot be reached"):
            await open_database(f"postgresql://ada@127.0.0.1:{port}/rollcall?sslmode=disable")


async def test_a_server_that_is_not_there() -> None:
    """A port where nobody listens is refused, too."""
    with pytest.raises(StorageError, match="PostgreSQL cannot be reached"):
        await open_database("postgresql://ada@127.0.0.1:1/rollcall")

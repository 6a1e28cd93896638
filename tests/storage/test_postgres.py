"""What is particular to PostgreSQL: a server that goes away, and transactions that another one overtook."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest
from sqlalchemy import bindparam, make_url, select, text
from sqlalchemy.exc import DBAPIError

from flows.errors import Conflict, StorageError
from storage.database import Database, open_database
from storage.migrate import upgrade
from storage.plan import Plan, Query, Statement, Write
from storage.schema import nodes
from tests.conftest import empty, fresh_database
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


def find(name: str) -> Plan[None]:
    """Look for a name."""
    yield Query(Statement(("name",), select(nodes.c.id).where(nodes.c.name == bindparam("name"))), (name,))


def cut_off_after(name: str) -> Plan[None]:
    """Write a row, then lose the connection in the middle of the transaction."""
    yield Write(ADD, [(name.encode().ljust(16), name, 5)])
    yield Query(Statement((), text("SELECT pg_terminate_backend(pg_backend_pid())")))


def raising(sqlstate: str) -> Plan[None]:
    """Write a row, then have the server raise an error of its own."""
    yield from add("one")
    yield from say(f"DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '{sqlstate}'; END $$")


AWAY = (
    *(
        "08000",
        "08003",
        "08006",
        "25006",
        "25P02",
        "28000",
        "28P01",
        "3D000",
        "40002",
        "40003",
        "42501",
        "42P01",
        "42703",
    ),
    *("53000", "53100", "53200", "53300", "54001", "55000", "55006", "55P03", "57000", "57014", "57P01", "57P02"),
    *("57P03", "57P04", "58000", "58030", "XX000", "XX001", "0A000", "P0001"),
)


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
@pytest.mark.parametrize("sqlstate", AWAY)
async def test_a_server_in_trouble_is_away(sqlstate: str, database: Database) -> None:
    """Whatever is not about a row makes the caller wait: read-only (25006) was a 500 before, and no 503."""
    with pytest.raises(StorageError, match="does not answer") as caught:
        await database.run(raising(sqlstate))
    assert not isinstance(caught.value, Conflict)
    assert await database.run(count()) == 0


@ON_POSTGRESQL
@pytest.mark.parametrize("sqlstate", ["22P02", "22001", "23505", "23514", "21000", "44000", "54000"])
async def test_what_is_about_a_row_is_no_outage(sqlstate: str, database: Database) -> None:
    """A value that the database refuses is refused again the next time: the row's own error is raised."""
    with pytest.raises(asyncpg.PostgresError) as caught:
        await database.run(raising(sqlstate))
    assert caught.value.sqlstate == sqlstate
    with pytest.raises(DBAPIError):
        async with database.read() as connection:
            await connection.execute(text(f"DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '{sqlstate}'; END $$"))


@ON_POSTGRESQL
async def test_a_value_that_no_server_takes(database: Database) -> None:
    """Half a character (a lone surrogate) is the row's fault, found on our side of the connection."""
    with pytest.raises(asyncpg.DataError):
        await database.run(find("half \ud800"))


@pytest.mark.parametrize(
    "harm",
    ["ALTER TABLE nodes RENAME TO nodes_away", "SET ROLE pg_monitor", "SET default_transaction_read_only = on"],
)
async def test_a_real_outage_of_a_kind(harm: str, postgresql_url: str) -> None:
    """A table that is gone, a right that is missing and a server that only reads are outages of the database."""
    async with fresh_database(postgresql_url, empty) as url:
        await upgrade(url)
        name = make_url(url).database
        admin = await asyncpg.connect(url)
        if harm.startswith("SET"):
            harm = f"ALTER DATABASE {name} {harm}"
        await admin.execute(harm)
        await admin.close()
        database = await open_database(url)
        with pytest.raises(StorageError, match="does not answer"):
            await database.run(add("one"))
        with pytest.raises(StorageError, match="does not answer"):
            async with database.read() as connection:
                await connection.execute(text("DELETE FROM nodes"))
        await database.close()


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

"""Bring a database's schema up to date: one transaction, under a lock, by one node at a time."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, delete, insert, inspect, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from flows.errors import StorageError
from storage.copying import copy_file, free_name
from storage.database import make_engine
from storage.schema import schema_floor
from storage.url import for_asyncpg, make_room, reason_of

if TYPE_CHECKING:
    from alembic.config import Config

log = logging.getLogger(__name__)
FOLDER = Path(__file__).parent / "migrations"
FLOOR = "0001"
"""The oldest revision whose program works with the newest schema: it may run, and start, beside this one.

A migration adds what the version before can do without; what goes is dropped a version later, and then this rises.
"""
LOCK = 7_255_170_210
"""The PostgreSQL advisory lock that says: I am migrating."""


def _note(line: str) -> None:
    log.warning(line)


async def upgrade(url: str, *, keeps_copy: bool = True, say: Callable[[str], None] = _note) -> tuple[str | None, str]:
    """Run what is missing of the migrations; gives the revision before and after.

    A SQLite file that has something in it is copied beside itself first, unless `keeps_copy` is False; owners of a
    PostgreSQL database get the command for it. `say` hears where the copy is, or the command. Raises `StorageError`
    when the database is away or newer than this program, or no copy can be made: nothing was changed then.
    """
    engine = make_engine(url)
    path = engine.url.database
    try:
        if engine.dialect.name == "sqlite" and path:
            make_room(Path(path))
        async with engine.connect() as connection:
            if engine.dialect.name == "sqlite":
                await connection.exec_driver_sql("COMMIT")  # the transaction that Core began, to begin a writing one
                await connection.exec_driver_sql("BEGIN IMMEDIATE")
            else:
                await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
            before = await read_revision(connection)
            if before is not None and (before == newest_revision() or await _is_served(connection, before)):
                return before, before  # without Alembic, whose 14 MB every start would carry along
            if before is not None and keeps_copy:
                await _keep_copy(engine.url, before, say)
            after = await connection.run_sync(_upgrade)
            await connection.commit()
            return before, after
    except (DBAPIError, OSError) as error:
        raise StorageError(f"The database cannot be brought up to date: {reason_of(error)}.") from error
    finally:
        await engine.dispose()


async def _keep_copy(url: URL, before: str, say: Callable[[str], None]) -> None:
    """Copy what is there before the schema changes; on SQLite we hold the lock of the writer meanwhile."""
    newest, moves = newest_revision(), f"The schema goes from {before} to {newest_revision()}."
    if url.get_backend_name() != "sqlite":
        place = for_asyncpg(url.set(password=None))
        file = f"rollcall-before-{newest}.copy"
        say(f"{moves} A copy from before is made by: pg_dump --format=custom --no-owner --file {file} '{place}'")
        return
    path = Path(url.database or "")
    target = free_name(path.with_name(f"{path.name}.before-{newest}.copy"))
    try:
        await copy_file(path, target, newest)
    except StorageError as error:
        raise StorageError(
            f"{moves} First a copy is kept, and that failed, so nothing was changed. {error.message} Make room, "
            "or make a copy elsewhere and run: rollcall db upgrade --no-copy"
        ) from error
    say(f"{moves} A copy from before, opened and found sound, is {target}.")


async def read_revision(connection: AsyncConnection) -> str | None:
    """Read at which migration a database is; None before the first."""
    names = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
    if "alembic_version" not in names:
        return None
    found = (await connection.execute(text("SELECT version_num FROM alembic_version"))).first()
    return str(found[0]) if found else None


def newest_revision() -> str:
    """Name the newest migration that this program brings."""
    return max(path.stem.partition("_")[0] for path in (FOLDER / "versions").glob("[0-9]*.py"))


async def _is_served(connection: AsyncConnection, before: str) -> bool:
    """Say whether a newer program brought the database up to date and left this one a place beside it.

    Raises `StorageError` for a revision that is newer than this program, where it did not.
    """
    newest = newest_revision()
    if before < newest:
        return False
    floor = (await connection.execute(select(schema_floor.c.revision))).scalar_one_or_none()
    if floor is not None and floor <= newest:
        return True
    raise StorageError(
        f"The database is at revision {before}, which this version of Rollcall does not know: "
        "run the newer version, or restore a backup."
    )


def _upgrade(connection: Any) -> str:
    from alembic import command

    command.upgrade(alembic_config(connection), "head")
    connection.execute(delete(schema_floor))
    connection.execute(insert(schema_floor).values(revision=FLOOR))
    return newest_revision()


def alembic_config(connection: Any) -> Config:
    """Tell Alembic where the migrations are and which connection to use."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config

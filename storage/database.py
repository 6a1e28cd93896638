"""The database: plans for what is hot, SQLAlchemy Core for everything else, on either engine."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Protocol, TypeVar

from sqlalchemy import event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from flows.errors import ConfigError, StorageError
from storage.audiences.engines import FUNCTIONS
from storage.faults import is_about_a_row
from storage.plan import Plan, Statements, with_key
from storage.slow import watch
from storage.sqlite import SQLiteWriter, prepare
from storage.url import check_file, for_asyncpg, for_engine, read_url, reason_of

T = TypeVar("T")
DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg", "postgres": "postgresql+asyncpg"}


class Writer(Protocol):
    """Runs plans, each as one transaction."""

    is_broken: bool

    async def open(self) -> None:
        """Connect; raises `StorageError`."""

    async def run(self, plan: Statements[T]) -> T:
        """Run a plan to its commit; raises `StorageError`, `Conflict`."""

    async def scrub(self) -> None:
        """Wipe what was erased from wherever it may still lie; raises `StorageError`."""

    async def close(self) -> None:
        """Let go."""


class Database:
    """An open database of either engine."""

    def __init__(self, engine: AsyncEngine, writer: Writer, notices_url: str | None = None) -> None:
        self.engine = engine
        self._writer = writer
        self.notices_url = notices_url
        """Where nodes can tell each other what happened (`storage.notices`); None: there is one node."""
        self.hash_key = b""
        """What people are hashed by who asked to be forgotten; empty until the keyring opened it (`bot.keyring`)."""

    @property
    def engine_name(self) -> str:
        """`sqlite` or `postgresql`."""
        return self.engine.dialect.name

    @property
    def is_broken(self) -> bool:
        """Whether a commit failed so that nobody knows whether it is there: the process has to start again."""
        return self._writer.is_broken

    async def run(self, plan: Plan[T]) -> T:
        """Run a plan as one transaction; raises `StorageError` when the database is away, `Conflict` on a lost race."""
        return await self._writer.run(with_key(plan, self.hash_key))

    async def scrub(self) -> None:
        """Wipe what was erased from wherever the engine may still keep it; raises `StorageError`."""
        await self._writer.scrub()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """Open a connection for reading with Core; raises `StorageError` for whatever is not about a row."""
        try:
            async with self.engine.connect() as connection:
                yield connection
        except (DBAPIError, PoolTimeout, OSError) as error:
            if is_about_a_row(getattr(error, "orig", None)):
                raise
            raise StorageError(f"The database does not answer: {reason_of(error)}.") from error

    async def close(self) -> None:
        """Let go of every connection."""
        await self._writer.close()
        await self.engine.dispose()


def async_url(url: str) -> str:
    """Name the driver in a database URL; raises `ConfigError` for one that cannot be read."""
    parsed = read_url(url)
    return for_engine(parsed, DRIVERS[parsed.get_backend_name()]).render_as_string(hide_password=False)


def make_engine(url: str) -> AsyncEngine:
    """Make the Core engine for a database URL, connecting to nothing yet; raises `ConfigError`."""
    parsed = read_url(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database:
        check_file(Path(parsed.database))
    engine = create_async_engine(async_url(url), pool_pre_ping=url.startswith("postgres"), hide_parameters=True)
    if engine.dialect.name == "sqlite":
        event.listen(engine.sync_engine, "connect", _prepare_sqlite)
        event.listen(engine.sync_engine, "begin", _begin_sqlite)
    watch(engine)
    return engine


def existing_engine(url: str) -> AsyncEngine:
    """Make the engine of a database that is there: a look must not make a file; raises `ConfigError`."""
    check_exists(url)
    return make_engine(url)


def check_exists(url: str) -> None:
    """Raise `ConfigError` with the absolute path where a SQLite file is missing, which opening it would create."""
    parsed = read_url(url)
    if parsed.get_backend_name() != "sqlite":
        return
    path = Path(parsed.database or "").absolute()
    if not path.exists():
        raise ConfigError(
            f"There is no database at {path}. `rollcall serve` creates it; DB_PATH or DATABASE_URL names another one."
        )


async def open_database(url: str) -> Database:
    """Open a database whose schema is up to date; raises `ConfigError`, `StorageError`."""
    engine = make_engine(url)
    writer: Writer
    if engine.dialect.name == "sqlite":
        writer = SQLiteWriter(engine.url.database or "")
    else:
        from storage.postgres import PostgresWriter  # noqa: PLC0415 - asyncpg is for those who use it

        plain = for_asyncpg(engine.url)
        await (writer := PostgresWriter(plain)).open()
        return Database(engine, writer, plain)
    await writer.open()
    return Database(engine, writer)


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, so that a migration is one transaction
    cursor = connection.cursor()
    prepare(cursor)
    cursor.close()
    for name, function in FUNCTIONS:
        connection.create_function(name, 1, function, deterministic=True)


def _begin_sqlite(connection: Any) -> None:
    connection.exec_driver_sql("BEGIN")

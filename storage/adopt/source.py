"""An old database, opened so that nothing in it can change."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote

from sqlalchemy import event, inspect, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from flows.errors import ConfigError, StorageError
from storage.adopt.values import Row
from storage.url import for_engine, read_url, reason_of

PAGE = 1_000


class Source:
    """The tables of an old database, as they were at one moment."""

    def __init__(self, connection: AsyncConnection, tables: dict[str, frozenset[str]]) -> None:
        self._connection = connection
        self.tables = tables
        """The columns by table."""

    async def number(self, query: str, **values: Any) -> int:
        """Give the one number that a query asks for."""
        used = {name: value for name, value in values.items() if f":{name}" in query}
        return int((await self._connection.execute(text(query), used)).scalar_one())

    async def pages(self, query: str, **values: Any) -> AsyncIterator[Sequence[Row]]:
        """Give the rows of a query, page by page, in flat memory."""
        rows = await self._connection.stream(text(query), values)
        async for page in rows.mappings().partitions(PAGE):
            yield cast("Sequence[Row]", page)


@asynccontextmanager
async def open_source(url: str) -> AsyncIterator[Source]:
    """Open an old database for reading; raises `ConfigError`, `StorageError` which say what to do."""
    engine = _engine(url)
    try:
        async with engine.connect() as connection:
            tables = await connection.run_sync(_tables)
            yield Source(connection, tables)
    except (DBAPIError, OSError) as error:
        raise StorageError(f"The old database cannot be read: {reason_of(error)}.") from error
    finally:
        await engine.dispose()


def _engine(url: str) -> AsyncEngine:
    parsed = read_url(url, "The old database's URL")
    if parsed.get_backend_name() == "sqlite":
        path = Path(parsed.database or "")
        if not path.is_file():
            raise ConfigError(f"There is no database file {path}.")
        address = f"sqlite+aiosqlite:///file:{quote(str(path.resolve()))}?mode=ro&uri=true"
        engine = create_async_engine(address)
        event.listen(engine.sync_engine, "connect", _read_only_sqlite)
        return engine
    settings = {"default_transaction_read_only": "on", "timezone": "UTC"}
    engine = create_async_engine(for_engine(parsed, "postgresql+asyncpg"), connect_args={"server_settings": settings})
    return engine.execution_options(isolation_level="REPEATABLE READ")


def _read_only_sqlite(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA query_only=ON")
    cursor.close()


def _tables(connection: Any) -> dict[str, frozenset[str]]:
    found = inspect(connection)
    names = found.get_table_names()
    return {name: frozenset(column["name"] for column in found.get_columns(name)) for name in names}

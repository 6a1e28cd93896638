"""What a database needs now and then: its room back, its indexes built anew, its statistics true."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from flows.errors import StorageError
from storage.care.alone import alone
from storage.database import existing_engine
from storage.schema import metadata


async def tidy(url: str) -> tuple[int, int]:
    """Tidy a database up; gives its bytes before and after.

    SQLite needs the room for a copy and holds everybody up meanwhile; PostgreSQL goes table by table beside the
    service. Raises `ConfigError` where there is no database, `StorageError` where it is locked or there is no room.
    """
    engine = existing_engine(url)
    try:
        if engine.dialect.name == "sqlite":
            with alone(url, "rollcall db tidy"):
                return await asyncio.to_thread(_tidy_file, engine.url.database or "")
        return await _tidy_tables(engine)
    except (sqlite3.Error, DBAPIError) as error:
        raise StorageError(f"The database cannot be tidied up now: {getattr(error, 'orig', error)}.") from error
    finally:
        await engine.dispose()


def _tidy_file(path: str) -> tuple[int, int]:
    size = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:  # VACUUM stands in no transaction
        before = connection.execute(size).fetchone()[0]
        for step in ("VACUUM", "REINDEX", "ANALYZE", "PRAGMA wal_checkpoint(TRUNCATE)"):
            connection.execute(step)
        return before, connection.execute(size).fetchone()[0]


async def _tidy_tables(engine: AsyncEngine) -> tuple[int, int]:
    size = text("SELECT pg_database_size(current_database())")
    async with engine.connect() as plain:
        connection = await plain.execution_options(isolation_level="AUTOCOMMIT")
        before = (await connection.execute(size)).scalar_one()
        for name in sorted(metadata.tables):
            await connection.exec_driver_sql(f"VACUUM {name}")
            await connection.exec_driver_sql(f"REINDEX TABLE CONCURRENTLY {name}")
        await connection.exec_driver_sql("ANALYZE")
        return before, (await connection.execute(size)).scalar_one()

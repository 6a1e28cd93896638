"""How a database stands: where it is, at which revision, how large, and how many rows it holds."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import func, inspect, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import make_engine
from storage.migrate import newest_revision, read_revision
from storage.schema import metadata


@dataclass(frozen=True, slots=True)
class DatabaseStatus:
    """What `db status` shows."""

    place: str
    """The URL without its password."""
    revision: str | None
    """None: no schema yet."""
    newest_revision: str
    """The one that this program brings."""
    byte_count: int
    row_counts: dict[str, int]
    """By table; empty before the first upgrade."""


async def read_status(url: str) -> DatabaseStatus:
    """Look at a database without changing it; raises `StorageError` when it is away."""
    engine = make_engine(url)
    place = engine.url.set(drivername=engine.dialect.name).render_as_string(hide_password=True)
    path = Path(engine.url.database or "")
    if engine.dialect.name == "sqlite" and not path.exists():
        return DatabaseStatus(place, None, newest_revision(), 0, {})
    try:
        async with engine.connect() as connection:
            size = path.stat().st_size if engine.dialect.name == "sqlite" else await _size(connection)
            revision = await read_revision(connection)
            counts = await _row_counts(connection) if revision else {}
    finally:
        await engine.dispose()
    return DatabaseStatus(place, revision, newest_revision(), size, counts)


async def _size(connection: AsyncConnection) -> int:
    return int((await connection.execute(select(func.pg_database_size(func.current_database())))).scalar_one())


async def _row_counts(connection: AsyncConnection) -> dict[str, int]:
    names = await connection.run_sync(lambda sync: set(inspect(sync).get_table_names()))
    counts: dict[str, Any] = {}
    for table in sorted(metadata.tables.values(), key=lambda one: one.name):
        if table.name in names:
            counts[table.name] = (await connection.execute(select(func.count()).select_from(table))).scalar_one()
    return counts

"""What takes the room, which indexes nobody reads, and which statements wait for others."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import existing_engine

_SIZES = {
    "sqlite": "SELECT name, sum(pgsize) FROM dbstat GROUP BY name ORDER BY 2 DESC, 1",
    "postgresql": "SELECT relname, pg_total_relation_size(relid) FROM pg_stat_user_tables ORDER BY 2 DESC, 1",
}
_UNUSED = """
SELECT indexrelname FROM pg_stat_user_indexes JOIN pg_index USING (indexrelid)
WHERE idx_scan = 0 AND NOT indisunique ORDER BY 1
"""
_WAITING = """
SELECT pid, extract(epoch FROM now() - query_start), query, pg_blocking_pids(pid) FROM pg_stat_activity
WHERE datname = current_database() AND cardinality(pg_blocking_pids(pid)) > 0 ORDER BY query_start
"""


_PATIENCE = "SET LOCAL lock_timeout = '1s'"
"""The size of a table that somebody has locked is not worth waiting for."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A statement that waits for others to let go."""

    pid: int
    seconds: float
    statement: str
    for_pids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Usage:
    """What `db usage` shows."""

    byte_counts: dict[str, int]
    """By table, the largest first; on SQLite each index stands for itself. Empty while somebody locks a table whole."""
    unused_indexes: tuple[str, ...] = ()
    """Not read since the server's statistics began; PostgreSQL only."""
    waiting: tuple[Waiting, ...] = ()
    """PostgreSQL only: SQLite has one writer, which waits in the service."""


async def read_usage(url: str) -> Usage:
    """Look at a database without changing it; raises `ConfigError` where there is none."""
    engine = existing_engine(url)
    try:
        async with engine.connect() as connection:
            if engine.dialect.name == "sqlite":
                return Usage(await _sizes(connection))
            unused = tuple(row[0] for row in await connection.execute(text(_UNUSED)))
            waits = await connection.execute(text(_WAITING))
            waiting = tuple(Waiting(row[0], float(row[1]), row[2], tuple(row[3])) for row in waits)
            await connection.execute(text(_PATIENCE))
            try:
                return Usage(await _sizes(connection), unused, waiting)
            except DBAPIError:
                return Usage({}, unused, waiting)
    finally:
        await engine.dispose()


async def _sizes(connection: AsyncConnection) -> dict[str, int]:
    rows = await connection.execute(text(_SIZES[connection.dialect.name]))
    return {row[0]: int(row[1]) for row in rows}

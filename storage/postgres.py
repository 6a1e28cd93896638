"""Plans on PostgreSQL: one pooled connection per transaction, statements prepared once."""

from __future__ import annotations

from time import perf_counter
from typing import Any, TypeVar

import asyncpg

from flows.errors import Conflict, StorageError
from storage.faults import is_about_a_row
from storage.plan import Query, Row, Statements
from storage.slow import note

T = TypeVar("T")
COMMAND_TIMEOUT_SECONDS = 30.0
CONNECT_TIMEOUT_SECONDS = 10.0
AWAY = (
    asyncpg.PostgresError,  # but for what is about a row: see `storage.faults`
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # the connection broke in the middle of a protocol step
    OSError,
    TimeoutError,
)
RACES = (asyncpg.DeadlockDetectedError, asyncpg.SerializationError)


async def run_plan(connection: Any, plan: Statements[T]) -> T:
    """Drive a plan to its end on an open transaction."""
    rows: list[Row] = []
    try:
        step = next(plan)
        while True:
            compiled = step.statement.for_engine("postgresql")
            arrange, begun_at = compiled.arrange, perf_counter()
            if isinstance(step, Query):
                values = step.values if arrange is None else arrange(step.values)
                rows = await connection.fetch(compiled.sql, *values)
            else:
                await connection.executemany(
                    compiled.sql, step.rows if arrange is None else [arrange(row) for row in step.rows]
                )
                rows = []
            note(compiled.sql, begun_at)
            step = plan.send(rows)
    except StopIteration as end:
        return end.value  # type: ignore[no-any-return]


class PostgresWriter:
    """A small pool of connections that run plans."""

    def __init__(self, url: str, *, size: int = 4) -> None:
        self._url = url
        self._size = size
        self._pool: Any = None
        self.is_broken = False

    async def open(self) -> None:
        """Connect; raises `StorageError` when the server is away."""
        try:
            self._pool = await asyncpg.create_pool(
                self._url,
                min_size=1,
                max_size=self._size,
                command_timeout=COMMAND_TIMEOUT_SECONDS,
                timeout=CONNECT_TIMEOUT_SECONDS,
                server_settings=await self._settings(),
            )
        except AWAY as error:
            raise StorageError(f"PostgreSQL cannot be reached: {error}.") from error

    async def _settings(self) -> dict[str, str]:
        """Have commits on the disk where the server answers before: a mark that a power cut undoes is sent twice.

        Otherwise its own setting holds, which may wait for other servers, too (postgresql.org, `synchronous_commit`).
        """
        connection = await asyncpg.connect(self._url, timeout=CONNECT_TIMEOUT_SECONDS)
        try:
            is_off = await connection.fetchval("SHOW synchronous_commit") == "off"
        finally:
            await connection.close()
        return {"synchronous_commit": "on"} if is_off else {}

    async def run(self, plan: Statements[T]) -> T:
        """Run a plan as one transaction; raises `Conflict` (a lost race), `StorageError` (not about a row)."""
        try:
            async with self._pool.acquire() as connection, connection.transaction():
                return await run_plan(connection, plan)
        except RACES as error:
            raise Conflict from error
        except AWAY as error:
            if is_about_a_row(error):
                raise
            raise StorageError(f"PostgreSQL does not answer: {error}.") from error
        finally:
            plan.close()

    async def scrub(self) -> None:
        """Leave it to the server, which frees what was deleted by itself (autovacuum)."""

    async def close(self) -> None:
        """Let go of the connections."""
        await self._pool.close()

"""Plans on SQLite: one writer thread, one connection, one hop per transaction."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from flows.errors import StorageError
from storage.plan import Plan, Query, Row

T = TypeVar("T")
BUSY_TIMEOUT_MS = 5_000
CHECKPOINT_PAGES = 4_000
"""Write-ahead pages (4 KiB each) after which the log is folded back into the database."""

PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",  # a commit is on the disk before a webhook is answered or a message sent
    "PRAGMA foreign_keys=ON",
    f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}",
    f"PRAGMA wal_autocheckpoint={CHECKPOINT_PAGES}",
    "PRAGMA cache_size=-65536",
    "PRAGMA temp_store=MEMORY",
)


def prepare(connection: sqlite3.Connection) -> None:
    """Set a new connection up as every connection of ours is."""
    for pragma in PRAGMAS:
        connection.execute(pragma)


def run_plan(connection: sqlite3.Connection, plan: Plan[T]) -> T:
    """Drive a plan to its end on an open transaction."""
    rows: list[Row] = []
    execute = connection.execute
    try:
        step = next(plan)
        while True:
            compiled = step.statement.for_engine("sqlite")
            arrange = compiled.arrange
            if isinstance(step, Query):
                values = step.values if arrange is None else arrange(step.values)
                rows = execute(compiled.sql, values).fetchall()
            else:
                connection.executemany(
                    compiled.sql, step.rows if arrange is None else [arrange(row) for row in step.rows]
                )
                rows = []
            step = plan.send(rows)
    except StopIteration as end:
        return end.value  # type: ignore[no-any-return]


class SQLiteWriter:
    """The one connection that writes, in a thread of its own."""

    def __init__(self, path: Path | str) -> None:
        self._path = str(path)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="sqlite-writer")
        self._connection: sqlite3.Connection | None = None

    async def open(self) -> None:
        """Open the database file; raises `StorageError` when that cannot be done."""
        try:
            await self._hop(self._open)
        except sqlite3.Error as error:
            raise StorageError(f"The database {self._path} cannot be opened: {error}.") from error

    async def run(self, plan: Plan[T]) -> T:
        """Run a plan as one transaction; raises `StorageError` when the database is away, busy or full."""
        try:
            return await self._hop(lambda: self._transact(plan))
        except sqlite3.OperationalError as error:
            raise StorageError(f"The database does not answer: {error}.") from error

    async def close(self) -> None:
        """Finish what is running and let go of the file."""
        await self._hop(self._close)
        self._thread.shutdown()

    async def _hop(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _open(self) -> None:
        self._connection = sqlite3.connect(
            self._path, isolation_level=None, check_same_thread=False, cached_statements=512
        )
        prepare(self._connection)

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _transact(self, plan: Plan[T]) -> T:
        connection: Any = self._connection
        connection.execute("BEGIN IMMEDIATE")
        try:
            result = run_plan(connection, plan)
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
        return result

"""Plans on SQLite: one writer thread, one connection, one hop per transaction."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import perf_counter, sleep
from typing import Any, TypeVar

from flows.errors import StorageError
from storage.plan import Query, Row, Statements
from storage.slow import note

T = TypeVar("T")
log = logging.getLogger(__name__)
BUSY_TIMEOUT_MS = 5_000
LOCKED_TIMEOUT_MS = 250
"""How long the next transactions wait once one has waited in vain: they stand in a row, and webhooks behind them."""
CHECKPOINT_PAGES = 4_000
"""Write-ahead pages (4 KiB each) after which the log begins anew."""
CHECKPOINT_SECONDS = 0.5
"""How often, at most, the log is folded back into the database: beside the writer, so that no batch waits for it."""
CACHE_KB, WRITER_CACHE_KB = 1_024, 4_096
"""Pages that a connection keeps, of each that reads and of the one that writes; the system keeps the file besides."""

TO_WAL_SECONDS, TO_WAL_PAUSE_SECONDS = 1.0, 0.05
PRAGMAS = (
    "PRAGMA synchronous=FULL",  # a commit is on the disk before a webhook is answered or a message sent
    "PRAGMA foreign_keys=ON",
    f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}",
    f"PRAGMA wal_autocheckpoint={CHECKPOINT_PAGES}",  # of the connections beside the writer
    f"PRAGMA cache_size={-CACHE_KB}",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA secure_delete=ON",  # what is erased is overwritten, also in the file
)
AWAY = (sqlite3.OperationalError, sqlite3.DatabaseError)
"""Locked, full, unreadable, damaged: exactly these, for a row that is refused (a subclass) is something else."""
UNSURE = (sqlite3.SQLITE_IOERR_FSYNC, sqlite3.SQLITE_IOERR_DIR_FSYNC)
"""The disk did not say that it has kept what was written."""


def prepare(connection: Any) -> None:
    """Set a new connection, or a cursor of one, up as every connection of ours is; raises `sqlite3.OperationalError`.

    Of several that turn a new file to a write-ahead log at once, SQLite refuses all but one without a wait.
    """
    begun_at = perf_counter()
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            break
        except sqlite3.OperationalError:
            if perf_counter() - begun_at > TO_WAL_SECONDS:
                raise
            sleep(TO_WAL_PAUSE_SECONDS)
    for pragma in PRAGMAS:
        connection.execute(pragma)


def run_plan(connection: sqlite3.Connection, plan: Statements[T]) -> T:
    """Drive a plan to its end on an open transaction."""
    rows: list[Row] = []
    execute = connection.execute
    try:
        step = next(plan)
        while True:
            compiled = step.statement.for_engine("sqlite")
            arrange, begun_at = compiled.arrange, perf_counter()
            if isinstance(step, Query):
                values = step.values if arrange is None else arrange(step.values)
                rows = execute(compiled.sql, values).fetchall()
            else:
                connection.executemany(
                    compiled.sql, step.rows if arrange is None else [arrange(row) for row in step.rows]
                )
                rows = []
            note(compiled.sql, begun_at)
            step = plan.send(rows)
    except StopIteration as end:
        return end.value  # type: ignore[no-any-return]


class _Thread:
    """A connection in a thread of its own."""

    def __init__(self, path: str, name: str, cache_kb: int) -> None:
        self._path = path
        self._cache_kb = cache_kb
        self._executor = ThreadPoolExecutor(1, thread_name_prefix=name)
        self.connection: Any = None

    async def hop(self, work: Callable[[], T]) -> T:
        """Run something over there."""
        return await asyncio.get_running_loop().run_in_executor(self._executor, work)

    def open(self) -> None:
        """Open the file; over there."""
        self.connection = sqlite3.connect(
            self._path, isolation_level=None, check_same_thread=False, cached_statements=512
        )
        prepare(self.connection)
        self.connection.execute("PRAGMA wal_autocheckpoint=0")
        self.connection.execute(f"PRAGMA cache_size={-self._cache_kb}")

    def fold_back(self) -> int:
        """Copy the log into the database as far as nobody is hindered; over there. Gives the pages in the log."""
        _busy, pages, _copied = self.connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        return int(pages)

    def empty_log(self) -> None:
        """Fold the log back and cut it to nothing, if nobody is in the way right now; over there."""
        self.connection.execute("PRAGMA busy_timeout=0")
        try:
            self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        finally:
            self.connection.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")

    async def close(self) -> None:
        """Finish what is running, let go of the file and end the thread."""
        if self.connection is not None:
            await self.hop(self.connection.close)
            self.connection = None
        self._executor.shutdown()


class SQLiteWriter:
    """The one connection that writes, in a thread of its own; another one folds the log back."""

    def __init__(self, path: Path | str) -> None:
        self._path = str(path)
        self._writer = _Thread(self._path, "sqlite-writer", WRITER_CACHE_KB)
        self._folder = _Thread(self._path, "sqlite-checkpoint", CACHE_KB)
        self._folding: asyncio.Task[None] | None = None
        self._folded_at = 0.0
        self._is_locked = False
        self.is_broken = False

    async def open(self) -> None:
        """Open the database file; raises `StorageError` when that cannot be done."""
        try:
            Path(self._path).parent.mkdir(parents=True, exist_ok=True)
            for thread in (self._writer, self._folder):
                await thread.hop(thread.open)
        except (sqlite3.Error, OSError) as error:
            await self.close()
            raise StorageError(f"The database {self._path} cannot be opened: {error}.") from error

    async def run(self, plan: Statements[T]) -> T:
        """Run a plan as one transaction; raises `StorageError` when the database is away, busy, full or broken."""
        try:
            return await self._writer.hop(lambda: self._transact(plan))
        except sqlite3.DatabaseError as error:
            if type(error) in AWAY:
                raise StorageError(f"The database does not answer: {error}.") from error
            raise
        finally:
            self._fold_soon()

    async def scrub(self) -> None:
        """Fold the whole log back and empty it: it may still hold what was erased; raises `StorageError`.

        While somebody reads it stays as it is: no batch waits for that.
        """
        try:
            await self._writer.hop(self._writer.empty_log)
        except sqlite3.Error as error:
            raise StorageError(f"The write-ahead log could not be emptied: {error}.") from error

    async def close(self) -> None:
        """Finish what is running and let go of the file."""
        if self._folding is not None:
            await self._folding
        await self._folder.close()
        await self._writer.close()

    def _fold_soon(self) -> None:
        loop = asyncio.get_running_loop()
        if (self._folding is None or self._folding.done()) and loop.time() - self._folded_at > CHECKPOINT_SECONDS:
            self._folded_at = loop.time()
            self._folding = loop.create_task(self._fold_back(), name="sqlite-checkpoint")

    async def _fold_back(self) -> None:
        """Fold the log back; a long one entirely, between two transactions, so that it begins anew."""
        try:
            if await self._folder.hop(self._folder.fold_back) >= CHECKPOINT_PAGES:
                await self._writer.hop(self._writer.fold_back)
        except sqlite3.Error as error:  # the log stays as it is, and with it all that is in it
            log.warning("The write-ahead log could not be folded back: %s", error)

    def _begin(self, connection: sqlite3.Connection) -> None:
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            self._is_locked = True
            connection.execute(f"PRAGMA busy_timeout={LOCKED_TIMEOUT_MS}")
            raise
        if self._is_locked:
            self._is_locked = False
            connection.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")

    def _transact(self, plan: Statements[T]) -> T:
        connection = self._writer.connection
        if self.is_broken:
            raise StorageError("The disk failed in the midst of a commit: Rollcall has to start again.")
        self._begin(connection)
        try:
            result = run_plan(connection, plan)
            connection.execute("COMMIT")
        except BaseException as error:
            # Written, but perhaps not kept: whether the commit is there only the next start can tell.
            self.is_broken = getattr(error, "sqlite_errorcode", None) in UNSURE
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
        return result

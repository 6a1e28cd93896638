"""What is particular to SQLite: its settings, the log beside the file, and files that are locked, full or away."""

from __future__ import annotations

import asyncio
import resource
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from flows.errors import StorageError
from storage.database import Database, open_database
from storage.plan import Plan, Query, Statement, Write
from tests.storage.scene import ON_SQLITE
from tests.storage.steps import ADD, add, count, length, say, until

SETTINGS = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 5000, "temp_store": 2}


def setting(name: str) -> Plan[object]:
    """Read a setting of the connection that runs plans."""
    rows = yield Query(Statement((), text(f"PRAGMA {name}")))
    return rows[0][0]


def fill(row_count: int) -> Plan[None]:
    """Write rows of 8 kB each."""
    yield Write(ADD, [(f"{n:016}".encode(), "x" * 8_000, 5) for n in range(row_count)])


@contextmanager
def files_no_longer_than(length: int) -> Iterator[None]:
    """Let the system refuse to make any file longer, as a full disk does."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (length, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Name the file that `migrated_url` is."""
    return tmp_path / "rollcall.db"


@pytest.fixture
def diary(file: Path) -> Path:
    """Write something else there."""
    file.write_text("Dear diary, " * 500, "utf-8")
    return file


@ON_SQLITE
@pytest.mark.parametrize("name", SETTINGS)
async def test_settings(name: str, database: Database) -> None:
    """A commit is on the disk before it is one, and references hold, for plans and for readers alike."""
    assert await database.run(setting(name)) == SETTINGS[name]
    async with database.read() as connection:
        assert (await connection.exec_driver_sql(f"PRAGMA {name}")).scalar_one() == SETTINGS[name]


@ON_SQLITE
async def test_readers_see_what_is_committed_while_a_plan_writes(database: Database, file: Path) -> None:
    """A writer in the middle of its transaction keeps no reader waiting."""
    await database.run(add("one"))
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    other.execute("DELETE FROM nodes")
    async with database.read() as connection:
        assert (await connection.execute(text("SELECT count(*) FROM nodes"))).scalar_one() == 1
    other.execute("ROLLBACK")
    other.close()


@ON_SQLITE
async def test_a_file_that_another_process_holds(database: Database, file: Path) -> None:
    """A plan waits for the file, and says so when that takes too long; nothing is written."""
    await database.run(say("PRAGMA busy_timeout=50"))
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StorageError, match="locked"):
        await database.run(add("one"))
    other.execute("COMMIT")
    other.close()
    assert await database.run(add("one")) == 1


@ON_SQLITE
async def test_a_full_disk(database: Database) -> None:
    """What does not fit is refused whole, and what fits later is taken again."""
    await database.run(add("one"))
    await database.run(say("PRAGMA max_page_count=1"))  # it cannot be less than there are: the file is full now
    with pytest.raises(StorageError, match="full"):
        await database.run(fill(200))
    assert await database.run(count()) == 1
    await database.run(say("PRAGMA max_page_count=1000000"))
    await database.run(fill(200))
    assert await database.run(count()) == 201


@ON_SQLITE
async def test_a_commit_that_the_disk_refuses(database: Database, file: Path) -> None:
    """A transaction that cannot be written down is none, and the connection is ready for the next."""
    await database.run(add("one"))
    with (
        files_no_longer_than(length(Path(f"{file}-wal")) + 10_000),
        pytest.raises(StorageError, match="does not answer"),
    ):
        await database.run(fill(20))
    assert await database.run(count()) == 1
    assert await database.run(add("two")) == 2


@ON_SQLITE
async def test_the_log_is_folded_back_beside_the_writer(database: Database, file: Path) -> None:
    """What plans wrote reaches the file itself soon after, without waiting for the end of the program."""
    before = length(file)
    await database.run(fill(40))
    await until(lambda: length(file) >= before + 40 * 8_000)


@ON_SQLITE
async def test_a_long_log_begins_anew(database: Database, file: Path) -> None:
    """Once a long log is folded back, the next transactions write over it instead of behind it."""
    await database.run(fill(2_500))
    log = Path(f"{file}-wal")
    assert length(log) > 4_000 * 4_096
    before = 0
    async with asyncio.timeout(5):
        while length(log) > before:  # every transaction makes it longer until it begins anew
            before = length(log)
            await database.run(say("DELETE FROM nodes WHERE id = (SELECT min(id) FROM nodes)"))


@ON_SQLITE
async def test_a_log_that_cannot_be_folded_back_is_kept(
    migrated_url: str, file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A full disk under the file itself is said and survived: everything stays in the log until there is room."""
    database = await open_database(migrated_url)
    with files_no_longer_than(length(file)):
        await database.run(fill(5))
        await until(lambda: "could not be folded back" in caplog.text)
    assert await database.run(count()) == 5
    await database.close()
    again = await open_database(migrated_url)
    assert await again.run(count()) == 5
    await again.close()


async def test_a_file_that_is_no_database(diary: Path) -> None:
    """Something else in place of the database is refused when it is opened."""
    with pytest.raises(StorageError, match="not a database"):
        await open_database(f"sqlite:///{diary}")


@ON_SQLITE
async def test_a_damaged_file_does_not_answer(migrated_url: str, file: Path) -> None:
    """Pages full of something else are the database's failure, not the row's: nothing is taken, nothing guessed."""
    database = await open_database(migrated_url)
    await database.run(fill(200))
    await database.close()
    with file.open("r+b") as opened:
        opened.seek(length(file) // 2)
        opened.write(b"x" * (length(file) // 2))
    database = await open_database(migrated_url)
    with pytest.raises(StorageError, match="does not answer"):
        await database.run(count())
    await database.close()


@ON_SQLITE
async def test_the_log_is_emptied_unless_somebody_reads(database: Database, file: Path) -> None:
    """What was erased may lie in the log: it is cut to nothing; a long look at the database is not waited for."""
    log = Path(f"{file}-wal")
    await database.run(add("one"))
    with closing(sqlite3.connect(file)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM nodes").fetchone()
        await database.run(add("two"))
        async with asyncio.timeout(1):
            await database.scrub()
        assert length(log) > 0
    await database.scrub()
    assert length(log) == 0

"""What a database promises, whichever engine it is."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import func, select, text

from flows.errors import ConfigError, Conflict, StorageError
from storage.database import Database, async_url, open_database
from storage.schema import nodes
from tests.storage.steps import add, count, fail_after, names

REFUSED = (sqlite3.IntegrityError, asyncpg.IntegrityConstraintViolationError)


async def test_a_plan_is_a_transaction(database: Database) -> None:
    """What a plan wrote is there afterwards, for plans and for readers."""
    assert await database.run(add("one", "two")) == 2
    assert await database.run(names(6)) == ["one", "two"]
    assert await database.run(names(5)) == []
    async with database.read() as connection:
        assert (await connection.execute(select(func.count()).select_from(nodes))).scalar_one() == 2


async def test_a_refused_row_takes_the_others_along(database: Database) -> None:
    """A row that cannot be stored leaves nothing of its transaction, and the next plan works."""
    await database.run(add("one"))
    with pytest.raises(REFUSED):
        await database.run(add("two", "three", "one"))
    assert await database.run(count()) == 1
    assert await database.run(add("two")) == 2


@pytest.mark.parametrize("error", [Conflict(), ValueError("no")])
async def test_a_plan_that_gives_up_leaves_nothing(error: Exception, database: Database) -> None:
    """An error of the plan itself comes out as it is, and nothing of what it wrote stays."""
    with pytest.raises(type(error)):
        await database.run(fail_after(["one", "two"], error))
    assert await database.run(count()) == 0


async def test_plans_at_once_do_not_mix(database: Database) -> None:
    """Many plans at the same time are each whole or not there at all."""
    plans = [database.run(add(f"{n}a", f"{n}b")) for n in range(12)]
    failing = [database.run(fail_after([f"{n}c"], ValueError("no"))) for n in range(12)]
    results = await asyncio.gather(*plans, *failing, return_exceptions=True)
    assert sum(isinstance(result, ValueError) for result in results) == 12
    assert await database.run(names(9)) == sorted(f"{n}{part}" for n in range(12) for part in "ab")


async def test_a_reader_that_asks_nonsense(database: Database) -> None:
    """A read that the database refuses is a StorageError, and the next one works."""
    with pytest.raises(StorageError, match="does not answer"):
        async with database.read() as connection:
            await connection.execute(text("SELECT nothing FROM nowhere"))
    assert await database.run(count()) == 0


async def test_the_engine_has_a_name(database: Database, migrated_url: str) -> None:
    """The name of the engine is the word that plans are compiled for."""
    assert migrated_url.startswith(database.engine_name)


@pytest.mark.parametrize(
    ("url", "driven"),
    [
        ("sqlite:///some/file.db", "sqlite+aiosqlite:///some/file.db"),
        ("postgres://ada:secret@host:5433/db", "postgresql+asyncpg://ada:secret@host:5433/db"),
        ("postgresql+psycopg2://host/db?ssl=require", "postgresql+asyncpg://host/db?ssl=require"),
    ],
)
def test_urls_name_the_driver(url: str, driven: str) -> None:
    """Whatever driver a URL names, ours is used, and the password stays readable for it."""
    assert async_url(url) == driven


@pytest.mark.parametrize("url", ["rollcall.db", "mysql://host/db", "sqlite://", "sqlite:///:memory:"])
async def test_urls_that_cannot_be_used(url: str) -> None:
    """What is no URL, names an engine that we do not know or would forget everything is refused with the setting."""
    with pytest.raises(ConfigError, match=r"^DATABASE_URL"):
        await open_database(url)


async def test_the_folder_of_the_file_is_made(tmp_path: Path) -> None:
    """A file in a folder that does not exist yet can be opened."""
    database = await open_database(f"sqlite:///{tmp_path}/new/folder/rollcall.db")
    await database.close()
    assert (tmp_path / "new/folder/rollcall.db").exists()


@pytest.mark.parametrize("name", ["", "file/below/rollcall.db"])
async def test_a_file_that_cannot_be_opened(name: str, tmp_path: Path) -> None:
    """A folder in place of the file, or a file in place of a folder, is a clear error."""
    (tmp_path / "file").write_text("no folder", "utf-8")
    with pytest.raises((ConfigError, StorageError), match=r"cannot be opened|is a folder"):
        await open_database(f"sqlite:///{tmp_path / name}")

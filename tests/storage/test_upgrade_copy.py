"""A copy from before the schema changes."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import text

from flows.errors import ConfigError, StorageError
from storage.copying import check_file, copy_file, free_name
from storage.database import make_engine
from storage.migrate import alembic_config, newest_revision, upgrade


async def old_database(url: str) -> None:
    """Make a database of the third revision."""
    engine = make_engine(url)
    async with engine.begin() as connection:
        await connection.run_sync(lambda sync: command.upgrade(alembic_config(sync), "0003"))
        await connection.execute(text("INSERT INTO schema_floor (revision) VALUES ('0001')"))
    await engine.dispose()


def names(folder: Path) -> list[str]:
    """Name what lies in a folder."""
    return sorted(path.name for path in folder.iterdir())


async def test_a_start_that_changes_the_schema_keeps_a_copy(database_url: str) -> None:
    """Before, an upgrade that went wrong left no way back; now SQLite has a checked copy, others get their command."""
    said: list[str] = []
    assert await upgrade(database_url, say=said.append) == (None, newest_revision())
    assert said == []  # there was nothing to lose
    assert await upgrade(database_url, say=said.append) == (newest_revision(), newest_revision())
    assert said == []


async def test_what_was_there_is_in_the_copy(database_url: str) -> None:
    """The copy is at the old revision and sound; a second upgrade takes another name."""
    said: list[str] = []
    await old_database(database_url)
    await upgrade(database_url, say=said.append)
    (line,) = said
    assert f"The schema goes from 0003 to {newest_revision()}." in line
    if not database_url.startswith("sqlite"):
        assert "pg_dump --format=custom --no-owner --file rollcall-before-" in line
        assert "postgresql://" in line
        return
    path = Path(database_url.removeprefix("sqlite:///"))
    copy = path.with_name(f"{path.name}.before-{newest_revision()}.copy")
    assert str(copy) in line
    check_file(copy, newest_revision())
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == ("0003",)
    assert free_name(copy).name == f"{path.name}.before-{newest_revision()}-2.copy"


async def test_no_room_changes_nothing(tmp_path: Path) -> None:
    """Where the copy cannot be made the schema stays as it is, and the line names both ways on."""
    folder = tmp_path / "data"
    url = f"sqlite:///{folder}/rollcall.db"
    folder.mkdir()
    await old_database(url)
    (folder / f".rollcall.db.before-{newest_revision()}.copy.part").mkdir()
    with pytest.raises(StorageError, match=r"nothing was changed.*--no-copy"):
        await upgrade(url)
    with closing(sqlite3.connect(folder / "rollcall.db")) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == ("0003",)
    assert (await upgrade(url, keeps_copy=False))[0] == "0003"


async def test_copies_that_cannot_be_made(tmp_path: Path) -> None:
    """A database that is not there, a place that cannot be written, and a file that is none are each one line."""
    with pytest.raises(ConfigError, match="There is no database"):
        await copy_file(tmp_path / "none.db", tmp_path / "copy.db", "0001")
    (tmp_path / "text.db").write_text("words", "utf-8")
    with pytest.raises(StorageError, match="cannot be made"):
        await copy_file(tmp_path / "text.db", tmp_path / "copy.db", "0001")
    with pytest.raises(StorageError, match=r"cannot be made: (Not a directory|File exists)"):
        await copy_file(tmp_path / "text.db", tmp_path / "text.db" / "copy.db", "0001")
    assert names(tmp_path) == ["text.db"]


async def test_a_copy_that_is_cut_short(tmp_path: Path) -> None:
    """A service that stops does not wait for the end of a long copy."""
    path = tmp_path / "large.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE large (text)")
        connection.execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000)"
            " INSERT INTO large SELECT hex(randomblob(100)) FROM n"
        )
        connection.commit()
    copying = asyncio.create_task(copy_file(path, tmp_path / "copy.db", "0001"))
    await asyncio.sleep(0.05)
    copying.cancel()
    with pytest.raises(asyncio.CancelledError):
        await copying
    assert names(tmp_path) == ["large.db"]


async def test_without_an_ear_it_is_logged(database_url: str, caplog: pytest.LogCaptureFixture) -> None:
    """Whoever upgrades without listening finds the line in the log."""
    await old_database(database_url)
    await upgrade(database_url)
    assert "A copy from before" in caplog.text

"""Every column that is taken over: its values in our database, and that the takeover would be missed without it."""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import make_url

from flows.values import Transport
from storage.channels import all_channels, save_channels, save_workspace
from storage.database import open_database
from storage.schema import metadata
from tests.conftest import Originals
from tests.storage.adopt.conftest import ON_POSTGRESQL, Build
from tests.storage.adopt.content import places, read_all, readable
from tests.storage.adopt.taking import take, target_of
from tests.storage.adopt.test_reference import sections
from tests.storage.adopt.test_sums import SYSTEMS
from tests.storage.scene import NOW, OURS, WORKSPACE, Scene

EXPECTED = Path(__file__).parent / "expected"
WRITE = "WRITE_EXPECTED" in os.environ
"""Set it to write the expected values down anew, and read the difference before it is committed."""
PLACE = re.compile(r"`(\w+(?:\.\w+)*)`")
OWNERS = {"waqtor": "00000000-0000-4000-8000-000000000001", "red_button": "u1"}
"""By their keys: names are columns that are blanked, too."""
KEYS = ("the key", "the owner")
INSTEAD = {("users", "is_active"): "false"}
"""What stands in a column instead of nothing, where nothing means the same as what was there."""
NOT_MAPPED = ("not kept", "not read")
Blanked = tuple[str, str]
"""A table and the column in it that says nothing."""


@pytest.fixture
async def empty(originals: Originals, tmp_path: Path) -> Path:
    """Return a SQLite file with a workspace and a channel."""
    path = tmp_path / "empty.db"
    database = await open_database(await originals.copy_file(path))
    await database.run(save_workspace(WORKSPACE, NOW))
    await database.run(save_channels([("twilio", Transport.SMS, OURS, 1.0)], WORKSPACE.id, NOW))
    await database.close()
    return path


async def adopted(url: str, name: str, empty: Path) -> Path:
    """Take an old database over into a copy of the empty one; gives the file."""
    path = empty.with_name("ours.db")
    shutil.copy(empty, path)
    database = await open_database(f"sqlite:///{path}")
    try:
        scene = Scene(database, (await database.run(all_channels()))[0])
        await take(url, database, target_of(scene), OWNERS.get(name))
    finally:
        await database.close()
    return path


def select(table: str, columns: list[str], blanked: Blanked) -> str:
    """Write the query of a table whose one column is empty."""
    other = INSTEAD.get(blanked, f'CASE WHEN false THEN "{blanked[1]}" END')
    listed = (f'{other} AS "{one}"' if (table, one) == blanked else f'"{one}"' for one in columns)
    return f"SELECT {', '.join(listed)} FROM "  # noqa: S608 - names of the fixtures


def without_column_sqlite(old: Path, blanked: Blanked) -> str:
    """Copy an old database, with one column empty and no constraint on its table; gives the URL."""
    table, _column = blanked
    copy = old.with_name("blanked.db")
    shutil.copy(old, copy)
    with closing(sqlite3.connect(copy)) as connection:
        columns = [row[1] for row in connection.execute(f'PRAGMA table_info("{table}")')]
        connection.executescript(
            f'PRAGMA legacy_alter_table = ON; ALTER TABLE "{table}" RENAME TO before_it; '
            f'CREATE TABLE "{table}" AS {select(table, columns, blanked)} before_it; DROP TABLE before_it;'
        )
    return f"sqlite:///{copy}"


async def without_column_postgresql(connection: asyncpg.Connection, blanked: Blanked) -> None:
    """Let every new connection see copies of the tables in which one column is empty."""
    rows = await connection.fetch(
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' "
        "ORDER BY table_name, ordinal_position"
    )
    await connection.execute("DROP SCHEMA IF EXISTS blanked CASCADE; CREATE SCHEMA blanked")
    for table in dict.fromkeys(row["table_name"] for row in rows):
        columns = [row["column_name"] for row in rows if row["table_name"] == table]
        query = f'CREATE TABLE blanked."{table}" AS {select(table, columns, blanked)} public."{table}"'
        await connection.execute(query)


@asynccontextmanager
async def old_database(name: str, build: Build) -> AsyncIterator[tuple[str, asyncpg.Connection | None]]:
    """Build an old database; one on PostgreSQL with a connection, which decides what others see."""
    url = await build(name)
    if name not in ON_POSTGRESQL:
        yield url, None
        return
    connection = await asyncpg.connect(url)
    await connection.execute(f'ALTER DATABASE "{make_url(url).database}" SET search_path = blanked, public')
    yield url, connection
    await connection.close()


async def blank(url: str, connection: asyncpg.Connection | None, blanked: Blanked) -> str:
    """Make one column empty; gives the URL to read from."""
    if connection is None:
        return without_column_sqlite(Path(url.removeprefix("sqlite:///")), blanked)
    await without_column_postgresql(connection, blanked)
    return url


@pytest.mark.parametrize("name", SYSTEMS)
async def test_the_values(name: str, build: Build, empty: Path) -> None:
    """Every value that was taken over stands where it belongs, row by row, as `expected/` has it."""
    found = readable(read_all(await adopted(await build(name), name, empty)))
    file = EXPECTED / f"{name}.json"
    if WRITE:
        file.write_text(json.dumps(found, indent=1, sort_keys=True, ensure_ascii=False) + "\n", "utf-8")
    assert found == json.loads(file.read_text("utf-8"))


@pytest.mark.parametrize("name", SYSTEMS)
async def test_no_column_can_be_dropped(name: str, build: Build, empty: Path) -> None:
    """A column that is blanked changes each place that the page names: ten dropped mappings passed all 135 tests."""
    named = sections()[list(SYSTEMS).index(name)]
    wrong = []
    async with old_database(name, build) as (url, connection):
        whole = places(readable(read_all(await adopted(url, name, empty))))
        for blanked, text in named.items():
            is_left = text.startswith(NOT_MAPPED)
            if text.startswith(KEYS) or (is_left and blanked[1] == "id"):
                continue
            found = places(readable(read_all(await adopted(await blank(url, connection, blanked), name, empty))))
            if is_left and found != whole:
                wrong.append(f"{'.'.join(blanked)} is not kept, and is missed")
            wanted = (
                [] if is_left else [place for place in PLACE.findall(text) if place.split(".")[0] in metadata.tables]
            )
            same = [place for place in wanted if found.get(place) == whole.get(place)]
            wrong += [f"{'.'.join(blanked)} is not missed in {place}" for place in same]
    assert not wrong, "\n".join(wrong)

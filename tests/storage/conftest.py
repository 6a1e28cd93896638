"""A migrated database of each engine: a copy of one file, and one database on the server that is emptied."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from flows.values import Transport
from storage.channels import all_channels, save_channels, save_workspace
from storage.database import Database, open_database
from tests.conftest import ENGINES, Originals, empty, fresh_database
from tests.storage.scene import NOW, OURS, WORKSPACE, Scene


@pytest.fixture(params=ENGINES)
async def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """Give the URL of a database of each engine with nothing in it, not even a schema."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'rollcall.db'}"
        return
    async with fresh_database(request.getfixturevalue("postgresql_url"), empty) as url:
        yield url


@pytest.fixture(params=ENGINES)
async def migrated_url(request: pytest.FixtureRequest, originals: Originals, tmp_path: Path) -> str:
    """Give the URL of an empty database of each engine, its schema up to date; tests leave the schema as it is."""
    if request.param == "sqlite":
        return await originals.copy_file(tmp_path / "rollcall.db")
    return await originals.emptied(request.getfixturevalue("originals_server"))


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

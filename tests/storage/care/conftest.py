"""A database with something in it, to be cared for."""

from __future__ import annotations

import pytest

from storage.channels import save_workspace
from storage.database import open_database
from storage.migrate import upgrade
from tests.storage.care.seen import NOW, WORKSPACE


@pytest.fixture
async def url(database_url: str) -> str:
    """Give the URL of a database with one workspace in it."""
    await upgrade(database_url)
    database = await open_database(database_url)
    await database.run(save_workspace(WORKSPACE, NOW))
    await database.close()
    return database_url

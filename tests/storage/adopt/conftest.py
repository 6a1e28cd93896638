"""Old databases, built as their documents say, each in a file or on the server of the tests."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, closing
from pathlib import Path

import asyncpg
import pytest

from tests.conftest import empty, fresh_database

OLD = Path(__file__).parent / "old"
ON_POSTGRESQL = frozenset(("waqtor", "wa_client", "wa_client_gorm"))
Build = Callable[[str], Awaitable[str]]


@pytest.fixture
async def build(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Build]:
    """Build an old database by its name; gives its URL."""
    async with AsyncExitStack() as stack:

        async def built(name: str) -> str:
            script = (OLD / f"{name}.sql").read_text("utf-8")
            if name not in ON_POSTGRESQL:
                path = tmp_path / f"{name}_{uuid.uuid4().hex}.db"
                with closing(sqlite3.connect(path)) as connection:
                    connection.executescript(script)
                return f"sqlite:///{path}"
            url = await stack.enter_async_context(fresh_database(request.getfixturevalue("postgresql_url"), empty))
            connection = await asyncpg.connect(url)
            await connection.execute(script)
            await connection.close()
            return url

        yield built

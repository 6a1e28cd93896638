"""Old databases, built as their documents say, each in a file or on the server of the tests."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import make_url

OLD = Path(__file__).parent / "old"
ON_POSTGRESQL = frozenset(("waqtor", "wa_client"))
Build = Callable[[str], Awaitable[str]]


@pytest.fixture
async def build(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Build]:
    """Build an old database by its name; gives its URL."""
    made: list[str] = []

    async def built(name: str) -> str:
        script = (OLD / f"{name}.sql").read_text("utf-8")
        if name not in ON_POSTGRESQL:
            path = tmp_path / f"{name}_{uuid.uuid4().hex}.db"
            with sqlite3.connect(path) as connection:
                connection.executescript(script)
            connection.close()
            return f"sqlite:///{path}"
        server: str = request.getfixturevalue("postgresql_url")
        database = f"old_{uuid.uuid4().hex}"
        await _on(server, f"CREATE DATABASE {database}")
        made.append(database)
        url = make_url(server).set(database=database).render_as_string(hide_password=False)
        await _on(url, script)
        return url

    yield built
    for database in made:
        await _on(request.getfixturevalue("postgresql_url"), f"DROP DATABASE {database} WITH (FORCE)")


async def _on(url: str, sql: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(sql)
    finally:
        await connection.close()

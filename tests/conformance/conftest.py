"""An old database that was taken over, and people who text what replaced it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import RowMapping, Table, select

from flows.values import Transport
from storage.adopt.report import Report
from storage.adopt.target import Target
from storage.channels import all_channels, first_workspace, save_channels
from storage.database import Database
from tests.conftest import Originals
from tests.conversations.script import PHONES, SERVICE, Says, as_message
from tests.conversations.stages import BEGIN_AT, DatabaseStage
from tests.storage.adopt import conftest as old
from tests.storage.adopt.taking import take

build = old.build


@dataclass(slots=True)
class Town:
    """The service after a takeover; Ada is its admin."""

    stage: DatabaseStage
    database: Database
    report: Report
    target: Target
    url: str
    """Of the old database."""
    count: int = 0

    async def say(self, who: str, text: str, provider_id: str | None = None) -> list[str]:
        """Let a person write, by name or phone; gives what that person hears."""
        self.count += 1
        message = as_message(Says(0, who if who in PHONES else "Ada", text), self.count)
        message = replace(message, sender=PHONES.get(who, who))
        if provider_id is not None:
            message = replace(message, provider_id=provider_id)
        return (await self.stage.say(message)).get(message.sender, [])

    async def confirmed(self, command: str) -> dict[str, list[str]]:
        """Let Ada give a command and its code; gives what everybody hears in the minute after."""
        said = await self.say("Ada", command)
        code = said[-1].split("reply ")[1][:6]
        await self.say("Ada", code)
        return await self.stage.later(60_000_000)

    async def rows(self, table: Table, **wanted: object) -> list[RowMapping]:
        """Read rows that have these values."""
        query = select(table).order_by(*table.primary_key.columns)
        for name, value in wanted.items():
            query = query.where(table.c[name] == value)
        async with self.database.read() as connection:
            return list((await connection.execute(query)).mappings())

    async def row(self, table: Table, **wanted: object) -> RowMapping:
        """Read the one row that has these values."""
        (found,) = await self.rows(table, **wanted)
        return found


Found = Callable[..., Awaitable[Town]]


@pytest.fixture
async def found(build: old.Build, database: Database) -> AsyncIterator[Found]:
    """Take over an old database by its name."""
    stages: list[DatabaseStage] = []

    async def town(name: str, owner: str | None = None, **changes: Any) -> Town:
        stage = await DatabaseStage.open(database, frozenset(["operator Ada admin"]))
        stages.append(stage)
        known = await database.run(first_workspace())
        assert known
        await database.run(save_channels([("simulator", Transport.SIMULATOR, SERVICE, 1_000.0)], known[0].id, BEGIN_AT))
        (channel,) = await database.run(all_channels())
        target = Target(known[0].id, channel.id, channel.provider, BEGIN_AT, "", "US", "UTC", **changes)
        url = await build(name)
        return Town(stage, database, await take(url, database, target, owner), target, url)

    yield town
    for stage in stages:
        await stage.close()


@pytest.fixture
async def database_url(tmp_path: Path, originals: Originals) -> str:
    """Give a SQLite database: that both engines behave alike is shown elsewhere."""
    return await originals.copy_file(tmp_path / "rollcall.db")

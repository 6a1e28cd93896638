"""Services as processes of their own, on one database, which are killed and started again."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Select, insert, select

from bot.clock import wall_clock
from bot.definitions import read_definitions, save_definitions
from bot.service import open_workspace
from bot.settings import load_settings
from storage.channels import first_workspace
from storage.database import make_engine, open_database
from storage.keys import new_key
from storage.migrate import upgrade
from storage.schema import contacts, group_members, groups
from tests.bot.running import PUBLIC_URL, environment
from tests.conversations.script import PHONES, SERVICE
from tests.conversations.stages import OFFERS
from tests.fakes.twilio import FakeTwilio

ROOT = Path(__file__).parents[2]
LONG = os.environ.get("ROLLCALL_FAULTS") == "long"
"""The long version of the fault tests: `make faults`. Otherwise a bounded one."""
ADA = PHONES["Ada"]
START_SECONDS = 30.0


@dataclass
class Node:
    """One `rollcall serve`."""

    environment: Mapping[str, str]
    words: tuple[str, ...] = ("serve",)
    before: tuple[str, ...] = ()
    """A command that runs it."""
    process: asyncio.subprocess.Process | None = None
    url: str | None = None
    """While it serves."""
    errors: list[str] = field(default_factory=list)
    """What it logged as an error."""
    _reading: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start it and wait until it serves."""
        self.process = await asyncio.create_subprocess_exec(
            *(*self.before, sys.executable, "-m", "bot", *self.words),
            cwd=ROOT,
            env=dict(self.environment),
            stderr=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
        )
        serves = asyncio.Event()
        self._reading = asyncio.create_task(self._read(self.process, serves))
        async with asyncio.timeout(START_SECONDS):
            await serves.wait()

    async def start_or_fail(self) -> None:
        """Start it and wait until it serves or ends."""
        starting = asyncio.create_task(self.start())
        while not starting.done():
            await asyncio.sleep(0.1)
            if self.process is not None and self.process.returncode is not None:
                starting.cancel()
        await asyncio.gather(starting, return_exceptions=True)

    async def _read(self, process: asyncio.subprocess.Process, serves: asyncio.Event) -> None:
        assert process.stderr is not None
        async for line in process.stderr:
            text = line.decode()
            if '"level": "error"' in text or not text.startswith("{"):
                self.errors.append(text)
            if '"serving"' in text:
                self.url = f"http://127.0.0.1:{json.loads(text)['port']}"
                serves.set()

    async def end(self, sign: signal.Signals = signal.SIGKILL) -> int:
        """End it, and give its code."""
        self.url = None
        assert self.process is not None
        if self.process.returncode is None:
            self.process.send_signal(sign)
        code = await self.process.wait()
        if self._reading is not None:
            await self._reading
        return code


@dataclass
class Cluster:
    """Nodes on one database, with one provider."""

    twilio: FakeTwilio
    database_url: str
    nodes: Sequence[Node]
    dice: random.Random

    async def kill_one(self, rest_seconds: float = 0.0) -> None:
        """Kill a node, wait, and start it again."""
        node = self.dice.choice(self.nodes)
        await node.end()
        await asyncio.sleep(rest_seconds)
        await node.start()

    async def rows(self, query: Select[Any]) -> list[tuple[Any, ...]]:
        """Read from the database beside the nodes."""
        engine = make_engine(self.database_url)
        try:
            async with engine.connect() as connection:
                return [tuple(row) for row in await connection.execute(query)]
        finally:
            await engine.dispose()

    async def command(self, text: str) -> None:
        """Give a command as Ada, with the code of its preview."""
        heard = len(self.twilio.accepted)
        await self.say(ADA, text)
        code = await self.hears(ADA, "reply ", heard)
        await self.say(ADA, code.partition("reply ")[2][:6])

    async def say(self, phone: str, text: str, **more: str) -> None:
        """Let a person text, again and again until that is taken, as a provider does."""
        number = len(self.twilio.received) + 1
        sid = more.pop("MessageSid", f"SM{0xE000_0000 + number:032x}")
        while await self.twilio.text(phone, SERVICE, text, MessageSid=sid, **more) != 200:  # noqa: ASYNC110 - a provider
            await asyncio.sleep(0.2)

    async def hears(self, phone: str, part: str, after: int = 0, seconds: float = 120.0) -> str:
        """Wait until a phone gets a message with this in it."""
        async with asyncio.timeout(seconds):
            while True:
                count = len(self.twilio.accepted)
                for message in self.twilio.accepted[after:count]:
                    if message.recipient == phone and part in message.body:
                        return message.body
                after = count
                await self.twilio.wait_for_accepted(count + 1)


@asynccontextmanager
async def running(
    database_url: str, node_count: int = 1, seed: int = 1, more: Mapping[str, str] | None = None
) -> AsyncIterator[Cluster]:
    """Start nodes on a database, with the offers of the conversation scripts and one admin."""
    async with FakeTwilio() as twilio:
        names = {
            **environment(database_url, twilio),
            "ROLLCALL_PORT": "0",
            "ROLLCALL_ADMIN_PHONES": f"{ADA}:admin",
            "ROLLCALL_QUIET_HOURS": "none",
            "ROLLCALL_HOLD_SECONDS": "0",
            "ROLLCALL_ERROR_BUDGET_PERCENT": "0",
            "ROLLCALL_ABSENT_SECONDS": "10",
            "ROLLCALL_LOG_LEVEL": "INFO",
            "ROLLCALL_SECRET_KEY": "fake secret of the tests",
            **(more or {}),
        }
        await upgrade(database_url)
        settings = load_settings(names, None)
        database = await open_database(database_url)
        now_at = wall_clock()
        workspace = await open_workspace(settings, database, now_at)
        await database.run(save_definitions(workspace.id, read_definitions(OFFERS, now_at), now_at))
        await database.close()
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("ROLLCALL_", "TWILIO_"))}
        nodes = [Node({**inherited, **names}) for _ in range(node_count)]
        cluster = Cluster(twilio, database_url, nodes, random.Random(seed))  # noqa: S311 - a dice, no secret
        turn = iter(range(1 << 60))

        def balance() -> str | None:
            alive = [node.url for node in nodes if node.url]
            return alive[next(turn) % len(alive)] if alive else None

        twilio.public_url, twilio.balance = PUBLIC_URL, balance
        await asyncio.gather(*(node.start() for node in nodes))
        try:
            yield cluster
        finally:
            await asyncio.gather(*(node.end() for node in nodes))


async def settle_people(database_url: str, count: int) -> list[str]:
    """Put so many people into the community; gives their phones."""
    people = [f"+1555{number:07}" for number in range(2_000_000, 2_000_000 + count)]
    database = await open_database(database_url)
    known = await database.run(first_workspace())
    assert known
    stamps = {"workspace_id": known[0].id, "created_at": 1, "updated_at": 1}
    rows = [{"id": new_key(), "address": one, "phone": one, "status": "active", **stamps} for one in people]
    async with database.engine.begin() as connection:
        found = await connection.execute(select(groups.c.id).where(groups.c.name == "community"))
        group_id = found.scalar_one()
        await connection.execute(insert(contacts), rows)
        members = [{"group_id": group_id, "contact_id": row["id"], "added_at": 1} for row in rows]
        await connection.execute(insert(group_members), members)
    await database.close()
    return people

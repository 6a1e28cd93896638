"""Services as processes of their own, on one database, which are killed and started again."""

from __future__ import annotations

import asyncio
import os
import random
import re
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
from sqlalchemy import Select, make_url, select

from bot.clock import wall_clock
from bot.definitions import read_definitions, save_definitions
from bot.settings import load_settings
from bot.workspace.opening import open_workspace
from storage.database import make_engine, open_database
from storage.migrate import upgrade
from storage.schema import messages
from tests.bot.running import PUBLIC_URL, environment
from tests.conversations.script import PHONES, SERVICE
from tests.conversations.stages import OFFERS
from tests.fakes.twilio import FakeTwilio
from tests.node import Node
from tests.people import settle_people

LONG = os.environ.get("ROLLCALL_FAULTS") == "long"
"""The long version of the fault tests: `make faults`. Otherwise a bounded one."""
ADA = PHONES["Ada"]
TEXT = "Rehearsal at six"
"""What a blast says."""
END_SECONDS = 600.0 if LONG else 240.0


@dataclass
class Cluster:
    """Nodes on one database, with one provider."""

    twilio: FakeTwilio
    database_url: str
    nodes: Sequence[Node]
    dice: random.Random

    def __str__(self) -> str:
        return f"{make_url(self.database_url).get_backend_name()}, {len(self.nodes)} node(s)"

    async def kill_one(self) -> None:
        """Kill a node and start it again."""
        node = self.dice.choice(self.nodes)
        await node.end()
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
        code = await self.twilio.hears(ADA, r"reply (\d{6})", heard, seconds=120)
        await self.say(ADA, code[1])

    async def say(self, phone: str, text: str, **more: str) -> None:
        """Let a person text, again and again until that is taken, as a provider does."""
        number = len(self.twilio.received) + 1
        sid = more.pop("MessageSid", f"SM{0xE000_0000 + number:032x}")
        while await self.twilio.text(phone, SERVICE, text, MessageSid=sid, **more) != 200:  # noqa: ASYNC110 - a provider
            await asyncio.sleep(0.2)

    async def settle(self, count: int) -> list[str]:
        """Put so many people into the community; gives their phones."""
        engine = make_engine(self.database_url)
        try:
            return await settle_people(engine, count)
        finally:
            await engine.dispose()

    async def worked_off(self) -> None:
        """Wait until nothing is on its way any more."""
        waiting = select(messages.c.id).where(
            messages.c.direction == "outbound", messages.c.status.in_(["queued", "sending", "unknown"])
        )
        async with asyncio.timeout(END_SECONDS):
            while await self.rows(waiting.limit(1)):  # noqa: ASYNC110 - other processes' rows
                await asyncio.sleep(0.5)

    async def finished(self) -> None:
        """Wait until the first campaign is over and nothing is on its way any more."""
        await self.twilio.hears(ADA, "Campaign 1: completed", seconds=END_SECONDS)
        await self.worked_off()

    async def sent_once(self, people: list[str]) -> str:
        """Compare the provider's log with the people and our rows: one message each, and no row says otherwise."""
        got = Counter(one.recipient for one in self.twilio.accepted if one.body == TEXT)
        campaign = messages.c.campaign_id.is_not(None)
        rows = await self.rows(select(messages.c.address, messages.c.status, messages.c.error_text).where(campaign))
        assert len(rows) == len(people)
        unresolved = {row[0] for row in rows if row[1] == "failed"}
        assert {row[2] for row in rows if row[1] == "failed"} <= {"unresolved"}
        assert {phone for phone in got if got[phone] > 1} == set()
        assert {phone for phone in people if not got[phone]} == unresolved
        assert len(unresolved) <= len(people) // 1_000
        return f"{len(got):,} of {len(people):,} got it once, 0 twice, {len(unresolved)} left to the operator"


@asynccontextmanager
async def running(
    database_url: str, node_count: int = 1, more: Mapping[str, str] | None = None
) -> AsyncIterator[Cluster]:
    """Start nodes on a database (one where it is a file), with the offers of the conversation scripts and one admin."""
    async with FakeTwilio() as twilio:
        names = {
            **environment(database_url, twilio),
            "ROLLCALL_PORT": "0",
            "ROLLCALL_ADMIN_PHONES": f"{ADA}:admin",
            "ROLLCALL_QUIET_HOURS": "none",
            "ROLLCALL_HOLD_SECONDS": "0",
            "ROLLCALL_ERROR_BUDGET_PERCENT": "0",
            "ROLLCALL_ABSENT_SECONDS": "10",
            "ROLLCALL_LOG_LEVEL": "DEBUG",
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
        nodes = [Node(names) for _ in range(1 if database_url.startswith("sqlite") else node_count)]
        cluster = Cluster(twilio, database_url, nodes, random.Random(1))  # noqa: S311 - a dice, no secret
        turn = iter(range(1 << 60))

        def balance() -> str | None:
            alive = [node.url for node in nodes if node.url]
            return alive[next(turn) % len(alive)] if alive else None

        twilio.public_url, twilio.balance = PUBLIC_URL, balance
        try:
            await asyncio.gather(*(node.start() for node in nodes))
            await are_ready(nodes)  # the provider's log is read beside the open port
            yield cluster
        finally:
            await asyncio.gather(*(node.end() for node in nodes))
        assert leaks(cluster, names) == []


async def are_ready(nodes: Sequence[Node]) -> None:
    """Wait until every node has read what people texted before its start; raises `TimeoutError`."""
    async with aiohttp.ClientSession() as client, asyncio.timeout(30):
        for node in nodes:
            while True:
                async with client.get(f"{node.url}/health/ready") as answer:
                    if answer.status == 200:
                        break
                await asyncio.sleep(0.05)


def leaks(cluster: Cluster, names: Mapping[str, str]) -> list[str]:
    """Look for phones, texts and secrets in what the nodes have logged; gives the lines."""
    secrets = [names[name] for name in ("TWILIO_AUTH_TOKEN", "ROLLCALL_SECRET_KEY")]
    spoken = re.compile("|".join([r"1555\d{7}", *map(re.escape, [TEXT, *secrets])]))
    return [line for node in cluster.nodes for line in node.lines if spoken.search(line)]

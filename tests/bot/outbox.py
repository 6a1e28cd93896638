"""A small outbox for tests: a real database file with one channel, one fake Twilio, and a clock that tests move."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import RowMapping, select
from sqlalchemy.sql import Select

from bot.list_lag import ListLag
from bot.providers.base import Provider
from bot.providers.simulator import SimulatorProvider
from bot.providers.twilio.client import TwilioAccount, TwilioProvider
from bot.reconciler import Reconciler
from bot.sender import Sender
from flows.limits import Ceiling
from flows.values import PRIORITY, SECOND, Key, Purpose, Transport, Workspace
from storage.channels import Channel, all_channels, save_channels, save_workspace
from storage.database import Database, open_database
from storage.keys import new_key
from storage.migrate import upgrade
from storage.plan import Plan, Write, insertion
from storage.schema import contacts, messages
from tests.fakes.twilio import ACCOUNT_SID, AUTH_TOKEN, FakeTwilio

OURS = "+15550109999"
ADA = "+15550100001"
WORKSPACE = Workspace(id=b"w" * 16)
_CONTACT = insertion(contacts, ("id", "workspace_id", "address"), stamps=("created_at", "updated_at"))
_MESSAGE = insertion(
    messages,
    (
        *("id", "workspace_id", "channel_id", "contact_id", "direction", "status", "address", "body", "purpose"),
        *("priority", "segments", "not_after_at"),
    ),
    stamps=("created_at", "updated_at"),
)


@dataclass
class Told:
    """Keeps what the admins would be told."""

    paused: list[tuple[str, str]] = field(default_factory=list)
    """Channels and reasons."""
    ceilings: list[Ceiling] = field(default_factory=list)

    async def channel_paused(self, channel: Channel, reason: str) -> None:
        """Hear that a channel had to be paused."""
        self.paused.append((channel.address, reason))

    async def ceiling_reached(self, _channel: Channel, ceiling: Ceiling) -> None:
        """Hear that messages wait for the next day."""
        self.ceilings.append(ceiling)


@dataclass
class Outbox:
    """What a test of the sender works with."""

    database: Database
    fake: FakeTwilio
    channel: Channel
    sender: Sender
    reconciler: Reconciler
    node_id: Key
    providers: Mapping[str, Provider]
    ahead_seconds: list[float] = field(default_factory=lambda: [0.0])

    def now_at(self) -> int:
        """Give the time, as far ahead as the test says."""
        return self.fake.clock() + round(self.ahead_seconds[0] * SECOND)

    async def contact(self, address: str = ADA) -> Key:
        """Make a contact."""
        key = new_key()
        await self.database.run(_write(_CONTACT, (key, WORKSPACE.id, address, self.now_at())))
        return key

    async def queue(
        self,
        contact_id: Key,
        body: str,
        purpose: Purpose = Purpose.REPLY,
        *,
        not_after_at: int | None = None,
        address: str = ADA,
    ) -> Key:
        """Queue a message, to Ada where no other address is given."""
        key = new_key()
        row = (key, WORKSPACE.id, self.channel.id, contact_id, "outbound", "queued", address, body, purpose.value)
        await self.database.run(_write(_MESSAGE, (*row, PRIORITY[purpose], 1, not_after_at, self.now_at())))
        return key

    async def rows(self, statement: Select[Any]) -> list[RowMapping]:
        """Read rows."""
        async with self.database.read() as connection:
            return list((await connection.execute(statement)).mappings())

    async def row(self, key: Key) -> RowMapping:
        """Read a message."""
        return (await self.rows(select(messages).where(messages.c.id == key)))[0]

    async def until(self, key: Key, status: str) -> RowMapping:
        """Wait until a message has a status."""
        return await until(lambda: self.row(key), lambda row: row["status"] == status)


async def until(
    read: Callable[[], Awaitable[RowMapping]], good: Callable[[RowMapping], bool], timeout_seconds: float = 8.0
) -> RowMapping:
    """Read again and again until it is good."""
    async with asyncio.timeout(timeout_seconds):
        while True:
            found = await read()
            if good(found):
                return found
            await asyncio.sleep(0.02)


def _write(statement: Any, row: tuple[object, ...]) -> Plan[None]:
    yield Write(statement, [row])


@asynccontextmanager
async def open_outbox(folder: Path, fake: FakeTwilio) -> AsyncIterator[Outbox]:
    """Open an outbox on a new database; the sender is not started yet."""
    async with open_outbox_on(f"sqlite:///{folder}/outbox.db", fake) as outbox:
        yield outbox


@asynccontextmanager
async def open_outbox_on(url: str, fake: FakeTwilio, name: str = "twilio") -> AsyncIterator[Outbox]:
    """Open an outbox on a database; its provider is the fake, under any name (only the simulator's has no pace)."""
    await upgrade(url)
    database = await open_database(url)
    account = TwilioAccount(ACCOUNT_SID, AUTH_TOKEN, fake.url, timeout_seconds=2.0)
    provider = TwilioProvider(account)
    providers: dict[str, Provider] = {"simulator": SimulatorProvider(lambda: 0), name: provider}
    ahead, node_id = [0.0], new_key()

    def clock() -> int:
        return fake.clock() + round(ahead[0] * SECOND)

    await database.run(save_workspace(WORKSPACE, clock()))
    await database.run(save_channels([(name, Transport.SMS, OURS, 100.0)], WORKSPACE.id, clock()))
    channel = (await database.run(all_channels()))[0]
    lag = ListLag()
    sender = Sender(database, providers, clock, node_id=node_id, jitter=lambda: 0.5, lag=lag)
    reconciler = Reconciler(database, providers, clock, lag)
    try:
        yield Outbox(database, fake, channel, sender, reconciler, node_id, providers, ahead)
    finally:
        await sender.stop()
        await provider.close()
        await database.close()

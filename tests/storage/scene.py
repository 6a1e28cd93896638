"""What the tests of the storage stand on: one workspace with one channel, people by phone, turns that were taken."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from sqlalchemy import RowMapping, Table, insert, select, update

from flows.effects import Effect, Outcome
from flows.registration.definition import EventDefinition
from flows.state import after
from flows.values import PRIORITY, Contact, InboundMessage, Key, MessageStatus, Purpose, Session, Workspace
from storage.apply import Handled, apply_batch
from storage.catalogue import save_event
from storage.channels import Channel
from storage.database import Database
from storage.keys import new_key
from storage.load import Loaded, Person, load_contacts
from storage.outbox.claim import Claimed, claim
from storage.schema import events, messages

NOW = 1_795_000_000_000_000
"""Wednesday 18 November 2026, 08:26:40 UTC."""
OURS = "+15550109999"
ADA, BO, CY = "+15550100001", "+15550100002", "+15550100003"
WORKSPACE = Workspace(id=b"w" * 16, name="Harbor Choir")
ON_SQLITE = pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
"""Marks a test of something that PostgreSQL has not."""
ON_POSTGRESQL = pytest.mark.parametrize("migrated_url", ["postgresql"], indirect=True)
"""Marks a test of something that SQLite has not."""
NODE = b"n" * 16
OTHER_NODE = b"o" * 16
"""Another process."""


@dataclass(slots=True)
class Scene:
    """A database with one channel, and short words for what tests do to it."""

    database: Database
    channel: Channel
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    async def loaded(self, address: str = ADA, now_at: int = NOW) -> Loaded:
        """Load (and make) a contact with its conversation's counters."""
        people = [Person(address, address)]
        return (await self.database.run(load_contacts(WORKSPACE.id, self.channel.id, people, now_at)))[address]

    async def contact(self, address: str = ADA) -> Contact:
        """Load (and make) a contact."""
        return (await self.loaded(address)).contact

    def turn(self, contact: Contact, *effects: Effect, session: Session | None = None, **others: Any) -> Handled:
        """Make what came of one message: its effects, and the session that is open afterwards."""
        outcome = Outcome(session, effects)
        number = next(self._numbers)
        message = InboundMessage(
            "twilio", f"SM{number}", self.channel.transport, contact.address, OURS, f"text {number}"
        )
        handled = Handled(
            id=new_key(),
            now_at=NOW,
            channel=self.channel,
            address=contact.address,
            message=message,
            before=contact,
            after=after(contact, outcome),
            outcome=outcome,
        )
        return replace(handled, **others)

    async def apply(self, *batch: Handled) -> None:
        """Write a batch."""
        await self.database.run(apply_batch(batch))

    async def insert(self, table: Table, **values: object) -> None:
        """Write a row."""
        async with self.database.engine.begin() as connection:
            await connection.execute(insert(table).values(values))

    async def change(self, table: Table, key: Key, **values: object) -> None:
        """Change the row of a key."""
        async with self.database.engine.begin() as connection:
            await connection.execute(update(table).where(table.c.id == key).values(values))

    async def rows(self, table: Table, *order: str, **wanted: object) -> list[RowMapping]:
        """Read the rows that have these values, in an order of columns (else of the primary key)."""
        places = [table.c[name] for name in order] or list(table.primary_key.columns)
        statement = select(table).order_by(*places)
        for name, value in wanted.items():
            statement = statement.where(table.c[name] == value)
        async with self.database.read() as connection:
            return list((await connection.execute(statement)).mappings())

    async def row(self, table: Table, **wanted: object) -> RowMapping:
        """Read the one row that has these values."""
        (found,) = await self.rows(table, **wanted)
        return found

    async def queue(self, contact: Contact, purpose: Purpose = Purpose.REPLY, **others: object) -> Key:
        """Put a message to a contact into the outbox, as it would stand there."""
        key = new_key()
        values: Mapping[str, object] = {
            "workspace_id": WORKSPACE.id,
            "channel_id": self.channel.id,
            "contact_id": contact.id,
            "direction": "outbound",
            "status": MessageStatus.QUEUED.value,
            "address": contact.address,
            "body": "hello",
            "purpose": purpose.value,
            "priority": PRIORITY[purpose],
            "segments": 1,
            "created_at": NOW,
            "updated_at": NOW,
        }
        await self.insert(messages, **{"id": key, **values, **others})
        return key

    async def claim(
        self, now_at: int = NOW, *, node_id: Key = NODE, limit: int = 10, fresh_since: int = 0
    ) -> tuple[Claimed, ...]:
        """Claim what may leave."""
        plan = claim(self.channel, node_id, now_at, limit, fresh_since)
        return await self.database.run(plan)

    async def claimed_ids(self, now_at: int = NOW, **others: Any) -> list[Key]:
        """Claim what may leave; gives the ids in the order in which they go."""
        return [claimed.id for claimed in await self.claim(now_at, **others)]

    async def statuses(self, *keys: Key) -> list[str]:
        """Read the statuses of messages."""
        return [(await self.row(messages, id=key))["status"] for key in keys]

    async def event(self, title: str = "Gala", **fields: Any) -> Key:
        """Save an event whose keyword is its title; gives its id."""
        event = EventDefinition(title, (title.upper(),), **fields)
        number = await self.database.run(save_event(WORKSPACE.id, event, NOW))
        return (await self.row(events, number=number))["id"]  # type: ignore[no-any-return]

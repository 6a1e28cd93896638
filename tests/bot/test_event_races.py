"""Commands about events on two nodes at once, and people who register in between."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from sqlalchemy import Table, func, select

from flows.values import InboundMessage
from storage.database import Database
from storage.schema import campaigns, events, recipients, registrations
from tests.conversations.script import PHONES, Says, as_message
from tests.conversations.stages import DatabaseStage, Heard

SETTINGS = frozenset({"operator Ada admin", "operator Dee admin"})


async def say(stage: DatabaseStage, who: str, text: str, number: int) -> Heard:
    """Let a person write."""
    return await stage.say(as_message(Says(0, who, text), number))


async def count(database: Database, table: Table) -> int:
    """Count the rows of a table."""
    async with database.read() as connection:
        return int((await connection.execute(select(func.count()).select_from(table))).scalar_one())


async def test_two_nodes_carry_a_change_out_once(database: Database) -> None:
    """The code of EVENT CANCEL reaches two workers at once: there is one notice, and one message for each person."""
    stage = await DatabaseStage.open(database, SETTINGS)
    other = await stage.again()
    try:
        await say(other, "Bo", "GALA", 1)
        await say(other, "Ada", "EVENT CANCEL GALA", 2)
        await other._inbox.put(as_message(Says(0, "Ada", "100001"), 3))
        await asyncio.gather(*(one._commands.run_once() for one in (stage, other)))
        heard = await say(other, "Ada", "EVENTS", 4)
        assert [text.startswith("Spring Gala on Friday") for text in heard[PHONES["Bo"]]] == [True]
        assert await count(database, campaigns) == 1
        assert await count(database, recipients) == 1
    finally:
        await other.close()


async def test_the_second_operator_looks_again(database: Database) -> None:
    """Two admins were shown the same event; after the first code the second is asked again for what it is now."""
    stage = await DatabaseStage.open(database, SETTINGS)
    try:
        await say(stage, "Bo", "GALA", 1)
        await say(stage, "Ada", "EVENT MOVE GALA 21 may 7pm", 2)
        await say(stage, "Dee", "EVENT MOVE GALA 22 may 7pm", 3)
        await say(stage, "Ada", "100001", 4)
        heard = await say(stage, "Dee", "100002", 5)
        assert heard[PHONES["Dee"]][0].startswith("This has changed since your code: look again.\nSpring Gala moves to")
        async with database.read() as connection:
            row = (await connection.execute(select(events.c.starts_at).where(events.c.title == "Spring Gala"))).one()
        assert row.starts_at == 1_810_940_400_000_000  # 21 May 2027, 19:00 in New York
    finally:
        await stage.close()


async def test_who_registers_at_that_moment_is_told_or_refused(database: Database) -> None:
    """While EVENT CANCEL is carried out ten people text the keyword: whoever is on the list afterwards is told."""
    stage = await DatabaseStage.open(database, SETTINGS)
    other = await stage.again()
    people = [f"+1555010{number:04}" for number in range(200, 210)]
    try:
        await say(other, "Ada", "EVENT SEATS GALA none", 1)
        await say(other, "Bo", "GALA", 2)
        await say(other, "Ada", "EVENT CANCEL GALA", 3)
        await other._inbox.put(as_message(Says(0, "Ada", "100001"), 4))
        texts = [other._inbox.put(_from(phone, number)) for number, phone in enumerate(people, 10)]
        await asyncio.gather(stage._commands.run_once(), *texts)
        await say(other, "Ada", "EVENTS", 50)
        assert await count(database, registrations) == await count(database, recipients)
    finally:
        await other.close()


def _from(phone: str, number: int) -> InboundMessage:
    return replace(as_message(Says(0, "Bo", "GALA"), number), sender=phone)

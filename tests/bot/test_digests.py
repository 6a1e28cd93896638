"""Digests of those who wait for an answer: exactly once on two nodes, across a restart, and only to who may be told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from sqlalchemy import func, select, update

from bot.actions.base import Rules
from bot.digests import Digests
from bot.house import House
from bot.texts import shipped_texts
from flows.values import MINUTE, SECOND, InboundMessage, Transport
from storage.database import Database
from storage.keys import new_key
from storage.schema import channels, contacts, conversations, messages
from tests.conversations.script import PHONES, SERVICE
from tests.conversations.stages import AUDIT_KEY, BEGIN_AT, WORKSPACE, DatabaseStage

ADA, BO = PHONES["Ada"], PHONES["Bo"]
RULES = Rules(quiet_hours="none")


class Node:
    """One process that sends digests, with a clock that a test moves."""

    def __init__(self, database: Database, rules: Rules = RULES) -> None:
        self.now_at = BEGIN_AT
        house = House(WORKSPACE, shipped_texts(), AUDIT_KEY, provider_answers=False)
        self.digests = Digests(database, house, rules, lambda: self.now_at)


@pytest.fixture
async def stage(database: Database) -> AsyncIterator[DatabaseStage]:
    """Return a workspace with an admin; Bo has asked something."""
    opened = await DatabaseStage.open(database, frozenset(("operator Ada admin",)))
    await say(opened, "Ada", "WHOAMI")
    await say(opened, "Bo", "Is there parking?")
    yield opened
    await opened.close()


async def say(stage: DatabaseStage, who: str, text: str) -> None:
    """Let somebody write."""
    key = new_key().hex()
    await stage.say(InboundMessage("simulator", key, Transport.SIMULATOR, PHONES[who], SERVICE, text))


async def digest_count(database: Database) -> int:
    """Count the digests that were queued."""
    async with database.read() as connection:
        told = select(func.count()).where(messages.c.body.startswith("Waiting for an answer"))
        return int((await connection.execute(told)).scalar_one())


async def test_two_nodes_tell_once(stage: DatabaseStage, database: Database) -> None:
    """Two nodes at the same moment, three times over, and one that has just started: one digest in ten minutes."""
    nodes = [Node(database), Node(database)]
    for node in nodes:
        node.now_at += MINUTE
    for _round in range(3):
        await asyncio.gather(*(node.digests.run_once() for node in nodes))
    assert await digest_count(database) == 1
    await stage.later(2 * MINUTE)
    await say(stage, "Bo", "Hello?")
    restarted = Node(database)
    restarted.now_at += 10 * MINUTE
    assert await restarted.digests.run_once() == 0
    restarted.now_at += MINUTE
    assert await restarted.digests.run_once() == 1
    assert await restarted.digests.run_once() == 0
    assert await digest_count(database) == 2


async def test_nothing_is_told_where_it_is_switched_off(stage: DatabaseStage, database: Database) -> None:
    """ROLLCALL_FORWARD_UNCLAIMED=false: INBOX alone shows who waits."""
    node = Node(database, replace(RULES, forward_unclaimed=False))
    node.now_at += MINUTE
    assert await node.digests.run_once() == 0


async def test_quiet_hours_are_the_operators_own(stage: DatabaseStage, database: Database) -> None:
    """At 11:07 in London it is 03:07 in Los Angeles, where the operator lives: the digest waits for the morning."""
    async with database.engine.begin() as connection:
        await connection.execute(
            update(contacts).where(contacts.c.address == ADA).values(time_zone="America/Los_Angeles")
        )
    node = Node(database, Rules(quiet_hours="21:00-08:00"))
    node.now_at += MINUTE
    assert await node.digests.run_once() == 0
    node.now_at += 5 * 60 * MINUTE
    assert await node.digests.run_once() == 1


async def test_an_operator_who_stopped_is_not_told(stage: DatabaseStage, database: Database) -> None:
    """No digest is queued for who opted out; after START the same news come."""
    await say(stage, "Ada", "STOP")
    node = Node(database)
    node.now_at += MINUTE
    assert await node.digests.run_once() == 0
    await say(stage, "Ada", "START")
    assert await node.digests.run_once() == 1


async def test_whatsapp_takes_no_digest_after_a_day(stage: DatabaseStage, database: Database) -> None:
    """An operator who last wrote on WhatsApp two days ago is told nothing that would fail; INBOX has it."""
    async with database.engine.begin() as connection:
        await connection.execute(update(channels).values(transport="whatsapp"))
        await connection.execute(update(conversations).values(last_inbound_at=BEGIN_AT - 48 * 60 * MINUTE))
    node = Node(database)
    node.now_at += MINUTE
    assert await node.digests.run_once() == 0


async def test_an_operator_who_never_wrote_is_told_where_the_person_wrote(database: Database) -> None:
    """The digest goes through the channel that the question came in by; through WhatsApp nobody is written to first."""
    stage = await DatabaseStage.open(database, frozenset(("operator Ada admin",)))
    await say(stage, "Bo", "Is there parking?")
    async with database.engine.begin() as connection:
        await connection.execute(update(channels).values(transport="whatsapp"))
    node = Node(database)
    node.now_at += MINUTE
    assert await node.digests.run_once() == 0
    async with database.engine.begin() as connection:
        await connection.execute(update(channels).values(transport="sms"))
    assert await node.digests.run_once() == 1
    await stage.close()


async def test_a_digest_is_bounded(stage: DatabaseStage, database: Database) -> None:
    """Whoever writes and however long: five people with their first words, and how many more there are."""
    for number in range(60):
        sender = f"+155501{number:05}"
        message = InboundMessage(
            "simulator", new_key().hex(), Transport.SIMULATOR, sender, SERVICE, "why " * 200, profile_name="N" * 200
        )
        await stage._inbox.put(message)
    node = Node(database)
    node.now_at += MINUTE + SECOND
    assert await node.digests.run_once() == 1
    async with database.read() as connection:
        body = select(messages.c.body).where(messages.c.body.startswith("Waiting for an answer"))
        said = [row[0] for row in await connection.execute(body.order_by(messages.c.id))]
    whole = " ".join(said)
    assert len(whole) < 900
    assert "and 45+ more" in whole


async def test_a_late_digest_is_not_sent(stage: DatabaseStage, database: Database) -> None:
    """A channel that is paused for hours holds up no pile of digests: each is of use for an hour."""
    node = Node(database)
    node.now_at += MINUTE
    assert await node.digests.run_once() == 1
    async with database.read() as connection:
        told = select(messages.c.not_after_at).where(messages.c.body.startswith("Waiting for an answer"))
        assert (await connection.execute(told)).scalar_one() == node.now_at + 60 * MINUTE

"""Damaged rows in the database: they cost their own conversation, never a neighbour's, and never a STOP."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import select, text
from structlog.testing import capture_logs

from storage.schema import messages, opt_outs
from tests.bot.running import Running, run_service
from tests.bot.test_edge import locked
from tests.conversations.script import SERVICE

PEOPLE = [f"+1555013{number:04d}" for number in range(30)]
POISONED = PEOPLE[5:25:8]
OF_ONE = "contact_id IN (SELECT id FROM contacts WHERE address = :address)"


@pytest.fixture
async def running(database_url: str) -> AsyncIterator[Running]:
    """Start the service; its log is not painted on a terminal, which takes a second for each error."""
    async with run_service(database_url) as started:
        with capture_logs():
            yield started


async def harm(running: Running, change: str, *people: str) -> None:
    """Damage the open sessions of these people, or everybody's rows where none is named."""
    async with running.service.database.engine.begin() as connection:
        for address in people:
            await connection.execute(text(f"UPDATE sessions SET {change} WHERE {OF_ONE}"), {"address": address})  # noqa: S608
        if not people:
            await connection.execute(text(change))


async def failed(running: Running) -> dict[str, str]:
    """Give the errors of failed messages, by sender."""
    rows = select(messages.c.address, messages.c.extras).where(messages.c.status == "failed")
    async with running.service.database.read() as connection:
        return {row[0]: json.dumps(row[1]) for row in await connection.execute(rows)}


async def opted_out(running: Running) -> set[str]:
    """Name those who opted out."""
    async with running.service.database.read() as connection:
        return {row[0] for row in await connection.execute(select(opt_outs.c.address))}


async def say(running: Running, body: str, people: list[str]) -> set[int]:
    """Let all these people text at once."""
    return set(await asyncio.gather(*(running.twilio.text(one, SERVICE, body) for one in people)))


async def in_one_batch(running: Running, database_url: str, body: str, people: list[str]) -> set[int]:
    """Let all these people text while a batch is held up, so that they are one batch after it."""
    async with locked(database_url):
        first = asyncio.create_task(running.twilio.text("+15550139999", SERVICE, "hello"))
        await asyncio.sleep(0.2)
        rest = asyncio.create_task(say(running, body, people))
        async with asyncio.timeout(10):
            while running.service.inbox.waiting_count < len(people):  # noqa: ASYNC110 nobody tells
                await asyncio.sleep(0.01)
    assert await first == 200
    return await rest


async def test_a_step_that_raises(running: Running, database_url: str) -> None:
    """In one batch of thirty the three that are poisoned fail with their error, all others go on, and all may stop."""
    assert await say(running, "PIZZA", PEOPLE) == {200}
    await harm(running, "question_id = 'gone'", *POISONED)
    assert await in_one_batch(running, database_url, "1", PEOPLE) == {200}
    errors = await failed(running)
    assert sorted(errors) == POISONED
    assert all("gone" in error for error in errors.values())
    async with asyncio.timeout(20):
        await running.twilio.wait_for_accepted(61)
    assert sum(one.body == "Another slice?" for one in running.twilio.accepted) == 27
    assert await in_one_batch(running, database_url, "STOP", POISONED) == {200}
    assert await opted_out(running) == set(POISONED)
    assert len(await failed(running)) == 3


@pytest.mark.parametrize("change", ["path = '5'", "answers = '[]'", "path = '[['"])
async def test_a_session_that_cannot_be_read(change: str, running: Running, database_url: str) -> None:
    """Three damaged sessions do not disturb the batch they stand in; a keyword, or a STOP, puts them right."""
    if change.endswith("'[['") and database_url.startswith("postgresql"):
        pytest.skip("PostgreSQL keeps no broken JSON")
    assert await say(running, "PIZZA", PEOPLE) == {200}
    await harm(running, change, *POISONED)
    assert await in_one_batch(running, database_url, "1", PEOPLE) == {200}
    assert await failed(running) == {}
    async with asyncio.timeout(20):
        await running.twilio.wait_for_accepted(61)  # a STOP would cancel what is still queued
    assert await say(running, "STOP", POISONED[:2]) == {200}
    assert await opted_out(running) == set(POISONED[:2])
    assert await running.twilio.text(POISONED[2], SERVICE, "PIZZA") == 200
    assert await running.twilio.text(POISONED[2], SERVICE, "1") == 200
    async with asyncio.timeout(20):
        await running.twilio.wait_for_accepted(65)
    assert sum(one.body == "Another slice?" for one in running.twilio.accepted) == 28


async def test_a_definition_that_cannot_be_read(running: Running, database_url: str) -> None:
    """A survey that cannot be read is not offered; its people, and all others, are heard, also after a new start."""
    assert await say(running, "PIZZA", PEOPLE[:2]) == {200}
    await harm(running, """UPDATE flow_versions SET definition = '{"questions": 5}'""")
    await harm(running, "UPDATE workspaces SET catalogue_version = catalogue_version + 1")
    assert await say(running, "1", PEOPLE[:2]) == {200}
    assert await say(running, "JOIN", PEOPLE[2:4]) == {200}
    assert await say(running, "stop texting me", PEOPLE[:4]) == {200}
    assert await opted_out(running) == set(PEOPLE[:4])
    assert await failed(running) == {}


async def test_damaged_counts_cost_nobody_anything(running: Running, database_url: str) -> None:
    """Counts of replies that cannot be read begin anew: the message is answered, and a STOP counts."""
    assert await say(running, "PIZZA", PEOPLE) == {200}
    await harm(running, "UPDATE conversations SET recent = 'x' WHERE address = '+15550130007'")
    assert await in_one_batch(running, database_url, "1", PEOPLE) == {200}
    assert await failed(running) == {}
    async with asyncio.timeout(20):
        await running.twilio.wait_for_accepted(61)
    assert sum(one.body == "Another slice?" for one in running.twilio.accepted) == 30
    await harm(running, "UPDATE conversations SET recent = 'x' WHERE address = '+15550130007'")
    assert await say(running, "STOP", ["+15550130007"]) == {200}
    assert await opted_out(running) == {"+15550130007"}


async def test_a_damaged_session_that_is_due(running: Running) -> None:
    """A reminder and an expiry that fail are not tried, and apologised for, over and over again."""
    assert await say(running, "PIZZA", PEOPLE[:3]) == {200}
    async with asyncio.timeout(20):
        await running.twilio.wait_for_accepted(3)
    await harm(running, "question_id = 'gone', remind_at = 1", PEOPLE[0])
    await harm(running, "question_id = 'gone', remind_at = NULL, expires_at = 1", PEOPLE[1])
    await harm(running, "path = '5', remind_at = NULL, expires_at = 1", PEOPLE[2])
    await running.service.fire_timers()
    assert await running.service.fire_timers() == 0
    assert await running.count("outbound") == 3 + 1  # the farewell of a session that still can be read
    assert await say(running, "STOP", PEOPLE[:3]) == {200}
    assert await opted_out(running) == set(PEOPLE[:3])


async def test_apologies_end(running: Running) -> None:
    """A machine that answers every apology with another message hears no more of them after a while."""
    assert await say(running, "PIZZA", PEOPLE[:1]) == {200}
    await harm(running, "question_id = 'gone'", PEOPLE[0])
    for number in range(25):
        assert await running.twilio.text(PEOPLE[0], SERVICE, f"pardon {number}") == 200
    assert len(await failed(running)) == 1
    assert await running.count("inbound") == 26
    assert await running.count("outbound") <= 13

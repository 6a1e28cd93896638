"""RCS and Messenger through Twilio: a person's STOP counts there as it does by SMS."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import select

from storage.schema import consent_changes, contacts, opt_outs
from tests.bot.running import Running, run_service
from tests.conversations.script import PHONES, SERVICE

ADA = PHONES["Ada"]
AGENT, PAGE = "rcs:choir_agent", "messenger:100200300400500"
ON_MESSENGER = "messenger:15550100101"
SENDERS = {"TWILIO_FROM": f"{SERVICE},{AGENT},{PAGE}"}


@pytest.fixture
async def running(database_url: str) -> AsyncIterator[Running]:
    """Start the service, which sends over all three."""
    async with run_service(database_url, SENDERS) as started:
        yield started


async def opted_out(running: Running) -> list[str]:
    """Name the addresses that may not be written to."""
    async with running.service.database.read() as connection:
        return [row[0] for row in await connection.execute(select(opt_outs.c.address))]


async def test_a_stop_over_rcs_ends_the_sms_too(running: Running) -> None:
    """An RCS sender is the person with that phone: after its STOP no SMS is answered, after its START it is again."""
    assert await running.twilio.text(ADA, SERVICE, "PIZZA") == 200
    async with asyncio.timeout(10):
        await running.twilio.wait_for_accepted(1)  # a STOP would cancel what is still queued
    assert await running.twilio.text(f"rcs:{ADA}", AGENT, "STOP") == 200
    assert await opted_out(running) == [ADA]
    assert await running.twilio.text(ADA, SERVICE, "PIZZA") == 200
    assert await running.twilio.text(f"rcs:{ADA}", AGENT, "START") == 200
    assert await opted_out(running) == []
    async with asyncio.timeout(10):
        await running.twilio.wait_for_accepted(3)
    answers = [(one.sender, one.recipient) for one in running.twilio.accepted]
    assert answers == [(SERVICE, ADA), (AGENT, f"rcs:{ADA}"), (AGENT, f"rcs:{ADA}")]


async def test_a_messenger_user_is_no_phone_number(running: Running) -> None:
    """A user id of the same digits as a phone is another person, answered at Messenger, and its STOP is its own."""
    assert await running.twilio.text(ADA, SERVICE, "PIZZA") == 200
    assert await running.twilio.text(ON_MESSENGER, PAGE, "PIZZA") == 200
    async with asyncio.timeout(10):
        await running.twilio.wait_for_accepted(2)
    assert await running.twilio.text(ON_MESSENGER, PAGE, "please stop texting me") == 200
    assert await opted_out(running) == [ON_MESSENGER]
    async with asyncio.timeout(10):
        await running.twilio.wait_for_accepted(3)
    to_messenger = [one.sender for one in running.twilio.accepted if one.recipient == ON_MESSENGER]
    assert to_messenger == [PAGE, PAGE]
    async with running.service.database.read() as connection:
        people = await connection.execute(select(contacts.c.address, contacts.c.phone).order_by(contacts.c.address))
        changes = await connection.execute(select(consent_changes.c.address, consent_changes.c.action))
        assert [tuple(row) for row in people] == [(ADA, ADA), (ON_MESSENGER, None)]
        assert [tuple(row) for row in changes] == [(ON_MESSENGER, "opt_out")]


async def test_a_stop_that_twilio_has_answered(database_url: str) -> None:
    """Where Twilio answers its own words it does so over RCS as well, and we stay silent; over Messenger we answer."""
    async with run_service(database_url, {**SENDERS, "TWILIO_OPT_OUT": "provider"}) as running:
        assert await running.twilio.text(f"rcs:{ADA}", AGENT, "STOP") == 200
        assert await running.twilio.text(ON_MESSENGER, PAGE, "STOP") == 200
        assert sorted(await opted_out(running)) == [ADA, ON_MESSENGER]
        async with asyncio.timeout(10):
            await running.twilio.wait_for_accepted(1)
        await running.twilio.settle()
        assert [one.recipient for one in running.twilio.accepted] == [ON_MESSENGER]


async def test_channels_that_nobody_knows(running: Running) -> None:
    """A message on a channel that we do not speak is acknowledged and passed over."""
    assert await running.twilio.text("viber:123", "viber:456", "STOP") == 200
    assert await running.count("inbound") == 0

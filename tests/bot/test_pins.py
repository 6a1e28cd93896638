"""An operator's PIN: a second thing to know, which a phone that is found does not tell."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import select

from bot.offline import change_pin
from flows.errors import ConfigError
from storage.schema import commands, messages, operators
from tests.bot.running import Running, run_service
from tests.conversations.script import PHONES, SERVICE

ADA = PHONES["Ada"]
SETTINGS = {
    "ROLLCALL_ADMIN_PHONES": f"{ADA}:admin",
    "ROLLCALL_SECRET_KEY": "fake secret of the tests",
    "ROLLCALL_QUIET_HOURS": "none",
}


@pytest.fixture
async def running(database_url: str) -> AsyncIterator[Running]:
    """Start a service whose admin has a PIN."""
    async with run_service(database_url, SETTINGS) as started:
        assert "need the PIN" in await change_pin(started.service.settings, ADA, "7391")
        yield started


async def asked(running: Running) -> str:
    """Ask for something that needs a code; gives the code."""
    assert await running.twilio.text(ADA, SERVICE, "OPERATOR ADD +15550100177 viewer Kim") == 200
    return (await running.twilio.hears(ADA, r"reply (\d{6}) and your PIN within 5 minutes"))[1]


async def test_code_and_pin(running: Running) -> None:
    """The code alone does nothing and costs no try; with the PIN behind it the command is carried out."""
    code = await asked(running)
    await running.twilio.text(ADA, SERVICE, code)
    await running.twilio.hears(ADA, "Send the code with your PIN behind it")
    await running.twilio.text(ADA, SERVICE, f"{code} 7391")
    await running.twilio.hears(ADA, "^Done")


async def test_a_wrong_pin_counts_as_a_wrong_code(running: Running) -> None:
    """Three of them and the command is dropped; then not even the right one helps."""
    code = await asked(running)
    for left, pin in (("2", "7390"), ("1", "1234"), (".*dropped", "739100")):
        await running.twilio.text(ADA, SERVICE, f"{code} PIN {pin}")
        await running.twilio.hears(ADA, f"(Tries left: {left}|{left})")
    await running.twilio.text(ADA, SERVICE, f"{code} 7391")
    await running.twilio.hears(ADA, "No command waits for this code")


async def test_nothing_keeps_the_pin(running: Running) -> None:
    """Neither the messages nor the commands hold its digits, also where no command waits; the operator has a hash."""
    code = await asked(running)
    await running.twilio.text(ADA, SERVICE, f"{code} pin: 7391")
    await running.twilio.hears(ADA, "^Done")
    await running.twilio.text(ADA, SERVICE, "123456, 7391")
    await running.twilio.hears(ADA, "No command waits for this code")
    async with running.service.database.read() as connection:
        texts = [row[0] for row in await connection.execute(select(messages.c.body))]
        kept = [str(tuple(row)) for row in await connection.execute(select(commands.c.text, commands.c.arguments))]
        found = await connection.execute(select(operators.c.pin_hash).where(operators.c.address == ADA))
        hashed = found.scalar_one()
    assert {f"{code} ****", "123456 ****"} <= set(texts)
    assert not [one for one in (*texts, *kept) if "7391" in one and hashed.hex() not in one]
    assert len(hashed) == 32


async def test_it_is_taken_away_again(running: Running) -> None:
    """Then the code alone will do; what is no PIN, or no operator's phone, is refused."""
    assert "need no PIN" in await change_pin(running.service.settings, ADA, None)
    await running.twilio.text(ADA, SERVICE, "OPERATOR ADD +15550100177 viewer Kim")
    code = await running.twilio.hears(ADA, r"reply (\d{6}) within 5 minutes")
    await running.twilio.text(ADA, SERVICE, code[1])
    await running.twilio.hears(ADA, "^Done")
    for phone, pin, problem in ((ADA, "12", "four to twelve digits"), ("+15550100199", "1234", "no operator's phone")):
        with pytest.raises(ConfigError, match=problem):
            await change_pin(running.service.settings, phone, pin)

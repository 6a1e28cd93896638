"""A campaign beside the provider's own log."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select, update

from bot.cli import main
from bot.providers.base import Listed
from bot.verifying import Compared, Ours, compare
from flows.values import HOUR, MessageStatus
from storage.care.hold import RESTORED, Held, hold
from storage.schema import campaigns, channels, messages
from tests.bot.running import Running, environment, run_service
from tests.conversations.script import PHONES, SERVICE

ADA, BO, CY = PHONES["Ada"], PHONES["Bo"], PHONES["Cy"]
SETTINGS = {
    "ROLLCALL_ADMIN_PHONES": f"{ADA}:admin",
    "ROLLCALL_QUIET_HOURS": "none",
    "ROLLCALL_HOLD_SECONDS": "0",
    "ROLLCALL_ABSENT_SECONDS": "1",
}


def listed(sid: str, phone: str, body: str = "News") -> Listed:
    """Make a line of a log."""
    return Listed(sid, "+15550109999", phone, body, MessageStatus.DELIVERED, 1)


def test_both_say_the_same() -> None:
    """Found by the provider's id, whatever became of the text; what others got is nobody's business."""
    ours = [Ours(BO, "News", "delivered", "SM1"), Ours(CY, "News", "cancelled", None)]
    assert compare(ours, [listed("SM1", BO, "News, cut"), listed("SM9", CY, "Another")]) == Compared(1)


def test_each_difference_has_its_name() -> None:
    """Missing, extra, twice, and not known yet."""
    ours = [Ours(BO, "News", "sent", "SM1"), Ours(CY, "News", "queued", None), Ours(ADA, "News", "unknown", None)]
    found = compare(ours, [listed("SM2", CY), listed("SM3", CY, " News ")])
    assert found == Compared(0, missing=(BO,), extra=(CY,), twice=(CY,), doubtful=(ADA,))
    assert not found.is_clean


@pytest.fixture
async def running(database_url: str) -> AsyncIterator[Running]:
    """Start a service with an admin and two people in the community."""
    async with run_service(database_url, SETTINGS) as started:
        for phone in (BO, CY):
            await started.twilio.text(phone, SERVICE, "JOIN")
            await started.twilio.hears(phone, ".")
        yield started


async def blast(running: Running) -> None:
    """Send a campaign."""
    await running.twilio.text(ADA, SERVICE, "BLAST community: News")
    code = await running.twilio.hears(ADA, r"reply (\d{6})")
    await running.twilio.text(ADA, SERVICE, code[1])
    await running.twilio.hears(ADA, "Campaign 1: completed")


async def verified(running: Running, number: int = 1) -> Result:
    """Run `rollcall campaign verify` beside the service."""
    return await called(running, "verify", str(number))


async def called(running: Running, *words: str) -> Result:
    """Run `rollcall campaign` beside the service."""
    names = environment(running.service.settings.database, running.twilio)

    def run() -> Result:
        return CliRunner().invoke(main, ["campaign", *words], env=names)

    with ThreadPoolExecutor(1) as pool:
        return await asyncio.get_running_loop().run_in_executor(pool, run)


async def test_the_command(running: Running) -> None:
    """A campaign that went well is clean; one message that the log has and we do not is named, with code 1."""
    await blast(running)
    clean = await verified(running)
    assert (clean.output, clean.exit_code) == ("2 messages are in the provider's log and in ours.\n", 0)
    async with running.service.database.engine.begin() as connection:
        await connection.execute(
            update(messages)
            .where(messages.c.address == CY, messages.c.campaign_id.is_not(None))
            .values(status="cancelled", provider_id=None)
        )
    found = await verified(running)
    assert f"The log has them, we do not say that they left: {CY}" in found.output
    assert found.exit_code == 1
    assert "There is no campaign 7 that has begun" in (await verified(running, 7)).output


async def test_what_was_put_back_is_looked_up_first(running: Running) -> None:
    """A message that waited in the copy and has left since then is found in the log, and not sent again."""
    await blast(running)
    database = running.service.database
    async with database.engine.begin() as connection:
        await connection.execute(update(channels).values(paused_until_at=1 << 60))  # as if no service ran
        await connection.execute(
            update(messages)
            .where(messages.c.campaign_id.is_not(None))
            .values(status="queued", provider_id=None, attempt=0, claimed_at=None)
        )
        await connection.execute(update(campaigns).values(status="running", completed_at=None))
    assert await hold(running.service.settings.database, running.service.clock()) == Held(2, 1, 0)
    async with database.engine.begin() as connection:
        await connection.execute(update(channels).values(paused_until_at=None))
    async with asyncio.timeout(30):
        while True:
            await running.service.reconciler.run_once()
            async with database.read() as connection:
                rows = await connection.execute(select(messages.c.status).where(messages.c.campaign_id.is_not(None)))
                if {row[0] for row in rows} <= {"sent", "delivered"}:
                    break
            await asyncio.sleep(0.1)
    await running.twilio.settle()
    assert sorted(one.recipient for one in running.twilio.accepted if one.body == "News") == sorted((BO, CY))
    async with database.read() as connection:
        row = (await connection.execute(select(campaigns.c.status, campaigns.c.stopped_reason))).one()
    assert tuple(row) == ("paused", RESTORED)


async def test_a_person_decides(running: Running) -> None:
    """What stays unknown for long can be settled either way; what is fresh is left to the provider's log."""
    await blast(running)
    long_ago, just_now = running.service.clock() - HOUR, running.service.clock()
    for phone, claimed_at in ((BO, long_ago), (CY, just_now)):
        async with running.service.database.engine.begin() as connection:
            await connection.execute(
                update(messages)
                .where(messages.c.address == phone, messages.c.campaign_id.is_not(None))
                .values(status="unknown", provider_id=None, claimed_at=claimed_at, check_at=1 << 60)
            )
    assert (await called(running, "settle", "1", "sent")).output == "1 messages count as sent.\n"
    assert (await called(running, "settle", "1", "again")).output == "0 messages go out again.\n"
    assert "There is no campaign 7" in (await called(running, "settle", "7", "sent")).output

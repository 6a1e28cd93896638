"""The service listens while it reads what people texted in its absence; what might follow a STOP waits meanwhile."""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.service import Service
from storage.schema import messages, opt_outs
from tests.bot.posts import get
from tests.bot.running import Running, run_service
from tests.conversations.script import PHONES, SERVICE
from tests.fakes.twilio import FakeTwilio
from tests.fakes.twilio_faults import HANG_BEFORE, Fault, Way, refuse
from tests.people import settle_people

ADA, BO, CY = PHONES["Ada"], PHONES["Bo"], "+15550100177"
SETTINGS = {"ROLLCALL_ADMIN_PHONES": f"{ADA}:admin", "ROLLCALL_QUIET_HOURS": "none", "ROLLCALL_HOLD_SECONDS": "0"}
NUMBERS = ",".join([SERVICE, "+15550109991", "+15550109992", "+15550109993"])


async def opted_out(running: Running) -> set[str]:
    """Name those who opted out."""
    async with running.service.database.read() as connection:
        return {row[0] for row in await connection.execute(select(opt_outs.c.address))}


async def test_a_provider_that_hangs_keeps_no_port_closed(tmp_path: Path) -> None:
    """Four numbers with a provider that hangs meant 62 s without an open port: a STOP is answered at once, by 200."""

    async def meanwhile(_service: Service, twilio: FakeTwilio) -> None:
        twilio.list_fault = HANG_BEFORE

    begun_seconds = time.monotonic()
    more = {**SETTINGS, "TWILIO_FROM": NUMBERS}
    async with run_service(
        f"sqlite:///{tmp_path}/rollcall.db", more, meanwhile=meanwhile, listens_at_once=True
    ) as running:
        ready = await get(running, "/health/ready")
        assert (ready.status, json.loads(ready.text)) == (503, {"status": "catching up"})
        assert (await get(running, "/health/live")).status == 200
        stop_seconds = time.monotonic()
        assert await running.twilio.text(BO, SERVICE, "STOP") == 200
        assert time.monotonic() - stop_seconds < 3.0
        assert await opted_out(running) == {BO}
        await running.twilio.hears(BO, ".", seconds=5)
        assert await running.twilio.text(CY, SERVICE, "PIZZA") == 200
        await running.twilio.hears(CY, "Three questions", seconds=10)
        await asyncio.wait_for(running.service.catching_up.first_round(), 30)
        assert time.monotonic() - begun_seconds < 30.0
        assert (await get(running, "/health/ready")).status == 200
        assert not running.service.catching_up.is_done


async def test_pages_without_an_end_keep_no_port_closed(tmp_path: Path) -> None:
    """A list whose pages never end was read for ever: the round ends, and the channel counts as not read."""

    async def meanwhile(_service: Service, twilio: FakeTwilio) -> None:
        twilio.list_fault = Fault(Way.REFUSE, 200, body='{"messages": [], "next_page_uri": "/2010-04-01/again"}')

    async with run_service(
        f"sqlite:///{tmp_path}/rollcall.db", SETTINGS, meanwhile=meanwhile, listens_at_once=True
    ) as running:
        running.twilio.list_fault = Fault(
            Way.REFUSE, 200, body=json.dumps({"messages": [], "next_page_uri": list_path(running)})
        )
        assert await running.twilio.text(BO, SERVICE, "STOP") == 200
        await asyncio.wait_for(running.service.catching_up.first_round(), 60)
        assert not running.service.catching_up.is_done


def list_path(running: Running) -> str:
    """Name the list itself as its next page."""
    return f"/2010-04-01/Accounts/{running.twilio.account_sid}/Messages.json?Page=1"


async def test_nothing_that_a_stop_forbids_leaves_before_the_log_is_read(database_url: str) -> None:
    """A blast that was under way waits while the port is open, and does not reach the one who stopped meanwhile."""
    people: list[str] = []

    async def meanwhile(service: Service, twilio: FakeTwilio) -> None:
        people.extend(await settle_people(service.database.engine, 3))
        await twilio.text(people[0], SERVICE, "STOP")
        twilio.list_fault = HANG_BEFORE

    async with run_service(database_url, SETTINGS, meanwhile=meanwhile, listens_at_once=True) as running:
        twilio = running.twilio
        texted = asyncio.create_task(twilio.text(ADA, SERVICE, "BLAST community: Rehearsal at six"))
        await asyncio.sleep(2.0)
        assert twilio.accepted == []
        twilio.list_fault = None
        assert await texted == 200
        code = await twilio.hears(ADA, r"reply (\d{6})")
        await twilio.text(ADA, SERVICE, code[1])
        async with asyncio.timeout(40):
            while not running.service.catching_up.is_done:  # noqa: ASYNC110 - nobody tells
                await asyncio.sleep(0.1)
        await twilio.hears(ADA, "Campaign 1: completed")
        assert sorted(one.recipient for one in twilio.accepted if one.body == "Rehearsal at six") == people[1:]


async def test_what_was_sent_before_comes_first(database_url: str) -> None:
    """An answer that comes while the log is read waits for the keyword that was texted in our absence."""

    async def meanwhile(_service: Service, twilio: FakeTwilio) -> None:
        twilio.clock_offset_seconds = -600
        await twilio.text(BO, SERVICE, "PIZZA")
        twilio.clock_offset_seconds = 0

    async with run_service(database_url, SETTINGS, meanwhile=meanwhile, listens_at_once=True) as running:
        assert await running.twilio.text(BO, SERVICE, "1") == 200
        async with running.service.database.read() as connection:
            bodies = select(messages.c.body).where(messages.c.direction == "inbound").order_by(messages.c.id)
            assert [row[0] for row in await connection.execute(bodies)] == ["PIZZA", "1"]
        await running.twilio.hears(BO, "Another slice", seconds=10)


@pytest.mark.parametrize("word", ["START", "yes"])
async def test_a_start_that_a_stop_overtook(word: str, database_url: str) -> None:
    """START was texted in our absence and STOP just now: the older one, which is read last, changes nothing."""

    async def meanwhile(_service: Service, twilio: FakeTwilio) -> None:
        twilio.clock_offset_seconds = -3_600
        await twilio.text(BO, SERVICE, word)
        twilio.clock_offset_seconds = 0
        twilio.list_fault = refuse(20500, 503)

    async with run_service(database_url, SETTINGS, meanwhile=meanwhile) as running:
        assert await running.twilio.text(BO, SERVICE, "STOP") == 200
        assert await running.twilio.text(BO, SERVICE, "STOP") == 200
        running.twilio.list_fault = None
        await running.service.catching_up.sweep_again()
        assert await running.count("inbound") == 3
        assert await opted_out(running) == {BO}
        assert await running.count("outbound") == 1


async def test_a_start_after_a_stop_in_our_absence(database_url: str) -> None:
    """Both are in the log: the later one counts, also where the STOP was read in an earlier round."""

    async def meanwhile(_service: Service, twilio: FakeTwilio) -> None:
        for hours, who in ((3, BO), (2, CY)):
            twilio.clock_offset_seconds = -3_600 * hours
            await twilio.text(who, SERVICE, "STOP")
            twilio.clock_offset_seconds += 1_800
            await twilio.text(who, SERVICE, "START")
        twilio.clock_offset_seconds = 0

    async with run_service(database_url, SETTINGS, meanwhile=meanwhile) as running:
        assert await running.count("inbound") == 4
        assert await opted_out(running) == set()

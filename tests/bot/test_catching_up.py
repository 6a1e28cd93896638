"""What people texted while no process ran cannot be read: what might follow a STOP waits, conversations go on."""

from __future__ import annotations

import asyncio

from sqlalchemy import select, update

from bot.alarms import Alarms
from bot.catching_up import TELL_AFTER, CatchingUp
from bot.departures import Departures
from bot.house import House
from bot.service import Service
from bot.sweep import Sweep
from bot.texts import shipped_texts
from flows.values import SECOND
from storage.operators import save_operator
from storage.schema import messages, sessions
from tests.bot.outbox import WORKSPACE, Outbox
from tests.bot.running import run_service
from tests.conversations.script import PHONES, SERVICE
from tests.fakes.twilio import FakeTwilio
from tests.fakes.twilio_faults import refuse
from tests.people import settle_people

ADA, BO = PHONES["Ada"], PHONES["Bo"]
SETTINGS = {"ROLLCALL_ADMIN_PHONES": f"{ADA}:admin", "ROLLCALL_QUIET_HOURS": "none", "ROLLCALL_HOLD_SECONDS": "0"}
TICKS_SECONDS = 2.5
"""The service looks at its timers and queues every second."""


async def test_a_blast_waits_for_a_stop_that_is_not_read(database_url: str) -> None:
    """Answers and commands go on; the blast leaves once the log is read, and not to who stopped in our absence."""
    people: list[str] = []

    async def meanwhile(service: Service, twilio: FakeTwilio) -> None:
        people.extend(await settle_people(service.database.engine, 3))
        await twilio.text(people[0], SERVICE, "STOP")
        twilio.list_fault = refuse(20500, 503)

    async with run_service(database_url, SETTINGS, meanwhile=meanwhile) as running:
        twilio = running.twilio
        await twilio.text(ADA, SERVICE, "BLAST community: Rehearsal at six")
        code = await twilio.hears(ADA, r"reply (\d{6})")
        await twilio.text(ADA, SERVICE, code[1])
        await twilio.text(BO, SERVICE, "PIZZA")
        await twilio.hears(BO, "Three questions")
        await asyncio.sleep(TICKS_SECONDS)
        assert [one for one in twilio.accepted if one.recipient in people] == []
        twilio.list_fault = None
        await running.service.catching_up.sweep_again()
        await twilio.hears(ADA, "Campaign 1: completed")
        got = [one.recipient for one in twilio.accepted if one.body == "Rehearsal at six"]
        assert sorted(got) == people[1:]


async def test_the_answer_to_an_older_text_waits(database_url: str) -> None:
    """Bo asked for a survey and stopped, an hour apart; only the first was read when the log failed."""

    async def meanwhile(_service: Service, twilio: FakeTwilio) -> None:
        twilio.clock_offset_seconds = -7_200
        await twilio.text(BO, SERVICE, "PIZZA")
        twilio.clock_offset_seconds = -3_000
        await twilio.text(BO, SERVICE, "STOP")
        twilio.clock_offset_seconds = 0
        twilio.list_fault, twilio.list_fault_since_at = refuse(20500, 503), twilio.now_at() - 3_100 * SECOND

    async with run_service(database_url, SETTINGS, meanwhile=meanwhile) as running:
        await asyncio.sleep(TICKS_SECONDS)
        assert await running.count("inbound") == 1
        assert running.heard(BO) == []
        running.twilio.list_fault = None
        await running.service.catching_up.sweep_again()
        assert await running.count("inbound") == 2
        await asyncio.sleep(TICKS_SECONDS)
        (confirmation,) = running.heard(BO)
        assert "Three questions" not in confirmation


async def test_reminders_wait_too(database_url: str) -> None:
    """Somebody in the midst of a survey may have stopped as well."""

    async def meanwhile(_service: Service, twilio: FakeTwilio) -> None:
        twilio.list_fault = refuse(20500, 503)

    async with run_service(database_url, SETTINGS, meanwhile=meanwhile) as running:
        await running.twilio.text(BO, SERVICE, "PIZZA")
        await running.twilio.hears(BO, "Three questions")
        async with running.service.database.engine.begin() as connection:
            await connection.execute(update(sessions).values(remind_at=1))
        await asyncio.sleep(TICKS_SECONDS)
        assert len(running.heard(BO)) == 1
        running.twilio.list_fault = None
        await running.service.catching_up.sweep_again()
        await running.twilio.wait_for_accepted(2)
        assert len(running.heard(BO)) == 2


async def test_the_admins_hear_of_it_once(outbox: Outbox) -> None:
    """Not in the first minute, and why; when all is read nothing is held back any more."""
    await outbox.database.run(save_operator(WORKSPACE.id, ADA, "Ada", "admin", outbox.now_at()))
    departures = Departures(outbox.database, outbox.providers, outbox.now_at)
    alarms = Alarms(outbox.database, House(WORKSPACE, shipped_texts(), b"k"), outbox.now_at)

    async def put(_message: object) -> None:
        """Nobody texts."""

    catching_up = CatchingUp(
        Sweep(outbox.database, outbox.providers, put, outbox.now_at), departures, outbox.sender, alarms, outbox.now_at
    )
    told = select(messages.c.body).where(messages.c.address == ADA)
    outbox.fake.list_fault = refuse(20003, 401)
    await catching_up.sweep()
    await catching_up.sweep_again()
    assert await outbox.rows(told) == []
    outbox.ahead_seconds[0] = TELL_AFTER / SECOND
    for _look in range(3):
        await catching_up.sweep_again()
    (row,) = await outbox.rows(told)
    assert "cannot be read yet" in row["body"]
    assert not catching_up.is_done
    outbox.fake.list_fault = None
    await catching_up.sweep_again()
    assert catching_up.is_done

"""A blast over real HTTP: signed webhooks in, Twilio's API out, on both databases."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from flows.language.segments import measure
from storage.care.backup import backup, restore
from storage.care.doctor import examine
from storage.database import make_engine
from storage.schema import messages
from tests.bot.running import Running, run_service
from tests.conftest import empty, fresh_database
from tests.conversations.script import PHONES, SERVICE
from tests.people import settle_people

ADA, DEE = PHONES["Ada"], PHONES["Dee"]
SETTINGS = {
    "ROLLCALL_ADMIN_PHONES": f"{ADA}:admin,{DEE}:viewer",
    "ROLLCALL_QUIET_HOURS": "none",
    "ROLLCALL_HOLD_SECONDS": "0",
}


@pytest.fixture
async def running(database_url: str) -> AsyncIterator[Running]:
    """Start a service with an admin and a viewer."""
    async with run_service(database_url, SETTINGS) as started:
        yield started


@pytest.fixture
async def people(running: Running) -> list[str]:
    """Put 300 people into its community."""
    return await settle_people(running.service.database.engine, 300)


async def confirmed(running: Running, command: str) -> None:
    """Give a command and the code of its preview."""
    await running.twilio.text(ADA, SERVICE, command)
    code = await running.twilio.hears(ADA, r"reply (\d{6})")
    await running.twilio.text(ADA, SERVICE, code[1])


async def test_a_blast_reaches_everybody_once(running: Running, people: list[str]) -> None:
    """From the operator's text to the report; a message to each, and a preview that said how many."""
    await confirmed(running, "BLAST community: Rehearsal at six, {name|friend}")
    await running.twilio.hears(ADA, "BLAST to community.*300 people")
    report = await running.twilio.hears(ADA, "Campaign 1: completed\n(.*)")
    assert sum(int(count) for count in re.findall(r": (\d+)", report[1])) == 300
    got = Counter(one.recipient for one in running.twilio.accepted if one.body == "Rehearsal at six, friend")
    assert got == Counter(people)


async def test_nothing_leaves_after_a_stop_or_a_cancel(running: Running, people: list[str]) -> None:
    """While the blast runs people stop, and the operator cancels: the provider takes nothing for them afterwards."""
    await confirmed(running, "BLAST community: News")
    await running.twilio.hears(people[0], "News")
    stopped = people[-40:]
    for phone in stopped:
        assert await running.twilio.text(phone, SERVICE, "STOP") == 200
    places = {phone: len(running.heard(phone)) for phone in stopped}
    assert await running.twilio.text(ADA, SERVICE, "CANCEL 1") == 200
    await running.twilio.hears(ADA, "Campaign 1: (cancelled|completed)")
    await running.twilio.settle()
    for phone in stopped:
        later = running.heard(phone)[places[phone] :]
        assert [body for body in later if body == "News"] == []
    got = Counter(one.recipient for one in running.twilio.accepted if one.body == "News")
    assert set(got.values()) == {1}
    async with running.service.database.read() as connection:
        rows = await connection.execute(
            select(messages.c.status).where(messages.c.campaign_id.is_not(None), messages.c.status == "queued")
        )
        assert rows.all() == []


async def test_a_forged_sender_cannot_use_the_code(running: Running, people: list[str]) -> None:
    """Who only writes under the admin's number never sees the code, which goes to the real phone; guesses kill it."""
    await running.twilio.text(ADA, SERVICE, "BLAST community: evil")
    code = await running.twilio.hears(ADA, r"BLAST to community.*reply (\d{6})")
    for guess in ("000000", "999999", "123123"):
        await running.twilio.text(ADA, SERVICE, guess if guess != code[1] else "111111")
    await running.twilio.hears(ADA, "The command is dropped")
    await running.twilio.text(ADA, SERVICE, code[1])
    await running.twilio.hears(ADA, "No command waits for this code")
    assert not [one for one in running.twilio.accepted if one.body == "evil"]


async def test_a_blast_over_the_days_ceiling(database_url: str) -> None:
    """The provider's log has not one message of it too many, the operator hears why, and STATUS has the count."""
    async with run_service(database_url, {**SETTINGS, "ROLLCALL_DAILY_SEGMENTS": "60"}) as running:
        people = await settle_people(running.service.database.engine, 300)
        await confirmed(running, "BLAST community: News")
        await running.twilio.hears(ADA, r"has reached the ceiling of 60 SMS segments")
        await running.twilio.hears(ADA, r"Campaign 1: paused \(ceiling\)")
        left = [one.body for one in running.twilio.accepted if one.body == "News"]
        assert 50 <= len(left) < 60
        await running.twilio.text(ADA, SERVICE, "STATUS")
        status = await running.twilio.hears(ADA, rf"pending: {len(people) - len(left)}.*: (\d+) of 60 SMS segments")
        before = [measure(one.body).segments for one in running.twilio.accepted if "Today from" not in one.body]
        assert int(status[1]) == sum(before)


@pytest.fixture
async def elsewhere(request: pytest.FixtureRequest, database_url: str, tmp_path: Path) -> AsyncIterator[str]:
    """Give a place where nothing is yet."""
    if database_url.startswith("sqlite"):
        yield f"sqlite:///{tmp_path / 'elsewhere.db'}"
        return
    async with fresh_database(request.getfixturevalue("postgresql_url"), empty) as url:
        yield url


async def test_a_backup_under_a_blast(
    running: Running, people: list[str], database_url: str, elsewhere: str, tools: Path | None, tmp_path: Path
) -> None:
    """The copy is of one moment in the middle of the blast: restored, the doctor finds nothing wrong with it."""
    await confirmed(running, "BLAST community: News")
    await running.twilio.hears(people[0], "News")
    copy = tmp_path / "copy"
    blast = asyncio.create_task(running.twilio.hears(ADA, "Campaign 1: completed"))
    await backup(database_url, copy, tools)
    await restore(elsewhere, copy, running.service.clock(), tools=tools)
    await blast
    assert [one async for one in examine(elsewhere) if not one.is_sound] == []
    engine = make_engine(elsewhere)
    async with engine.connect() as connection:
        count = await connection.execute(select(func.count()).where(messages.c.campaign_id.is_not(None)))
        assert 0 < count.scalar_one() <= len(people)
    await engine.dispose()

"""The loops of a whole service: whatever ends one of them by its name, the service says so and goes on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import asyncpg
import pytest
from sqlalchemy import make_url, text
from structlog.testing import capture_logs

from bot.runtime.loop import MOST_FAILURES, Loop
from bot.service import Service
from tests.bot.running import Running, run_service
from tests.bot.runtime.test_loop import failures, task_of, until
from tests.conversations.script import PHONES, SERVICE
from tests.fakes.twilio import FakeTwilio

ADA, BOSS = PHONES["Ada"], "+15550109001"
ALWAYS = (
    *("inbox", "receipts", "commands", "campaigns", "timers", "reconciler", "list lag", "begin sending"),
    *("sweep again", "sweep", "search index", "digests", "pictures", "retention", "departures", "backup"),
    *("sender", "outcomes"),
    *(f"channel sms {SERVICE[-4:]}", "watch"),
)
"""The loops of a service with one channel, on either engine."""


@asynccontextmanager
async def choir(url: str) -> AsyncIterator[Running]:
    """Run the service with one admin, who is known to it."""
    async with run_service(url, {"ROLLCALL_ADMIN_PHONES": BOSS}) as running:
        with capture_logs():
            yield running


@pytest.fixture
async def running(database_url: str) -> AsyncIterator[Running]:
    """Start the service."""
    async with choir(database_url) as started:
        yield started


def loops_of(running: Running) -> dict[str, Loop]:
    """Return the running loops by their names."""
    service = running.service
    return {loop.name: loop for loop in (*service.loops, service.watch.loop) if loop.age_seconds > 0}


async def ready(running: Running) -> tuple[int, dict[str, object]]:
    """Ask whether the service is ready."""
    async with aiohttp.ClientSession() as client, client.get(f"{running.url}/health/ready") as answer:
        return answer.status, await answer.json()


async def texts_to(running: Running, phone: str, count: int) -> list[str]:
    """Wait until the provider took so many texts for a phone."""
    await until(lambda: len(running.heard(phone)) >= count)
    return running.heard(phone)


async def test_each_loop_is_in_the_list(running: Running) -> None:
    """What runs is what the list names: no loop lives outside of it."""
    named = set(loops_of(running))
    assert named - {"notices"} == set(ALWAYS)
    tasks = {task.get_name().removeprefix("loop ") for task in asyncio.all_tasks() if "loop " in task.get_name()}
    assert tasks == named


@pytest.mark.parametrize("name", ALWAYS)
async def test_a_loop_that_is_killed_comes_back(name: str, running: Running) -> None:
    """Before, a task that ended stayed ended without a word; now each goes on, and people are answered."""
    before, killed = failures(name), task_of(name)
    killed.cancel()
    await until(lambda: failures(name) > before)
    await until(lambda: any(one.get_name() == killed.get_name() for one in asyncio.all_tasks() - {killed}))
    assert await running.twilio.text(ADA, SERVICE, "PIZZA") == 200
    await running.twilio.text(BOSS, SERVICE, "WHOAMI")
    await texts_to(running, ADA, 1)
    await texts_to(running, BOSS, 1)
    assert await ready(running) == (200, {"status": "ready"})


@pytest.mark.parametrize("name", ALWAYS)
async def test_a_loop_that_keeps_failing_is_told(name: str, running: Running) -> None:
    """Ten failures in a row: `ready` says 503 and names the loop; it is over with the first good round."""
    loop = loops_of(running)[name]
    work = loop.work

    async def fail() -> object:
        raise LookupError("Mars/Olympus")

    loop.work = fail
    loop.wake.set()
    await until(lambda: loop.failure_count)
    loop.failure_count = MOST_FAILURES - 1  # the pauses in between would take half a minute
    await until(lambda: loop.trouble)
    status, said = await ready(running)
    assert status == 503
    assert said == {"status": "loops in trouble", "loops": {name: "failed 10 times in a row: LookupError"}}
    loop.work = work
    loop.failure_count = 0
    assert (await ready(running))[0] == 200


@pytest.mark.parametrize("name", ["commands", "campaigns", "timers"])
async def test_the_admins_hear_of_it_once(name: str, running: Running) -> None:
    """Every admin gets one text that names the loop and says what to do, however often the watch looks."""
    loop, watch = loops_of(running)[name], running.service.watch
    await running.twilio.text(BOSS, SERVICE, "WHOAMI")
    await texts_to(running, BOSS, 1)
    await loop.stop()  # it must not recover while we look, nor end a round that does
    loop._stop.clear()
    loop.failure_count = MOST_FAILURES
    for _look in range(3):
        await watch.look()
    said = (await texts_to(running, BOSS, 2))[1]
    assert f"{name}: failed 10 times in a row" in said
    assert said.startswith("Part of Rollcall has stopped working")
    await running.twilio.settle()
    assert len(running.heard(BOSS)) == 2


async def test_a_hung_loop_makes_the_service_unready(running: Running) -> None:
    """A command that never ends is seen after its bound, not at the next restart."""
    loop = loops_of(running)["commands"]
    gate = asyncio.Event()
    loop.work = gate.wait
    loop.wake.set()
    loop._late_seconds = 0.3
    await until(lambda: loop.trouble)
    status, said = await ready(running)
    assert status == 503
    assert list(said["loops"]) == ["commands"]  # type: ignore[call-overload]
    gate.set()


async def test_a_first_beat_that_fails(postgresql_url: str, database_url: str) -> None:
    """A sender whose first heartbeat failed never sent again: the flag was set before the sender had started."""

    async def harm(service: Service, _twilio: FakeTwilio) -> None:
        async with service.database.engine.begin() as connection:
            await connection.execute(text("ALTER TABLE nodes RENAME TO nodes_away"))

    with capture_logs():
        async with run_service(database_url, meanwhile=harm) as running:
            assert await running.twilio.text(ADA, SERVICE, "PIZZA") == 200
            await asyncio.sleep(0.5)
            assert running.heard(ADA) == []
            assert running.service.sender.loops == ()
            async with running.service.database.engine.begin() as connection:
                await connection.execute(text("ALTER TABLE nodes_away RENAME TO nodes"))
            await texts_to(running, ADA, 1)
            assert len(running.service.sender.loops) == 3


async def test_a_read_only_server(postgresql_url: str, database_url: str) -> None:
    """Some seconds of a read-only PostgreSQL: webhooks get 503, and afterwards commands go on without a restart."""
    if not database_url.startswith("postgresql"):
        pytest.skip("of PostgreSQL")
    name = make_url(database_url).database
    async with choir(database_url) as running:
        admin = await asyncpg.connect(database_url)
        await running.twilio.text(BOSS, SERVICE, "WHOAMI")
        await texts_to(running, BOSS, 1)
        ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND pid <> pg_backend_pid()"
        await admin.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
        await admin.execute(ended, name)
        assert await running.twilio.text(ADA, SERVICE, "PIZZA") == 503
        loop = loops_of(running)["commands"]
        await until(lambda: loop.failure_count >= 2)
        await admin.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = off")
        await admin.execute(ended, name)
        await admin.close()
        await until(lambda: loop.failure_count == 0)
        assert await running.twilio.text(BOSS, SERVICE, "WHOAMI") in (200, 503)
        while len(running.heard(BOSS)) < 2:
            await running.twilio.text(BOSS, SERVICE, "WHOAMI")
            await asyncio.sleep(0.2)
        await until(lambda: all(one.failure_count == 0 for one in running.service.loops))
        assert (await ready(running))[0] == 200

"""Too much at once, and a database that is away for a while: refused in time, and nothing that was taken is lost."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url, select, text

from storage.plan import Plan, Query, Statement
from storage.schema import messages
from tests.bot.posts import form, get, post
from tests.bot.running import Running, run_service
from tests.bot.test_edge import locked
from tests.conversations.script import SERVICE

LIMIT = 20


async def stored(running: Running) -> list[int]:
    """Read the numbers of the messages that are stored."""
    ids = select(messages.c.provider_id).where(messages.c.direction == "inbound")
    async with running.service.database.read() as connection:
        return sorted(int(row[0].removeprefix("SM"), 16) for row in await connection.execute(ids))


@pytest.fixture
async def running(database_url: str) -> AsyncIterator[Running]:
    """Start the service; twenty messages may wait."""
    async with run_service(database_url, {"ROLLCALL_INBOX_LIMIT": str(LIMIT)}) as started:
        yield started


async def test_a_full_inbox_refuses_fast(running: Running, database_url: str) -> None:
    """While all places are taken a message gets its 503 at once; what got 200 is there, the others may come again."""
    total = LIMIT + 41
    async with locked(database_url):
        first = asyncio.create_task(post(running, form(running, 0).encode()))
        await asyncio.sleep(0.2)  # it is in its batch
        waiting = [asyncio.create_task(post(running, form(running, n).encode())) for n in range(1, LIMIT + 1)]
        while running.service.inbox.waiting_count < LIMIT:  # noqa: ASYNC110 nobody tells
            await asyncio.sleep(0.01)
        spent = []
        for number in range(LIMIT + 1, total):
            started = time.perf_counter()
            refused = await post(running, form(running, number).encode())
            spent.append(time.perf_counter() - started)
            assert (refused.status, refused.headers["Retry-After"]) == (503, "5")
    assert statistics.median(spent) < 0.1
    assert {answer.status for answer in await asyncio.gather(first, *waiting)} == {200}
    assert await stored(running) == list(range(LIMIT + 1))
    for number in range(LIMIT + 1, total):
        assert (await post(running, form(running, number).encode())).status == 200
    assert await stored(running) == list(range(total))


async def test_a_locked_file_is_not_waited_for_without_end(tmp_path: Path) -> None:
    """Another program holds the file for long: 503 with Retry-After after the wait, nothing stored; then 200."""
    url = f"sqlite:///{tmp_path}/rollcall.db"
    async with run_service(url) as running:
        await running.service.database.run(_impatient())
        async with locked(url):
            refused = await asyncio.gather(*(post(running, form(running, n).encode()) for n in range(3)))
            assert {(one.status, one.headers["Retry-After"]) for one in refused} == {(503, "5")}
            assert "locked" not in refused[0].text
            assert await stored(running) == []
        assert {(await post(running, form(running, n).encode())).status for n in range(3)} == {200}
        assert await stored(running) == [0, 1, 2]


def _impatient() -> Plan[None]:
    yield Query(Statement((), text("PRAGMA busy_timeout=200")))


async def test_postgresql_stops_and_comes_back(server: Any) -> None:
    """Stopped: 503 and not ready, but live; started again: all goes on, and what got 200 before is answered."""
    url = make_url(server.get_uri()).render_as_string(hide_password=False)
    async with run_service(url) as running:
        assert (await post(running, form(running, 0, Body="PIZZA").encode())).status == 200
        async with asyncio.timeout(20):
            await running.twilio.wait_for_accepted(1)
            await running.twilio.settle()  # a claim whose commit is cut in two waits for the reconciler
        await asyncio.to_thread(server.stop)
        started = time.perf_counter()
        refused = await post(running, form(running, 1, Body="1").encode())
        assert (refused.status, refused.headers.get("Retry-After")) == (503, "5")
        assert [(await get(running, f"/health/{name}")).status for name in ("ready", "live")] == [503, 200]
        assert (await get(running, "/metrics")).status == 200
        assert time.perf_counter() - started < 5
        await asyncio.to_thread(server.start)
        assert (await get(running, "/health/ready")).status == 200
        assert (await post(running, form(running, 1, Body="1").encode())).status == 200
        async with asyncio.timeout(20):
            await running.twilio.wait_for_accepted(2)
        assert await stored(running) == [0, 1]
        assert {one.sender for one in running.twilio.accepted} == {SERVICE}


async def test_metrics_do_not_wait_for_a_lock(running: Running, database_url: str) -> None:
    """The metrics come while the tables are locked, if need be without news of the outbox."""
    async with locked(database_url), asyncio.timeout(8):
        assert "rollcall_inbox_waiting 0.0" in (await get(running, "/metrics")).text

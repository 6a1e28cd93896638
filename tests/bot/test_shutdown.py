"""How the process drains: it says so, takes nothing more, and hears out what is under way."""

from __future__ import annotations

import asyncio
import signal
import sqlite3
import time
from pathlib import Path

import aiohttp

from tests.bot.test_process import PHONE, Served, serving
from tests.conversations.script import SERVICE


async def statuses(service: Served) -> list[str]:
    """Read how the outbound messages stand."""
    with sqlite3.connect(service.path) as connection:
        return [row[0] for row in connection.execute("SELECT status FROM messages WHERE direction = 'outbound'")]


async def test_the_drain_is_visible(tmp_path: Path) -> None:
    """While the last call is heard out: live, not ready, no message taken, its receipts kept; then the end, code 0."""
    async with serving(tmp_path) as service:
        service.twilio.latency_seconds = 2.0
        assert await service.twilio.text(PHONE, SERVICE, "FEEDBACK") == 200
        async with asyncio.timeout(10):
            while await statuses(service) != ["sending"]:  # noqa: ASYNC110 nobody tells
                await asyncio.sleep(0.02)
        service.twilio.callbacks.before_answer = True
        service.process.send_signal(signal.SIGTERM)
        started = time.monotonic()
        await asyncio.sleep(0.3)
        async with aiohttp.ClientSession() as client:
            for path, status, said in (("ready", 503, "stopping"), ("live", 200, "live")):
                async with client.get(f"{service.url}/health/{path}") as answer:
                    assert (answer.status, said in await answer.text()) == (status, True)
        assert await service.twilio.text(PHONE, SERVICE, "5") == 503
        async with asyncio.timeout(10):
            assert await service.process.wait() == 0
        assert time.monotonic() - started > 1
        await service.twilio.settle()
    assert await statuses(service) == ["delivered"]
    assert service.stored() == ["FEEDBACK"]
    assert {posted.status for posted in service.twilio.posted} == {200, 503}


async def test_an_open_connection_does_not_hold_it(tmp_path: Path) -> None:
    """A half request and an idle connection do not keep the process from ending within its bound."""
    async with serving(tmp_path) as service:
        port = int(service.url.rpartition(":")[2])
        _reader, half = await asyncio.open_connection("127.0.0.1", port)
        half.write(b"POST /webhooks/twilio/inbound HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\nhalf")
        _reader, idle = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.sleep(0.2)
        service.process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(10):
            assert await service.process.wait() == 0
        half.close()
        idle.close()

"""The service as a process of its own: how it ends, and what it writes to its log."""

from __future__ import annotations

import asyncio
import json
import signal
import sqlite3
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from bot.definitions import read_definitions, save_definitions
from bot.service import open_service
from bot.settings import load_settings
from bot.workspace.demo import DEMO
from tests.bot.running import PUBLIC_URL, environment
from tests.fakes.twilio import FakeTwilio
from tests.node import Node

CANARY = "xylophone marmalade"
PHONE = "+15550147963"


@dataclass(kw_only=True)
class Served(Node):
    """A node beside its provider and its file."""

    twilio: FakeTwilio
    path: Path

    def stored(self) -> list[str]:
        """Read the texts that came in, from the file it leaves behind."""
        with sqlite3.connect(self.path) as connection:
            return [row[0] for row in connection.execute("SELECT body FROM messages WHERE direction = 'inbound'")]


async def _offer(names: Mapping[str, str]) -> None:
    """Make the database, with the demo's survey for people to text."""
    service = await open_service(load_settings(names, None))
    definitions = read_definitions(DEMO / "feedback.yaml", service.clock())
    await service.database.run(save_definitions(service.workspace.id, definitions, service.clock()))
    await service.database.close()


@asynccontextmanager
async def serving(folder: Path) -> AsyncIterator[Served]:
    """Start `rollcall serve` against a loopback Twilio."""
    path = folder / "rollcall.db"
    async with FakeTwilio() as twilio:
        names = {**environment(f"sqlite:///{path}", twilio), "ROLLCALL_PORT": "0"}
        await _offer(names)
        node = Served(names, twilio=twilio, path=path)
        try:
            await node.start()
            twilio.app_url, twilio.public_url = node.url, PUBLIC_URL
            yield node
        finally:
            await node.end()


async def test_sigterm_drains(tmp_path: Path) -> None:
    """Told to stop amid traffic, it ends by itself with code 0, and what it answered 200 is in the file, each once."""
    async with serving(tmp_path) as service:
        answered: list[str] = []

        async def person(number: int) -> None:
            for step in range(50):
                body = f"hello {number} {step}"
                if await service.twilio.text(f"+1555014{number:04d}", "+15550100000", body) != 200:
                    return
                answered.append(body)

        people = [asyncio.create_task(person(number)) for number in range(8)]
        await asyncio.sleep(0.4)
        service.process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(15):
            assert await service.process.wait() == 0
            await asyncio.gather(*people)
        stored = service.stored()
        assert answered
        assert set(answered) <= set(stored)
        assert len(stored) == len(set(stored))
    assert any('"stopped"' in line for line in service.lines)


async def test_the_log_keeps_quiet_about_people(tmp_path: Path) -> None:
    """Each line of the log is one JSON object; none has a text, a name or a whole phone number, also of what failed."""
    async with serving(tmp_path) as service:
        assert await service.twilio.text(PHONE, "+15550100000", CANARY, ProfileName="Canary Bird") == 200
        assert await service.twilio.text(PHONE, "+15550100000", "FEEDBACK") == 200
        with sqlite3.connect(service.path) as connection:
            connection.execute("UPDATE sessions SET question_id = 'gone'")
        assert await service.twilio.text(PHONE, "+15550100000", f"5 {CANARY}") == 200
        service.twilio.refused_recipients[PHONE] = 21211
        assert await service.twilio.text(PHONE, "+15550100000", "HELP") == 200
        async with aiohttp.ClientSession() as client:
            posted = {"From": PHONE, "Body": CANARY}
            async with client.post(f"{service.url}/webhooks/twilio/inbound", data=posted) as answer:
                assert "Traceback" not in await answer.text()
        await service.twilio.settle()
        service.process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(15):
            await service.process.wait()
    events = [json.loads(line) for line in service.lines]
    assert {"step_failed", "request_refused"} <= {event["event"] for event in events}
    log = "".join(service.lines)
    assert not [secret for secret in (CANARY, "xylophone", "Canary", PHONE, PHONE[1:], "fake-auth") if secret in log]


async def test_a_second_sigterm_ends_at_once(tmp_path: Path) -> None:
    """Who cannot wait for the drain sends the signal again: the process is gone, the file is sound."""
    async with serving(tmp_path) as service:
        service.twilio.latency_seconds = 8.0
        assert await service.twilio.text(PHONE, "+15550100000", "FEEDBACK") == 200
        await asyncio.sleep(0.3)  # the answer is on its way to Twilio, which takes its time
        for _ in range(2):
            service.process.send_signal(signal.SIGTERM)
            await asyncio.sleep(0.2)
        async with asyncio.timeout(2):
            assert await service.process.wait() == 1
    with sqlite3.connect(service.path) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert connection.execute("SELECT status FROM messages WHERE direction = 'outbound'").fetchone() == ("sending",)


async def test_a_sigterm_right_after_the_start(tmp_path: Path) -> None:
    """SIGTERM in the moment in which the service said that it serves killed it: the code was -15 instead of 0."""
    async with serving(tmp_path) as service:
        service.process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(15):
            assert await service.process.wait() == 0

"""An operator's file that takes long to read: others go on, a stop ends it, and it is not read at every start."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import select

from storage.schema import commands
from tests.bot.contact_files.odd import SHEET, with_parts
from tests.bot.contact_files.test_children import readers
from tests.bot.running import PUBLIC_URL, Running, environment, run_service
from tests.conversations.script import PHONES, SERVICE
from tests.fakes.twilio import FakeTwilio
from tests.node import Node

ADA, EVE = PHONES["Ada"], "+15550100105"
ADMINS = {"ROLLCALL_ADMIN_PHONES": f"{ADA}:admin,{EVE}:admin", "ROLLCALL_RATE_PER_SECOND": "1000"}
SLOW = with_parts({SHEET: "<a>" * 3_000_000})
"""Some KB that nobody reads within 20 seconds."""


async def send(twilio: FakeTwilio, phone: str, content: bytes) -> None:
    """Let an operator send a file."""
    path = f"/2010-04-01/Accounts/{twilio.account_sid}/Messages/MM1/Media/ME1"
    twilio.files[path] = content
    media = {"MediaUrl0": "https://api.twilio.com" + path, "MediaContentType0": "text/csv"}
    assert await twilio.text(phone, SERVICE, "ADD #choir", **media) == 200


async def until(holds: Callable[[], object], seconds: float = 30) -> None:
    """Wait until something holds."""
    async with asyncio.timeout(seconds):
        while not holds():  # noqa: ASYNC110 - it is another process
            await asyncio.sleep(0.05)


async def rows(running: Running) -> list[tuple[Any, ...]]:
    """Read how the commands stand."""
    query = select(commands.c.verb, commands.c.status, commands.c.attempt_count).order_by(commands.c.id)
    async with running.service.database.read() as connection:
        return [tuple(row) for row in await connection.execute(query)]


async def test_nobody_waits_for_a_file(database_url: str) -> None:
    """One file kept all operators waiting for 100 s; now they are answered meanwhile, and a stop ends the reading."""
    async with run_service(database_url, ADMINS) as running:
        await send(running.twilio, ADA, SLOW)
        await until(lambda: readers(os.getpid()))
        for phone in (EVE, ADA):
            await running.twilio.text(phone, SERVICE, "WHOAMI")
            await running.twilio.hears(phone, "You are admin", seconds=10)
        assert readers(os.getpid())
        began_at = time.monotonic()
        await running.service.commands.stop()
        assert time.monotonic() - began_at < 5
        assert readers(os.getpid()) == []
        assert (await rows(running))[0] == ("ADD", "queued", 0)


async def test_files_of_one_operator_wait_for_each_other(database_url: str) -> None:
    """The fourth file at once is refused with its bound."""
    async with run_service(database_url, ADMINS) as running:
        for _file in range(4):
            await send(running.twilio, ADA, SLOW)
        await running.twilio.hears(ADA, "3 files of yours are still being read", seconds=10)
        assert [row[1] for row in await rows(running)] == ["queued", "queued", "queued", "refused"]


async def test_a_file_that_ends_the_process(tmp_path: Path) -> None:
    """After a kill it was read again at every start; now the third start says that the command failed twice."""
    async with FakeTwilio() as twilio:
        names = {**environment(f"sqlite:///{tmp_path / 'rollcall.db'}", twilio), **ADMINS}
        node = Node(names, ("serve", "--port", "0"))
        for attempt in range(2):
            await node.start()
            twilio.app_url, twilio.public_url = node.url, PUBLIC_URL
            if attempt == 0:
                await send(twilio, ADA, SLOW)
            await until(lambda: readers(node.process.pid))
            await node.end(signal.SIGKILL)
        await node.start()
        twilio.app_url = node.url
        await twilio.hears(ADA, "Your ADD failed twice", seconds=20)
        assert readers(node.process.pid) == []
        await twilio.text(ADA, SERVICE, "WHOAMI")
        await twilio.hears(ADA, "You are admin", seconds=20)
        assert await node.end(signal.SIGTERM) == 0

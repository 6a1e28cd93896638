"""A whole service that listens, with a loopback Twilio on the other side."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp import web
from sqlalchemy import func, select

from bot.definitions import read_definitions, save_definitions
from bot.service import Service, open_service
from bot.settings import load_settings
from storage.schema import messages
from tests.conversations.script import SERVICE
from tests.conversations.stages import OFFERS
from tests.fakes.twilio import FakeTwilio

PUBLIC_URL = "http://127.0.0.1:1"


@dataclass(frozen=True, slots=True)
class Running:
    """A service that listens, and its provider."""

    service: Service
    twilio: FakeTwilio
    url: str

    def heard(self, phone: str) -> list[str]:
        """Give what the provider took for a phone."""
        return [message.body for message in self.twilio.accepted if message.recipient == phone]

    async def count(self, direction: str) -> int:
        """Count the stored messages of a direction."""
        async with self.service.database.read() as connection:
            rows = await connection.execute(
                select(func.count()).select_from(messages).where(messages.c.direction == direction)
            )
            return int(rows.scalar_one())


def environment(database_url: str, twilio: FakeTwilio) -> dict[str, str]:
    """Name the settings of a service whose provider is this fake."""
    return {
        "DATABASE_URL": database_url,
        "ROLLCALL_PUBLIC_URL": PUBLIC_URL,
        "ROLLCALL_ORGANISATION": "Harbor Choir",
        "ROLLCALL_HELP_CONTACT": "help@example.org",
        "ROLLCALL_RATE_PER_SECOND": "1000",
        "TWILIO_ACCOUNT_SID": twilio.account_sid,
        "TWILIO_AUTH_TOKEN": twilio.auth_token,
        "TWILIO_FROM": SERVICE,
        "TWILIO_API_BASE_URL": twilio.url,
        "TWILIO_OPT_OUT": "rollcall",
    }


@asynccontextmanager
async def run_service(
    database_url: str,
    more: Mapping[str, str] | None = None,
    seconds: Callable[[], float] = time.monotonic,
    meanwhile: Callable[[Service, FakeTwilio], Awaitable[object]] | None = None,
    *,
    listens_at_once: bool = False,
) -> AsyncIterator[Running]:
    """Start the service on a free port, against a loopback Twilio, with the offers of the scripts.

    `meanwhile` happens before it works: what people text then reaches nobody. With `listens_at_once` the texts of its
    absence are not read yet.
    """
    async with FakeTwilio() as twilio:
        service = await open_service(load_settings({**environment(database_url, twilio), **(more or {})}, None))
        now_at = service.clock()
        await service.database.run(save_definitions(service.workspace.id, read_definitions(OFFERS, now_at), now_at))
        if meanwhile is not None:
            await meanwhile(service, twilio)
        runner = web.AppRunner(service.app(seconds), access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        twilio.app_url, twilio.public_url = url, PUBLIC_URL
        await service.start()
        if not listens_at_once:
            await service.catching_up.first_round()
        try:
            yield Running(service, twilio, url)
        finally:
            await runner.cleanup()
            await service.stop()

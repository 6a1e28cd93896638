"""Taking over an old database, for the command line."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bot.clock import wall_clock
from bot.service import open_workspace
from bot.settings import Settings
from flows.errors import ConfigError
from flows.values import MINUTE, Transport
from storage.adopt.report import Report
from storage.adopt.run import Planned, Progress, adopt, look_through, plan_adoption, recognise
from storage.adopt.source import Source, open_source
from storage.adopt.target import Target
from storage.channels import Channel, all_channels
from storage.database import Database, open_database
from storage.migrate import upgrade

_TRANSPORTS = {"sms-admin": Transport.SMS, "red-button": Transport.SMS}
"""How an old system wrote to people; the others by WhatsApp."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the owner asks for."""

    url: str
    system: str | None = None
    owner: str | None = None
    country: str | None = None
    send_overdue: bool = False


@dataclass(frozen=True, slots=True)
class Takeover:
    """An old database that lies open, and the place where it goes."""

    source: Source
    planned: Planned
    database: Database
    target: Target
    channel: Channel

    async def run(self, progress: Progress, *, dry_run: bool) -> Report:
        """Take everything over, or only look through it; raises `StorageError`."""
        if dry_run:
            return await look_through(self.source, self.planned, self.target, progress)
        return await adopt(self.source, self.planned, self.database, self.target, progress)


@asynccontextmanager
async def open_takeover(
    settings: Settings, wanted: Wanted, clock: Callable[[], int] = wall_clock
) -> AsyncIterator[Takeover]:
    """Recognise the old database and open ours, made new where it is missing; raises `ConfigError`, `StorageError`."""
    async with open_source(wanted.url) as source:
        system = recognise(source, wanted.system)
        planned = await plan_adoption(source, system, wanted.owner)
        await upgrade(settings.database)
        database = await open_database(settings.database)
        try:
            workspace = await open_workspace(settings, database, clock())
            channel = _channel(await database.run(all_channels()), _TRANSPORTS.get(system.name, Transport.WHATSAPP))
            target = Target(
                workspace.id,
                channel.id,
                channel.provider,
                clock(),
                system.name,
                wanted.country or workspace.country,
                workspace.time_zone,
                settings.max_lag_minutes * MINUTE,
                wanted.send_overdue,
            )
            yield Takeover(source, planned, database, target, channel)
        finally:
            await database.close()


def _channel(known: tuple[Channel, ...], transport: Transport) -> Channel:
    """Choose the number under which the old conversations go on."""
    usable = [one for one in known if not (one.provider == "waha" and one.address.startswith("session:"))]
    if not usable:
        raise ConfigError("Name the number to write from first: TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, TWILIO_FROM.")
    return min(usable, key=lambda one: (one.provider == "simulator", one.transport is not transport))

"""Taking over an old database, for the command line."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bot.clock import wall_clock
from bot.keyring import unlock
from bot.settings import Settings
from bot.workspace.opening import channels_of, open_workspace
from flows.errors import ConfigError
from flows.values import MINUTE, Key, Transport
from storage.adopt.report import Report
from storage.adopt.run import Planned, Progress, adopt, look_through, plan_adoption, recognise
from storage.adopt.source import Source, open_source
from storage.adopt.target import Target
from storage.channels import all_channels
from storage.database import open_database
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
    """An old database that lies open, and what would become of it."""

    source: Source
    planned: Planned
    settings: Settings
    wanted: Wanted
    provider: str
    transport: Transport
    address: str
    """Of the channel under which the old conversations go on."""
    clock: Callable[[], int]

    async def rehearse(self, progress: Progress) -> Report:
        """Look through everything and change nothing, here or there; raises `StorageError`."""
        country, zone = self.settings.country, self.settings.time_zone
        return await look_through(self.source, self.planned, self._target(b"", b"", country, zone), progress)

    async def run(self, progress: Progress) -> Report:
        """Take everything over into our database, made new where it is missing; raises `StorageError`.

        Raises `ConfigError` where people could be reached in the simulator alone, unless the settings ask for it: what
        goes on there reaches no phone, whatever is configured later.
        """
        if not self.settings.has_twilio and self.settings.simulator is not True:
            raise ConfigError(
                "Name the number to write from first (TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, TWILIO_FROM): without it "
                "these people could be reached in the simulator alone. To only try it, set ROLLCALL_SIMULATOR=true."
            )
        await upgrade(self.settings.database)
        database = await open_database(self.settings.database)
        try:
            workspace = await open_workspace(self.settings, database, self.clock())
            await unlock(database, workspace.id, self.settings.secret_key.get_secret_value())
            known = {(one.provider, one.transport, one.address): one.id for one in await database.run(all_channels())}
            channel_id = known[self.provider, self.transport, self.address]
            target = self._target(workspace.id, channel_id, workspace.country, workspace.time_zone)
            return await adopt(self.source, self.planned, database, target, progress)
        finally:
            await database.close()

    def _target(self, workspace_id: Key, channel_id: Key, country: str | None, zone: str) -> Target:
        return Target(
            workspace_id,
            channel_id,
            self.provider,
            self.clock(),
            self.planned.system.name,
            self.wanted.country or country,
            zone,
            self.settings.max_lag_minutes * MINUTE,
            self.wanted.send_overdue,
        )


@asynccontextmanager
async def open_takeover(
    settings: Settings, wanted: Wanted, clock: Callable[[], int] = wall_clock
) -> AsyncIterator[Takeover]:
    """Recognise the old database and count its rows; raises `ConfigError`, `StorageError`."""
    async with open_source(wanted.url) as source:
        system = recognise(source, wanted.system)
        planned = await plan_adoption(source, system, wanted.owner)
        channel = _choose_channel(settings, _TRANSPORTS.get(system.name, Transport.WHATSAPP))
        yield Takeover(source, planned, settings, wanted, *channel, clock)


def _choose_channel(settings: Settings, wanted: Transport) -> tuple[str, Transport, str]:
    known = channels_of(settings)
    if not known:
        raise ConfigError("Name the number to write from first: TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, TWILIO_FROM.")
    return min(known, key=lambda one: (one[0] == "simulator", one[1] is not wanted))[:3]

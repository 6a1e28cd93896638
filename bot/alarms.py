"""What the admins are told without having asked: that a channel does not send, or not before tomorrow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.clock import Clock
from bot.house import House, know_all
from bot.letters import Letter, post
from flows.effects import Template
from flows.limits import Ceiling
from flows.values import Key
from storage.channels import Channel
from storage.database import Database
from storage.outbox.spending import note_told
from storage.plan import Plan


@dataclass(frozen=True, slots=True)
class Alarms:
    """Writes to every admin, wherever they wrote last."""

    database: Database
    house: House
    clock: Clock

    async def channel_paused(self, channel: Channel, reason: str) -> None:
        """Say that a channel is paused, and why; raises `StorageError`."""
        await self._tell(channel, Template("operator_channel_paused", {"channel": channel.address, "reason": reason}))

    async def texts_unread(self, channel: Channel, reason: str) -> None:
        """Say that all but conversations waits for what people texted; raises `StorageError`."""
        news = Template("operator_unread", {"channel": channel.address, "reason": reason})
        await self._tell(channel, news, is_urgent=True)

    async def loops_in_trouble(self, troubles: Mapping[str, str]) -> None:
        """Say which loops do not do their work, and why; raises `StorageError`."""
        lines = [f"{name}: {trouble}" for name, trouble in troubles.items()]
        await self.database.run(know_all(self.house))
        await self._tell_through(self._any_channel(), Template("operator_loops", {"lines": lines}), is_urgent=True)

    async def backup_failed(self, problem: str, last_file: str) -> None:
        """Say that a copy of the database failed, and which is the last good one; raises `StorageError`."""
        await self.database.run(know_all(self.house))
        news = Template("operator_backup_failed", {"reason": problem, "file": last_file})
        await self._tell_through(self._any_channel(), news, is_urgent=True)

    async def _tell(self, channel: Channel, news: Template, *, is_urgent: bool = False) -> None:
        await self.database.run(know_all(self.house))
        await self._tell_through(channel.id, news, is_urgent=is_urgent)

    async def _tell_through(self, channel_id: Key, news: Template, *, is_urgent: bool) -> None:
        letters = [Letter(address, (news,), is_urgent=is_urgent) for address in self._admins()]
        await self.database.run(post(self.house, channel_id, letters, self.clock()))

    def _any_channel(self) -> Key:
        return self.house.main_channel_id

    async def ceiling_reached(self, channel: Channel, ceiling: Ceiling) -> None:
        """Say that a channel has sent what it may on a day, once for however many nodes; raises `StorageError`."""
        await self.database.run(know_all(self.house))
        says = (Template("operator_ceiling", {"channel": channel.address, "limit": ceiling.segments}),)
        letters = [Letter(address, says, is_urgent=True) for address in self._admins()]

        def plan() -> Plan[None]:
            if (yield from note_told(channel.id, ceiling)):
                yield from post(self.house, channel.id, letters, self.clock())

        await self.database.run(plan())

    def _admins(self) -> list[str]:
        return [one.address for one in self.house.operators.values() if one.role == "admin"]

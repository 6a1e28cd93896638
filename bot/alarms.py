"""What the admins are told without having asked: that a channel does not send."""

from __future__ import annotations

from dataclasses import dataclass

from bot.clock import Clock
from bot.house import House, know_all
from bot.letters import Letter, post
from flows.effects import Template
from storage.channels import Channel
from storage.database import Database


@dataclass(frozen=True, slots=True)
class Alarms:
    """Writes to every admin, wherever they wrote last."""

    database: Database
    house: House
    clock: Clock

    async def channel_paused(self, channel: Channel, reason: str) -> None:
        """Say that a channel is paused, and why; raises `StorageError`."""
        await self.database.run(know_all(self.house))
        says = (Template("operator_channel_paused", {"channel": channel.address, "reason": reason}),)
        letters = [Letter(one.address, says) for one in self.house.operators.values() if one.role == "admin"]
        await self.database.run(post(self.house, channel.id, letters, self.clock()))

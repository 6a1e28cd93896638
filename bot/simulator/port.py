"""What the simulator needs of the service."""

from __future__ import annotations

from typing import Protocol

from bot.turns import Received
from flows.values import InboundMessage, Workspace
from storage.database import Database


class SimulatorPort(Protocol):
    """A running service, as the simulator sees it."""

    database: Database
    workspace: Workspace
    channel_address: str
    """The service's own number in the simulator, E.164."""

    async def receive(self, message: InboundMessage) -> Received:
        """Put a message in the inbox; gives what became of it after the commit."""

    def keywords(self) -> list[str]:
        """Name what people can text."""

    def operators(self) -> frozenset[str]:
        """Return the addresses of those who may command."""

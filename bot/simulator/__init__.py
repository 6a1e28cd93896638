"""A phone in the browser: people of our own making, through the same inbox as a provider's messages."""

from bot.simulator.port import SimulatorPort
from bot.simulator.web import install

__all__ = ["SimulatorPort", "install"]

"""What people texted while no process ran: until it is read, nothing leaves that nobody has asked for just now.

One of those texts may be a STOP, which counts on every channel. So campaigns, reminders and answers to older texts
wait; answers to what comes in, and what always leaves, do not.
"""

from __future__ import annotations

import asyncio

from bot.alarms import Alarms
from bot.clock import Clock
from bot.departures import Departures
from bot.metrics import CHANNELS_UNREAD
from bot.sender import Sender
from bot.sweep import Sweep, Unswept
from flows.values import SECOND, Key

TELL_AFTER = 60 * SECOND
"""A provider that does not answer for some seconds is no news."""


class CatchingUp:
    """Has the provider's log swept, and holds back what has to wait for the first time that all of it is read."""

    def __init__(self, sweep: Sweep, departures: Departures, sender: Sender, alarms: Alarms, clock: Clock) -> None:
        self._sweep = sweep
        self._departures = departures
        self._sender = sender
        self._alarms = alarms
        self._clock = clock
        self._begun_at = clock()
        self._unread: dict[Key, Unswept] | None = None
        """Channels that were not read to the end since the start; None: none was tried."""
        self._told: set[Key] = set()
        self._lock = asyncio.Lock()

    @property
    def is_done(self) -> bool:
        """Whether all of it was read once."""
        return self._unread == {}

    async def sweep(self) -> None:
        """Put what people texted since the last sweep through the inbox; raises `StorageError`."""
        async with self._lock:
            if self.is_done:
                await self._sweep.run()
                return
            await self._departures.prolong()
            failed = await self._sweep.run()
            self._unread = {key: one for key, one in failed.items() if self._unread is None or key in self._unread}
            CHANNELS_UNREAD.set(len(self._unread))
            self._sender.hold_back(self._begun_at if self._unread else 0)

    async def sweep_again(self) -> None:
        """Do it soon, where something could not be read, and tell the admins once; raises `StorageError`."""
        if self.is_done:
            return
        await self.sweep()
        if self._unread and self._clock() >= self._begun_at + TELL_AFTER:
            for key in self._unread.keys() - self._told:
                await self._alarms.texts_unread(self._unread[key].channel, self._unread[key].reason)
                self._told.add(key)

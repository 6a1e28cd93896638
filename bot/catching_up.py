"""What people texted while no process ran: until it is read, nothing leaves that nobody has asked for just now.

One of those texts may be a STOP. So campaigns, reminders and older replies wait; answers to what comes in, and what
always leaves, do not.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from bot.alarms import Alarms
from bot.clock import Clock
from bot.departures import Departures
from bot.metrics import CHANNELS_UNREAD
from bot.reconciler import Reconciler, Unswept
from bot.sender import Sender
from flows.values import SECOND, InboundMessage, Key

TELL_AFTER = 60 * SECOND
"""A provider that does not answer for some seconds is no news."""


class CatchingUp:
    """Has the provider's log swept, and holds back what has to wait for the first time that all of it is read."""

    def __init__(
        self,
        reconciler: Reconciler,
        inbox_put: Callable[[InboundMessage], Awaitable[object]],
        departures: Departures,
        sender: Sender,
        alarms: Alarms,
        clock: Clock,
    ) -> None:
        self._reconciler = reconciler
        self._inbox_put = inbox_put
        self._departures = departures
        self._sender = sender
        self._alarms = alarms
        self._clock = clock
        self._begun_at = clock()
        self._unread: dict[Key, Unswept] | None = None
        """Channels that were not read to the end since the start; None: none was tried."""
        self._is_told = False
        self._lock = asyncio.Lock()

    @property
    def is_done(self) -> bool:
        """Whether all of it was read once."""
        return self._unread == {}

    async def sweep(self) -> None:
        """Put what people texted since the last sweep through the inbox; raises `StorageError`."""
        async with self._lock:
            was_done = self.is_done
            failed = await self._reconciler.sweep(self._inbox_put)
            if was_done:
                return
            await self._departures.prolong()
            self._unread = {key: one for key, one in failed.items() if self._unread is None or key in self._unread}
            CHANNELS_UNREAD.set(len(self._unread))
            self._sender.hold_back(frozenset(self._unread), self._begun_at)

    async def sweep_again(self) -> None:
        """Do it soon, where something could not be read, and tell the admins once; raises `StorageError`."""
        if self.is_done:
            return
        await self.sweep()
        if self._unread and not self._is_told and self._clock() >= self._begun_at + TELL_AFTER:
            self._is_told = True
            for one in self._unread.values():
                await self._alarms.texts_unread(one.channel, one.reason)

"""What people texted while no process ran: until it is read, nothing leaves that nobody has asked for just now.

One of those texts may be a STOP, which counts on every channel. So campaigns, reminders and answers to older texts
wait; answers to what comes in, and what always leaves, do not. The service listens meanwhile: a STOP is taken at once,
any other text waits for a few seconds, so that what the same person sent before comes first.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress

from bot.alarms import Alarms
from bot.clock import Clock
from bot.departures import Departures
from bot.metrics import CHANNELS_UNREAD
from bot.sender import Sender
from bot.sweep import Sweep, Unswept
from flows.conversation.consent import asks_to_stop
from flows.values import SECOND, InboundMessage, Key

TELL_AFTER = 60 * SECOND
"""A provider that does not answer for some seconds is no news."""
TURN_WAITS_SECONDS = 5.0
"""How long a text waits for the first round; a provider waits for the answer to its webhook for about 15 s."""
MOST_WAITING = 1_000
"""Texts that wait; more are taken at once, for each holds a connection."""


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
        self._tried = asyncio.Event()
        self._tried.set()
        self._waiting_count = 0

    @property
    def is_done(self) -> bool:
        """Whether all of it was read once."""
        return self._unread == {}

    @property
    def has_tried(self) -> bool:
        """Whether no first round is under way: it has ended, whatever came of it, or nothing has begun."""
        return self._tried.is_set()

    def begin(self) -> None:
        """Hold back what has to wait, before anything is sent and any text is taken."""
        self._tried.clear()
        self._sender.hold_back(self._begun_at)

    async def first_round(self) -> None:
        """Wait until the first round has ended."""
        await self._tried.wait()

    async def wait_turn(self, message: InboundMessage) -> None:
        """Let older texts of the same person come first, for some seconds; a STOP never waits."""
        if self.has_tried or self._waiting_count >= MOST_WAITING or asks_to_stop(message):
            return
        self._waiting_count += 1
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(TURN_WAITS_SECONDS):
                    await self._tried.wait()
        finally:
            self._waiting_count -= 1

    async def sweep(self) -> None:
        """Put what people texted since the last sweep through the inbox; raises `StorageError`."""
        async with self._lock:
            if self.is_done:
                await self._sweep.run()
                return
            try:
                await self._departures.prolong()
                failed = await self._sweep.run()
            finally:
                self._tried.set()
            self._unread = {key: one for key, one in failed.items() if self._unread is None or key in self._unread}
            CHANNELS_UNREAD.set(len(self._unread))
            self._sender.hold_back(self._begun_at if self._unread else 0)

    async def sweep_again(self) -> None:
        """Do it soon, where something could not be read, and tell the admins once; raises `StorageError`."""
        if self.is_done:
            return
        await self.sweep()
        if self._unread and self._clock() >= self._begun_at + TELL_AFTER:
            for key, unswept in self._unread.items():
                if key not in self._told and not unswept.moves_on:
                    await self._alarms.texts_unread(unswept.channel, unswept.reason)
                    self._told.add(key)

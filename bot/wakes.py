"""Nodes on one PostgreSQL tell each other what happened (LISTEN/NOTIFY); who does not hear it finds out by polling."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from contextlib import suppress
from typing import TYPE_CHECKING

import structlog

from bot.runtime.loop import Loop
from flows.values import Key
from storage.database import Database

if TYPE_CHECKING:
    from storage.notices import Notices

log = structlog.get_logger(__name__)
AGAIN_SECONDS = 5.0
LOOK_SECONDS = 10.0
"""How often a silent connection is looked at."""
OUTBOX, STOP = "outbox", "stop"
MOST_STOPS = 100
"""Keys in one notice: PostgreSQL takes 8,000 bytes."""


class Wakes:
    """Tells the other nodes, and hears them."""

    def __init__(self, database: Database, node_id: Key) -> None:
        self._database = database
        self._own = node_id.hex()
        self._words: dict[str, None] = {}
        self._something = asyncio.Event()
        self._is_heard = False
        self.loop = Loop("notices", self._listen, AGAIN_SECONDS, is_cut_short=True)
        self._hear: Callable[[str, tuple[Key, ...]], None] = lambda _word, _keys: None

    def start(self, hear: Callable[[str, tuple[Key, ...]], None]) -> None:
        """Begin to listen, where there is a server that carries notices; `hear` gets a word and keys of contacts."""
        self._hear = hear
        if self._database.notices_url is not None:
            self._is_heard = True
            self.loop.start()

    async def stop(self) -> None:
        """Let go."""
        await self.loop.stop()

    def tell(self, word: str, contact_ids: Collection[Key] = ()) -> None:
        """Tell the other nodes soon: that something was queued, or that these contacts stopped."""
        if not self._is_heard:
            return
        keys = [key.hex() for key in contact_ids]
        for start in range(0, len(keys) or 1, MOST_STOPS):
            self._words[" ".join((self._own, word, *keys[start : start + MOST_STOPS]))] = None
        self._something.set()

    async def _listen(self) -> None:
        """Carry notices until the connection ends."""
        from storage.notices import open_notices  # noqa: PLC0415 - asyncpg is for those who use it

        async with open_notices(self._database.notices_url or "", self._take) as notices:
            await self._carry(notices)

    async def _carry(self, notices: Notices) -> None:
        while notices.is_open:
            self.loop.succeed()
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_SECONDS):
                    await self._something.wait()
            self._something.clear()
            words, self._words = tuple(self._words), {}
            await notices.send(words)

    def _take(self, text: str) -> None:
        try:
            own, word, *keys = text.split(" ")
            contact_ids = tuple(bytes.fromhex(key) for key in keys)
        except ValueError:  # anybody who may connect can send one
            log.warning("notice_unreadable", characters=len(text))
            return
        if own != self._own:
            self._hear(word, contact_ids)

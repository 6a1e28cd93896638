"""Live updates: what changed on some phones, as server-sent events."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from aiohttp import web
from aiohttp_sse import EventSourceResponse, sse_response

from bot.simulator.feed import Bubble, Feed
from flows.errors import StorageError

POLL_SECONDS = 0.25
PING_SECONDS = 5.0
"""How soon a browser that went away is noticed."""
STREAM_LIMIT = 32


@dataclass(slots=True)
class Streams:
    """All open streams of one application."""

    feed: Feed
    write: Callable[[Bubble], str]
    """Gives the text of a message's event."""
    open_count: int = 0
    closing: asyncio.Event = field(default_factory=asyncio.Event)

    async def end(self, _app: web.Application) -> None:
        """Let every stream end; browsers come back once the service runs again."""
        self.closing.set()

    async def serve(self, request: web.Request, phones: Sequence[str]) -> web.StreamResponse:
        """Send what the phones show, then every change, until the browser or the service goes."""
        if self.open_count >= STREAM_LIMIT or self.closing.is_set():
            raise web.HTTPServiceUnavailable(text="Too many phones are watching: close a page of the simulator.")
        self.open_count += 1
        try:
            async with sse_response(request, ping_interval=PING_SECONDS) as response:
                await self._follow(response, phones)
            return response
        finally:
            self.open_count -= 1

    async def _follow(self, response: EventSourceResponse, phones: Sequence[str]) -> None:
        shown: dict[str, Bubble] = {}
        try:
            while response.is_connected() and not self.closing.is_set():
                # The whole screen is compared: ids and times need not appear in the order of their commits.
                screen = {bubble.id: bubble for bubble in await self.feed.newest(phones)}
                for bubble in screen.values():
                    if shown.get(bubble.id) != bubble:
                        await response.send(self.write(bubble), id=bubble.id)
                shown = screen
                await self._pause()
        except (ConnectionError, TimeoutError, StorageError):
            return  # the browser connects anew by itself and is sent the whole screen

    async def _pause(self) -> None:
        try:
            async with asyncio.timeout(POLL_SECONDS):
                await self.closing.wait()
        except TimeoutError:
            return

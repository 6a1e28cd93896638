"""PostgreSQL's notices: short texts from one connection to all that listen."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from flows.errors import StorageError
from storage.postgres import AWAY, CONNECT_TIMEOUT_SECONDS

CHANNEL = "rollcall"


class Notices:
    """An open connection that listens."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    @property
    def is_open(self) -> bool:
        """Whether it still listens."""
        return not self._connection.is_closed()

    async def send(self, texts: Sequence[str]) -> None:
        """Send texts, of at most 8,000 bytes each; raises `StorageError` when the server is away."""
        try:
            await self._connection.executemany("SELECT pg_notify($1, $2)", [(CHANNEL, text) for text in texts])
        except AWAY as error:
            raise StorageError(f"PostgreSQL does not carry notices: {error}.") from error


@asynccontextmanager
async def open_notices(url: str, hear: Callable[[str], None]) -> AsyncIterator[Notices]:
    """Listen on a connection of its own; raises `StorageError` when the server is away."""
    try:
        connection = await asyncpg.connect(url, timeout=CONNECT_TIMEOUT_SECONDS)
        await connection.add_listener(CHANNEL, lambda _connection, _pid, _channel, text: hear(str(text)))
    except AWAY as error:
        raise StorageError(f"PostgreSQL cannot be reached: {error}.") from error
    try:
        yield Notices(connection)
    finally:
        connection.terminate()

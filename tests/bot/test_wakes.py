"""Nodes on one PostgreSQL tell each other what happened."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest

from bot.wakes import MOST_STOPS, OUTBOX, STOP, Wakes
from flows.errors import StorageError
from flows.values import Key
from storage.database import open_database
from storage.notices import open_notices
from tests.conftest import empty, fresh_database

LISTENING = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'"
Heard = list[tuple[str, tuple[Key, ...]]]


async def until(heard: Heard, count: int) -> Heard:
    """Wait until so much was heard."""
    async with asyncio.timeout(10):
        while len(heard) < count:  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.01)
    return heard


async def test_a_node_hears_the_others(postgresql_url: str) -> None:
    """What one tells the other hears once, with its keys, however many; never what it said itself."""
    async with fresh_database(postgresql_url, empty) as url:
        database = await open_database(url)
        nodes = [Wakes(database, bytes([number]) * 16) for number in (1, 2)]
        heard: tuple[Heard, Heard] = ([], [])
        nodes[0].tell(OUTBOX)  # nobody listens yet: it is not kept
        for node, own in zip(nodes, heard, strict=True):
            node.start(lambda word, keys, own=own: own.append((word, keys)))  # type: ignore[misc]
        admin = await asyncpg.connect(url)
        async with asyncio.timeout(10):
            while await admin.fetchval(LISTENING) < len(nodes):  # noqa: ASYNC110 - nobody tells
                await asyncio.sleep(0.01)
        many = [number.to_bytes(16, "big") for number in range(MOST_STOPS + 1)]
        nodes[0].tell(OUTBOX)
        nodes[0].tell(OUTBOX)
        nodes[0].tell(STOP, many)
        assert await until(heard[1], 3) == [(OUTBOX, ()), (STOP, tuple(many[:-1])), (STOP, tuple(many[-1:]))]
        assert heard[0] == []
        await admin.close()
        for node in nodes:
            await node.stop()
        await database.close()


async def test_one_node_tells_nobody(tmp_path: object) -> None:
    """On SQLite there is nobody else: nothing is started."""
    database = await open_database(f"sqlite:///{tmp_path}/rollcall.db")
    node = Wakes(database, b"n" * 16)
    node.start(lambda _word, _keys: pytest.fail("nobody is there"))
    node.tell(OUTBOX)
    await node.stop()
    await database.close()


async def test_a_server_that_is_away(postgresql_url: str) -> None:
    """It is said so: where nobody answers, and where the connection was ended."""
    with pytest.raises(StorageError, match="cannot be reached"):
        async with open_notices("postgresql://nobody@127.0.0.1:1/none", print):
            pass
    async with fresh_database(postgresql_url, empty) as url:
        admin = await asyncpg.connect(url)
        async with open_notices(url, print) as notices:
            assert notices.is_open
            await admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'")
            with pytest.raises(StorageError, match="does not carry notices"):
                await notices.send(["lost"])
            assert not notices.is_open
        await admin.close()

"""Services that are told to end, and a database server that goes away, in the midst of a blast."""

from __future__ import annotations

import asyncio
import signal
import time
from typing import Any

import pytest
from sqlalchemy import func, make_url, select

from storage.schema import messages
from tests.faults.conftest import Say
from tests.faults.processes import LONG, TEXT, Cluster, running

PEOPLE, ENDS = (1_500, 20) if LONG else (800, 4)
MOST_SECONDS = 20.0


@pytest.mark.timeout(600)
async def test_told_to_end(tmp_path: object, say: Say) -> None:
    """Each time it ends by itself with code 0 and leaves nothing in doubt; in the end everybody got it once."""
    url, slowest = f"sqlite:///{tmp_path}/rollcall.db", 0.0
    async with running(url, more={"ROLLCALL_RATE_PER_SECOND": "200"}) as cluster:
        people = await cluster.settle(PEOPLE)
        (node,) = cluster.nodes
        await cluster.command(f"BLAST community: {TEXT}")
        for _end in range(ENDS):
            await asyncio.sleep(cluster.dice.uniform(0.2, 1.0))
            began = time.monotonic()
            assert await node.end(signal.SIGTERM) == 0
            slowest = max(slowest, time.monotonic() - began)
            assert await in_doubt(cluster) == 0
            await node.start()
        await cluster.finished()
        figure = await cluster.sent_once(people)
    assert slowest < MOST_SECONDS
    say(f"SIGTERM in a blast, {ENDS} times: code 0, {slowest:.1f} s at most, 0 in doubt after each; {figure}")


async def in_doubt(cluster: Cluster) -> int:
    """Count the messages of which nobody knows whether they left."""
    query = select(func.count()).where(
        messages.c.direction == "outbound", messages.c.status.in_(["sending", "unknown"])
    )
    return int((await cluster.rows(query))[0][0])


@pytest.mark.timeout(600)
async def test_the_database_server_goes_away(server: Any, say: Say) -> None:
    """PostgreSQL is stopped and started again while two nodes send: they go on by themselves, each message once."""
    url = make_url(server.get_uri()).render_as_string(hide_password=False)
    async with running(url, 2, more={"ROLLCALL_RATE_PER_SECOND": "200"}) as cluster:
        people = await cluster.settle(PEOPLE)
        await cluster.command(f"BLAST community: {TEXT}")
        for _time in range(2):
            await asyncio.sleep(2.0)
            await asyncio.to_thread(server.stop)
            await asyncio.sleep(2.0)
            await asyncio.to_thread(server.start)
        await cluster.finished()
        figure = await cluster.sent_once(people)
        assert [node.process.returncode for node in cluster.nodes] == [None, None]
    say(f"PostgreSQL restarted twice in a blast of two nodes: {figure}")

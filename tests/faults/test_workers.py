"""Several processes behind one port: they share the load, a dead one comes back, and all of them end together."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from pathlib import Path

import aiohttp
import pytest
from sqlalchemy import func, select

from storage.schema import messages, nodes
from tests.faults.conftest import Say
from tests.faults.processes import running
from tests.node import Node

WORKERS, MESSAGES = 2, 300


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def children(pid: int) -> list[int]:
    """Name the processes that a process started."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks at processes as Linux shows them")
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_workers(database_url: str, say: Say) -> None:
    """While messages come one worker is killed: none that was answered 200 is lost, and the parent ends with code 0."""
    async with running(database_url) as cluster:
        port = free_port()
        parent = Node(cluster.nodes[0].names, ("serve", "--port", str(port), "--workers", str(WORKERS)))
        await cluster.nodes[0].end()
        seen = select(func.count()).select_from(nodes)
        ((known_count,),) = await cluster.rows(seen)
        await parent.start()
        cluster.twilio.balance = lambda: f"http://127.0.0.1:{port}"
        async with asyncio.timeout(20):
            while (await cluster.rows(seen))[0][0] < known_count + WORKERS:  # noqa: ASYNC110 - other processes' rows
                await asyncio.sleep(0.1)
        everybody = asyncio.gather(*(cluster.say(f"+1555{4_000_000 + n}", f"hello {n}") for n in range(MESSAGES)))
        await asyncio.sleep(0.2)
        os.kill(children(parent.process.pid)[0], signal.SIGKILL)
        await everybody
        stored = await cluster.rows(select(messages.c.body).where(messages.c.direction == "inbound"))
        assert sorted(row[0] for row in stored) == sorted(f"hello {n}" for n in range(MESSAGES))
        async with asyncio.timeout(20):
            while len(children(parent.process.pid)) < WORKERS:  # noqa: ASYNC110 - nobody tells
                await asyncio.sleep(0.1)
        async with aiohttp.ClientSession() as client, asyncio.timeout(20):
            while True:  # the new worker reads first what people texted meanwhile
                async with client.get(f"http://127.0.0.1:{port}/health/ready") as answer:
                    if answer.status == 200:
                        break
                await asyncio.sleep(0.1)
        assert await parent.end(signal.SIGTERM) == 0
        say(f"{WORKERS} workers on one port: {MESSAGES} messages, one worker killed, each stored once")

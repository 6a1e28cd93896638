"""Thousands of connections that say nothing or little, and thousands of odd requests: everybody else is served."""

from __future__ import annotations

import asyncio
import json
import random
import resource
import statistics
import time
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import pytest
from sqlalchemy import func, select

from storage.schema import messages
from tests.conversations.script import SERVICE
from tests.faults.conftest import Say
from tests.faults.processes import LONG, Cluster, running

CONNECTIONS = 10_000
REQUESTS = 50_000 if LONG else 10_000
SLOW_HEAD = b"POST /webhooks/twilio/inbound HTTP/1.1\r\nHost: x\r\nX-Slow: "
P99_MS, MEMORY_MB = 250.0, 300.0
FLOOD_STREAMS = 16
SPARE = 500
"""Open files beside the connections."""


async def spent_ms(cluster: Cluster, number: int) -> float:
    """Text once, and say how long the answer took."""
    began = time.perf_counter()
    assert await cluster.twilio.text(f"+1555{5_000_000 + number}", SERVICE, f"hello {number}") == 200
    return (time.perf_counter() - began) * 1_000


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks at processes as Linux shows them")
@pytest.mark.timeout(300)
async def test_ten_thousand_open_connections(tmp_path: object, say: Say) -> None:
    """Half say nothing, half send the head of a request byte by byte; messages are answered in time beside them."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < CONNECTIONS + SPARE:
        pytest.skip(f"only {hard} files may be open here")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, CONNECTIONS + SPARE), hard))
    async with running(f"sqlite:///{tmp_path}/rollcall.db") as cluster:
        (node,) = cluster.nodes
        port = urlsplit(node.url).port
        crowd: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []
        for start in range(0, CONNECTIONS, 250):
            crowd += await asyncio.gather(
                *(asyncio.open_connection("127.0.0.1", port) for _ in range(start, start + 250))
            )
        for _reader, writer in crowd[::2]:
            writer.write(SLOW_HEAD)
        spent = [await spent_ms(cluster, number) for number in range(300)]
        took_mb = node.memory_mb()
        async with asyncio.timeout(60):  # they are closed by the service, not by us
            await asyncio.gather(*(ends(reader) for reader, _writer in crowd))
        for _reader, writer in crowd:
            writer.close()
        spent += [await spent_ms(cluster, number) for number in range(300, 400)]
    p99 = statistics.quantiles(spent, n=100)[98]
    assert p99 < P99_MS
    assert took_mb < MEMORY_MB
    say(f"{CONNECTIONS:,} open connections, half of them slow: others p99 {p99:.0f} ms, {took_mb:.0f} MB, all closed")


async def ends(reader: asyncio.StreamReader) -> None:
    """Wait until the other side closes."""
    try:
        while await reader.read(1_000):
            continue
    except ConnectionError:
        return


@pytest.mark.timeout(240)
async def test_a_flood_from_one_phone(tmp_path: object, say: Say) -> None:
    """One phone texts without end, over many connections: all of it is kept, others are answered as fast as before."""
    async with running(f"sqlite:///{tmp_path}/rollcall.db", more={"ROLLCALL_RATE_PER_SECOND": "500"}) as cluster:
        flooding, count = True, 0

        async def flood(stream: int) -> None:
            nonlocal count
            number = 0
            while flooding:
                number += 1
                sid = f"SM{stream:04x}{number:028x}"
                assert await cluster.twilio.text("+15550100199", SERVICE, "PIZZA", MessageSid=sid) == 200
                count += 1

        streams = asyncio.gather(*(flood(stream) for stream in range(FLOOD_STREAMS)))
        await asyncio.sleep(1.0)
        spent = []
        for number in range(200):
            spent.append(await spent_ms(cluster, number))
            await cluster.twilio.hears(f"+1555{5_000_000 + number}", "", seconds=10)
        flooding = False
        await streams
        kept = select(func.count()).where(messages.c.direction == "inbound", messages.c.address == "+15550100199")
        assert await cluster.rows(kept) == [(count,)]
        answers = sum(one.recipient == "+15550100199" for one in cluster.twilio.accepted)
    p99 = statistics.quantiles(spent, n=100)[98]
    assert p99 < P99_MS
    assert answers < count / 5
    say(f"{count:,} texts from one phone over {FLOOD_STREAMS} connections, {answers} answers; others p99 {p99:.0f} ms")


@pytest.mark.timeout(600)
async def test_odd_requests(tmp_path: object, say: Say) -> None:
    """Forged, random and broken requests to every address: none is answered 5xx, and nothing is stored."""
    async with running(f"sqlite:///{tmp_path}/rollcall.db") as cluster:
        (node,) = cluster.nodes
        statuses: dict[int, int] = {}
        connector = aiohttp.TCPConnector(limit=64)
        async with aiohttp.ClientSession(node.url, connector=connector) as client:
            gate = asyncio.Semaphore(64)

            async def one(number: int) -> None:
                async with gate:
                    status = await odd_request(client, random.Random(number))  # noqa: S311 - a dice, no secret
                    statuses[status] = statuses.get(status, 0) + 1

            await asyncio.gather(*(one(number) for number in range(REQUESTS)))
        stored = await cluster.rows(select(func.count()).select_from(messages))
        assert {status for status in statuses if status >= 500} == set()
        assert stored == [(0,)]
        assert node.errors == []
    say(f"{REQUESTS:,} odd requests: answers {dict(sorted(statuses.items()))}, no row, no error logged")


PATHS = (
    *("/webhooks/twilio/inbound", "/webhooks/twilio/status", "/health/live", "/health/ready", "/", "/simulator"),
    *("/charts/x.png", "/events/1.ics", "/events/%00.ics", "/charts/%2e%2e%2f.png", "/nowhere", "/webhooks/meta"),
)
METHODS = ("GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD")
NAMES = ("MessageSid", "From", "To", "Body", "MessageStatus", "AccountSid", "NumMedia", "ErrorCode", "m", "a")
WORDS = ("STOP", "+15550100101", "SM1", "' OR 1=1 --", "{{7*7}}", "\x00", "\ud7ff", "é" * 50, "../../etc/passwd", "-1")


async def odd_request(client: aiohttp.ClientSession, dice: random.Random) -> int:
    """Make one request that no provider makes; gives the status."""
    fields = {dice.choice(NAMES): dice.choice(WORDS) for _ in range(dice.randint(0, 6))}
    bodies: tuple[object, ...] = (
        fields,
        json.dumps(fields),
        dice.randbytes(dice.randint(0, 400)),
        b"\xff" * 70_000,
        None,
    )
    headers = {"X-Twilio-Signature": dice.choice(("", "bm8=", "\xe9", "A" * 4_000))}
    if dice.random() < 0.5:
        kinds = ("application/json", "text/xml", "application/x-www-form-urlencoded; charset=utf-99", "")
        headers["Content-Type"] = dice.choice(kinds)
    query = {"m": dice.choice(WORDS[:5]), "a": "1"} if dice.random() < 0.3 else {}
    body = dice.choices(bodies, (4, 2, 2, 1, 1))[0]
    try:
        async with client.request(
            dice.choice(METHODS), dice.choice(PATHS), data=body, headers=headers, params=query, allow_redirects=False
        ) as answer:
            await answer.read()
            return answer.status
    except (aiohttp.ClientConnectionError, aiohttp.ClientPayloadError):
        return 0

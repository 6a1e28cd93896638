"""A steady load for a long time: memory, open files and answers stay as they are. `make soak` is ten minutes of it."""

from __future__ import annotations

import asyncio
import os
import statistics
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conversations.script import SERVICE
from tests.faults.conftest import Say
from tests.faults.processes import Cluster, running

MINUTES = float(os.environ.get("ROLLCALL_SOAK_MINUTES", "0.5"))
WARM_SHARE = 0.3
"""Of the time, in which caches fill."""
WORKERS = 8
GROWTH_MB_PER_HOUR = 40.0
SHORT_GROWTH_MB = 12.0
"""What a short run may grow by: pages of the database, and Python's own pools."""
MORE_FILES = 16
P99_MS = 250.0


@dataclass(frozen=True, slots=True)
class Sample:
    """How the service stood at a moment."""

    at_seconds: float
    memory_mb: float
    file_count: int


def sample(cluster: Cluster) -> Sample:
    """Look at the process."""
    (node,) = cluster.nodes
    return Sample(time.monotonic(), node.memory_mb(), len(os.listdir(f"/proc/{node.process.pid}/fd")))


async def person(cluster: Cluster, number: int, until: float, spent: list[float]) -> int:
    """Take surveys, one after the other, under ever new phones; gives how many messages that were."""
    count = 0
    while time.monotonic() < until:
        phone = f"+1555{7_000_000 + number + (count // 3) * WORKERS}"
        began = time.perf_counter()
        sid = f"SM{number:04x}{count:028x}"
        assert await cluster.twilio.text(phone, SERVICE, ("PIZZA", "1", "no")[count % 3], MessageSid=sid) == 200
        spent.append((time.perf_counter() - began) * 1_000)
        count += 1
        await asyncio.sleep(0.04)
    return count


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks at processes as Linux shows them")
@pytest.mark.timeout(MINUTES * 60 + 120)
async def test_a_steady_load(tmp_path: object, say: Say) -> None:
    """Nothing grows but the database, and the answers at the end come as fast as at the beginning."""
    more = {"ROLLCALL_RATE_PER_SECOND": "1000"}
    async with running(f"sqlite:///{tmp_path}/rollcall.db", more=more) as cluster:
        began, spent = time.monotonic(), list[float]()
        until = began + MINUTES * 60
        everybody = asyncio.gather(*(person(cluster, number, until, spent) for number in range(WORKERS)))
        samples = []
        while time.monotonic() < until:
            await asyncio.sleep(1.0)
            samples.append(sample(cluster))
        count = sum(await everybody)
        assert cluster.nodes[0].errors == []
    warm = [one for one in samples if one.at_seconds > began + WARM_SHARE * MINUTES * 60]
    growth_mb = warm[-1].memory_mb - warm[0].memory_mb
    hours = (warm[-1].at_seconds - warm[0].at_seconds) / 3_600
    assert growth_mb < max(SHORT_GROWTH_MB, GROWTH_MB_PER_HOUR * hours)
    assert max(one.file_count for one in warm) <= warm[0].file_count + MORE_FILES
    half = len(spent) // 2
    first, last = (statistics.quantiles(part, n=100)[98] for part in (spent[:half], spent[half:]))
    assert last < max(P99_MS, 3 * first)
    say(
        f"{MINUTES:g} minutes, {count:,} messages: {warm[0].memory_mb:.0f} MB, then {warm[-1].memory_mb:.0f} MB; "
        f"{warm[-1].file_count} files; p99 {first:.0f} ms, then {last:.0f} ms"
    )

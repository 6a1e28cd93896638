"""The webhook beside a bare handler in turn, and a blast; the server on one core, the load on the other."""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.adoption import show_adoption
from benchmarks.blast import measure_blast, show_blast
from benchmarks.lists import show_lists
from benchmarks.load import Measured, load


@contextmanager
def server(kind: str, folder: str) -> Iterator[int]:
    """Start a server on core 0; gives its port, ends it after."""
    command = [sys.executable, "-m", "benchmarks.server", kind, folder]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        if hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(process.pid, {0})
        yield int(process.stdout.readline())  # type: ignore[union-attr]
    finally:
        process.terminate()
        process.wait(10)


def show(name: str, runs: list[Measured]) -> float:
    """Print the median rate of several runs; gives it."""
    rate = statistics.median(run.rate for run in runs)
    p50, p99 = (statistics.median(run.quantile_ms(share) for run in runs) for share in (0.5, 0.99))
    failed = sum(run.failed_count for run in runs)
    print(f"{name:34} {rate:8.0f}/s   p50 {p50:6.1f} ms   p99 {p99:6.1f} ms   {failed} failed")
    return rate


async def compare(rounds: int, total: int, history: int) -> None:
    """Measure both servers in turn, then Rollcall with many more stored rows."""
    with tempfile.TemporaryDirectory() as folder, server("bare", folder) as bare, server("rollcall", folder) as ours:
        runs: dict[str, list[Measured]] = {"bare": [], "rollcall": [], "single": []}
        for number in range(rounds):
            runs["bare"].append(await load(bare, 64, number, total))
            runs["rollcall"].append(await load(ours, 64, number, total))
            runs["single"].append(await load(ours, 1, number + 4, total // 10))
        base = show("bare handler, 64 connections", runs["bare"])
        rate = show("Rollcall, 64 connections", runs["rollcall"])
        show("Rollcall, 1 connection", runs["single"])
        print(f"{'ratio at 64 connections':34} {rate / base:8.2f}")
        if history:
            size = (Path(folder) / "bench.db").stat().st_size / 1e6
            await load(ours, 64, 8, history)
            later = show(f"Rollcall after {history} more messages", [await load(ours, 64, 9, total)])
            print(f"{'later / before':34} {later / rate:8.2f}   (database was {size:.0f} MB)")


def main() -> None:
    """Read the options and measure."""
    options = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    options.add_argument("--rounds", type=int, default=3, help="rounds of the webhook; 0 for none")
    options.add_argument("--total", type=int, default=19_200, help="requests per round")
    options.add_argument("--history", type=int, default=0, help="messages to store before the last round")
    options.add_argument("--blast", type=int, default=100_000, help="recipients of the blast; 0 for none")
    options.add_argument("--adopt", type=int, default=1_000_000, help="messages of the old database; 0 for none")
    options.add_argument("--lists", type=int, default=1_000_000, help="people of a list, in and out; 0 for none")
    options.add_argument("--postgresql", action="store_true", help="hold the blast on PostgreSQL instead of SQLite")
    chosen = options.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {1} if (os.cpu_count() or 1) > 1 else {0})
    if chosen.rounds:
        asyncio.run(compare(chosen.rounds, chosen.total, chosen.history))
    if chosen.blast:
        show_blast(asyncio.run(measure_blast(chosen.blast, postgresql=chosen.postgresql)), chosen.blast)
    if chosen.adopt:
        show_adoption(chosen.adopt)
    if chosen.lists:
        show_lists(chosen.lists)


if __name__ == "__main__":
    main()

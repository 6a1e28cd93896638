"""Long lists of contacts into and out of the database: how long they take, and how much memory."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from benchmarks.processes import measure
from bot.clock import wall_clock
from flows.values import Workspace
from storage.channels import save_workspace
from storage.database import open_database
from storage.keys import new_key
from storage.migrate import upgrade


def show_lists(row_count: int) -> None:
    """Take a CSV of so many people in and give them out again, each in a process of its own."""
    with tempfile.TemporaryDirectory(prefix="rollcall-lists-") as folder:
        database, source = f"sqlite:///{folder}/rollcall.db", Path(folder) / "in.csv"
        asyncio.run(_begin(database))
        with source.open("w", encoding="utf-8") as file:
            file.write("Phone,Name,Zip\n")
            file.writelines(f"+1555{1_000_000 + n},Person {n},{n % 100_000:05}\n" for n in range(row_count))
        _show("in as csv", row_count, measure(database, "contacts", "import", str(source), "--group", "large"))
        for form in ("csv", "xlsx", "vcf", "jsonl"):
            target = Path(folder) / f"out.{form}"
            _show(f"out as {form}", row_count, measure(database, "contacts", "export", str(target)))


async def _begin(url: str) -> None:
    await upgrade(url)
    database = await open_database(url)
    await database.run(save_workspace(Workspace(id=new_key(), name="Benchmark"), wall_clock()))
    await database.close()


def _show(name: str, row_count: int, measured: tuple[float, float]) -> None:
    seconds, peak_mb = measured
    print(f"{row_count:,} contacts {name:12} {seconds:5.0f} s   {peak_mb:4.0f} MB")

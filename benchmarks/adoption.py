"""Taking over a large database of another system: how long it takes, and how much memory."""

from __future__ import annotations

import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from benchmarks.processes import measure

OLD = Path(__file__).parents[1] / "tests" / "storage" / "adopt" / "old" / "watest.sql"
PEOPLE_SHARE = 5
"""Messages per person."""


def fill(path: Path, message_count: int) -> None:
    """Make a database of watest with so many messages, a fifth as many people, and nothing else."""
    schema = OLD.read_text("utf-8").partition("INSERT INTO contacts")[0]
    people_count = message_count // PEOPLE_SHARE
    people = ((n, f"+1555{1_000_000 + n}", f"Person {n}") for n in range(people_count))
    said = (
        (
            n,
            "inbound" if n % 3 == 0 else "outbound",
            f"+1555{1_000_000 + n % people_count}",
            f"Message number {n}",
            f"SM{n:032}",
            f"2026-0{1 + n % 9}-1{n % 10} 1{n % 10}:00:00",
        )
        for n in range(message_count)
    )
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(schema)
        connection.executemany("INSERT INTO contacts (id, phone, name) VALUES (?, ?, ?)", people)
        connection.executemany(
            "INSERT INTO messages (id, direction, phone, body, message_sid, status, created_at) "
            "VALUES (?, ?, ?, ?, ?, 'delivered', ?)",
            said,
        )
        connection.commit()


def show_adoption(message_count: int) -> None:
    """Take it over in a process of its own, and print what that took beside what it may."""
    with tempfile.TemporaryDirectory(prefix="rollcall-adopt-") as folder:
        old = Path(folder) / "old.db"
        fill(old, message_count)
        seconds, peak_mb = measure(f"sqlite:///{folder}/new.db", "db", "adopt", f"sqlite:///{old}", "--yes")
    print(f"adoption of {message_count:,} messages: {seconds:.0f} s (at most 300), {peak_mb:.0f} MB (at most 300)")

"""A takeover that is cut off in the middle, and begun again."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from storage.adopt.run import adopt, plan_adoption, recognise
from storage.adopt.source import open_source
from storage.schema import contacts, group_members, messages
from tests.storage.adopt.conftest import Build
from tests.storage.adopt.taking import sums, take, target_of
from tests.storage.scene import Scene

PEOPLE, MESSAGES = 2_500, 4_000


class Cut(Exception):
    """The power went out."""


def fill(path: Path) -> None:
    """Add many people and messages."""
    with sqlite3.connect(path) as connection:
        people = [(1_000 + n, f"+1555{2_000_000 + n}", f"Person {n}") for n in range(PEOPLE)]
        connection.executemany("INSERT INTO contacts (id, phone, name) VALUES (?, ?, ?)", people)
        said = [
            (
                1_000 + n,
                f"+1555{2_000_000 + n % PEOPLE}",
                f"Message {n}",
                f"SM{n:032}",
                f"2026-03-{1 + n % 28:02} 10:00:00",
            )
            for n in range(MESSAGES)
        ]
        connection.executemany(
            "INSERT INTO messages (id, direction, phone, body, message_sid, created_at) "
            "VALUES (?, 'inbound', ?, ?, ?, ?)",
            said,
        )
    connection.close()


@pytest.mark.parametrize("cut_at", [2, 5, 8, 10])
async def test_again_after_a_cut(cut_at: int, build: Build, scene: Scene) -> None:
    """Whatever page was the last, the second run finishes: nothing is lost, nothing doubled."""
    url = await build("watest")
    fill(Path(url.removeprefix("sqlite:///")))
    pages = 0

    def cut(_table: str, _count: int) -> None:
        nonlocal pages
        pages += 1
        if pages == cut_at:
            raise Cut

    async with open_source(url) as source:
        planned = await plan_adoption(source, recognise(source), None)
        with pytest.raises(Cut):
            await adopt(source, planned, scene.database, target_of(scene), cut)
    report = await take(url, scene.database, target_of(scene))
    for table, (read, written, unchanged, merged, refused) in sums(report).items():
        assert read == written + unchanged + merged + refused, table
    assert len(await scene.rows(contacts)) == PEOPLE + 9
    assert len(await scene.rows(messages)) == MESSAGES + 7  # three hand-overs had no message in the log
    assert len(await scene.rows(group_members)) == PEOPLE + 8

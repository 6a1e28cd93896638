"""Every statement of a plan, explained: none reads a table that grows from one end to the other.

SQLite and PostgreSQL are asked with and without statistics, on a database in which the proportions are those of a
large one. A statement that may read much says so in `ALLOWED`, with the reason.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import pkgutil
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from sqlalchemy import event, make_url, select

import storage
from benchmarks.big import fill
from storage.audiences.engines import FUNCTIONS
from storage.campaigns.progress import has_pending, latest_outcomes, open_count, waits_on
from storage.database import make_engine
from storage.plan import Members, Statement
from storage.schema import messages
from tests.conftest import empty, fresh_database

CONTACT_COUNT = 3_000
GROWING = {
    *("contacts", "messages", "recipients", "answers", "sessions", "registrations", "search_entries", "conversations"),
    *("group_members", "opt_outs", "suppressions", "consent_changes", "inbound_keys", "commands"),
}
BOUNDED = {
    "ix_messages_campaign_open": "what waits or is on its way of a campaign",
    "ix_messages_queue": "what waits to be sent",
    "ix_messages_open": "what waits or is on its way",
    "ix_messages_uncertain": "what is on its way",
    "ix_commands_queue": "what waits to be run",
    "ix_commands_pending": "what waits for its code",
    "ix_recipients_pending": "who waits for the end of quiet hours",
    "ix_sessions_remind_at": "open sessions",
    "ix_sessions_expires_at": "open sessions",
}
"""Partial indexes that stay small however much is stored: reading one whole is fine."""
ALLOWED = {
    "storage.campaigns.stopping._TAKE_BACK": "UNDO: within seconds of the start",
    "storage.campaigns.stopping._WAIT": "a campaign that reached its ceiling, once",
    "storage.forgotten": "erasing one person, by hand",
    "storage.outbox.unknowns._SETTLE": "campaign settle, by hand",
    "storage.search._FORGET": "the index rebuilt after a takeover",
    "storage.workspace.demo": "removing the demo, by hand",
}
"""Statements (or modules) that may read much, and why."""
WHOLE = re.compile(r"\((workspace_id|campaign_id|status)=\?\)$")
"""An index that is read for all of a workspace or campaign."""


def statements() -> Iterator[tuple[str, Statement]]:
    """Give every statement that stands in a module of storage, with its name."""
    for found in pkgutil.walk_packages(storage.__path__, "storage."):
        if ".migrations" in found.name or ".adopt" in found.name:
            continue
        for name, value in vars(importlib.import_module(found.name)).items():
            several = value.values() if isinstance(value, dict) else value if isinstance(value, tuple) else (value,)
            for one in several:
                if isinstance(one, Statement):
                    yield f"{found.name}.{name}", one
                elif isinstance(one, Members):
                    yield f"{found.name}.{name}", one.query([b""] * 8).statement


def is_allowed(name: str) -> bool:
    """Return whether a statement may read much."""
    return any(name == one or name.startswith(f"{one}.") for one in ALLOWED)


@pytest.fixture(scope="module")
def large_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a SQLite file with some rows of everything."""
    path = tmp_path_factory.mktemp("large") / "large.db"
    asyncio.run(fill(f"sqlite:///{path}", CONTACT_COUNT))
    return path


@pytest.mark.parametrize("has_statistics", [False, True], ids=["without", "with"])
def test_sqlite_never_reads_a_whole_table(large_file: Path, has_statistics: bool) -> None:
    """A million contacts froze the service: load.py read all of them per batch, janitor.py all messages per message."""
    with closing(sqlite3.connect(large_file)) as connection:
        for name, function in FUNCTIONS:
            connection.create_function(name, 1, function, deterministic=True)
        connection.execute("ANALYZE" if has_statistics else "DROP TABLE IF EXISTS sqlite_stat1")
    with closing(sqlite3.connect(large_file)) as connection:  # a new one reads the statistics
        for name, function in FUNCTIONS:
            connection.create_function(name, 1, function, deterministic=True)
        found = {name: bad for name, one in statements() if (bad := list(_scans(connection, one)))}
    assert {name: bad for name, bad in found.items() if not is_allowed(name)} == {}


def _scans(connection: sqlite3.Connection, statement: Statement) -> Iterator[str]:
    sql = statement.for_engine("sqlite").sql
    try:
        rows = connection.execute(f"EXPLAIN QUERY PLAN {sql}", [None] * sql.count("?")).fetchall()
    except sqlite3.OperationalError:
        return  # of the other engine
    for *_numbers, detail in rows:
        parts = re.match(r"(SCAN|SEARCH) (\w+)(?:.* INDEX (\w+))?", detail)
        if parts is None or parts[3] in BOUNDED:
            continue
        renamed = re.search(rf"\b(\w+) AS {parts[2]}\b", sql)
        table = renamed[1] if renamed else parts[2]
        if table in GROWING and (parts[1] == "SCAN" or (WHOLE.search(detail) and "LIMIT" not in sql)):
            yield detail


async def test_postgresql_never_reads_a_whole_table(postgresql_url: str) -> None:
    """Where no index serves PostgreSQL reads the table, also when it is told to avoid that: no statement needs to."""
    async with fresh_database(postgresql_url, empty) as url:
        await fill(url, CONTACT_COUNT)
        connection = await asyncpg.connect(
            make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        )
        try:
            await connection.execute("ANALYZE")
            await connection.execute("SET enable_seqscan = off; SET plan_cache_mode = force_generic_plan")
            found = {name: bad for name, one in statements() if (bad := await _read_whole(connection, one))}
        finally:
            await connection.close()
    assert {name: bad for name, bad in found.items() if not is_allowed(name)} == {}


async def _read_whole(connection: asyncpg.Connection, statement: Statement) -> list[str]:
    sql = statement.for_engine("postgresql").sql
    nothing = ", ".join(["NULL"] * len(set(re.findall(r"\$\d+", sql))))
    try:
        await connection.execute(f"PREPARE asked AS {sql}")
    except asyncpg.PostgresError:  # of the other engine
        return []
    rows = await connection.fetch(f"EXPLAIN (FORMAT JSON) EXECUTE asked{f'({nothing})' if nothing else ''}")
    await connection.execute("DEALLOCATE asked")
    plan = json.loads(rows[0][0])[0]["Plan"]
    return [
        node["Relation Name"]
        for node in _nodes(plan)
        if node["Node Type"] == "Seq Scan" and node["Relation Name"] in GROWING
    ]


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for one in plan.get("Plans", ()):
        yield from _nodes(one)


async def test_a_look_at_a_campaign_is_bounded(large_file: Path) -> None:
    """After each 500 recipients every message of the campaign was counted: 377 ms at 929,000."""
    looks: list[str] = []
    engine = make_engine(f"sqlite:///{large_file}")
    event.listen(engine.sync_engine, "before_cursor_execute", lambda *given: looks.append(given[2]))
    async with engine.connect() as connection:
        found = (
            await connection.execute(select(messages.c.campaign_id).where(messages.c.campaign_id.is_not(None)))
        ).first()
        assert found is not None
        looks.clear()
        assert await open_count(connection, found[0], 1_000) == 0
        assert not await has_pending(connection, found[0])
        assert not await waits_on(connection, found[0], [found[0]])
        assert (await latest_outcomes(connection, found[0], 5)).total() == 5
    await engine.dispose()
    with closing(sqlite3.connect(large_file)) as connection_:
        details = [
            [row[3] for row in connection_.execute(f"EXPLAIN QUERY PLAN {look}", [b""] * look.count("?"))]
            for look in looks
        ]
    assert len(details) == 4
    for detail, index in zip(
        details,
        ("ix_messages_campaign_open", "ix_recipients_pending", "ix_messages_campaign_open", "ix_messages_campaign"),
        strict=True,
    ):
        assert any(f" {index} " in line for line in detail), detail
        assert not any("TEMP B-TREE" in line for line in detail), detail

"""The old databases of these tests are built exactly as their documents say: `documents/` has a line for each thing."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import asyncpg
import pytest

from tests.storage.adopt.conftest import ON_POSTGRESQL, Build
from tests.storage.adopt.test_sums import SYSTEMS

DOCUMENTS = Path(__file__).parent / "documents"
_COLUMNS = """
SELECT table_name, column_name, is_nullable = 'NO' AS needed, column_default,
       CASE WHEN character_maximum_length IS NULL THEN data_type
       ELSE data_type || '(' || character_maximum_length || ')' END AS type
FROM information_schema.columns WHERE table_schema = 'public' ORDER BY table_name, ordinal_position
"""
_CONSTRAINTS = """
SELECT conrelid::regclass::text AS table_name, pg_get_constraintdef(oid) AS said FROM pg_constraint
WHERE connamespace = 'public'::regnamespace AND contype IN ('f', 'u', 'c', 'p')
"""
_INDEXES = """
SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND indexname LIKE 'idx_%'
"""
_TRIGGERS = """
SELECT tgrelid::regclass::text AS table_name, tgname FROM pg_trigger WHERE NOT tgisinternal
"""


def of_sqlite(path: Path) -> Iterator[str]:
    """Write down everything that a SQLite database consists of."""
    with closing(sqlite3.connect(path)) as connection:
        names = connection.execute("SELECT type, name, tbl_name FROM sqlite_master ORDER BY type, name").fetchall()
        for kind, name, table in names:
            if kind == "table":
                yield from _table(connection, name)
            elif kind != "index":
                yield f"{kind} {name} on {table}"


def _table(connection: sqlite3.Connection, table: str) -> Iterator[str]:
    yield f"table {table}"
    for _place, name, kind, needed, default, key in connection.execute(f'PRAGMA table_info("{table}")'):
        said = f"{table}.{name} {kind}".rstrip()
        yield f"{said}{' not null' if needed else ''}{f' default {default}' if default else ''}{' key' if key else ''}"
    for _place, name, unique, origin, partial in connection.execute(f'PRAGMA index_list("{table}")'):
        columns = ", ".join(row[2] for row in connection.execute(f'PRAGMA index_info("{name}")'))
        if origin != "pk":
            called = name if origin == "c" else "constraint"
            yield f"index {called} on {table} ({columns}){' unique' if unique else ''}{' partial' if partial else ''}"
    for row in connection.execute(f'PRAGMA foreign_key_list("{table}")'):
        yield f"{table}.{row[3]} -> {row[2]}.{row[4]} on update {row[5]} on delete {row[6]}"


async def of_postgresql(url: str) -> list[str]:
    """Write down everything that a PostgreSQL database consists of."""
    connection = await asyncpg.connect(url)
    try:
        found = []
        for row in await connection.fetch(_COLUMNS):
            default = f" default {row['column_default']}" if row["column_default"] else ""
            needed = " not null" if row["needed"] else ""
            found.append(f"{row['table_name']}.{row['column_name']} {row['type']}{needed}{default}")
        found += [f"{row['table_name']}: {row['said']}" for row in await connection.fetch(_CONSTRAINTS)]
        found += [row["indexdef"].replace("public.", "") for row in await connection.fetch(_INDEXES)]
        found += [f"trigger {row['tgname']} on {row['table_name']}" for row in await connection.fetch(_TRIGGERS)]
        return found
    finally:
        await connection.close()


@pytest.mark.parametrize("name", [*SYSTEMS, "red_button_early", "wa_client_gorm"])
async def test_it_is_as_the_document_says(name: str, build: Build) -> None:
    """Every table, column, type, default, key, index, constraint and trigger is there, and nothing besides."""
    url = await build(name)
    if name in ON_POSTGRESQL:
        found = await of_postgresql(url)
    else:
        found = list(of_sqlite(Path(url.removeprefix("sqlite:///"))))
    assert sorted(found) == (DOCUMENTS / f"{name}.txt").read_text("utf-8").splitlines()

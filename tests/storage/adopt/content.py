"""What stands in our database after a takeover, read past our own code: by places, and as rows one can read."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, Table

from storage.schema import metadata

OURS = ("adopted_rows", "numbers", "schema_floor", "search_entries", "workspaces")
"""Tables that say nothing about the old database."""
Rows = list[dict[str, Any]]


def read_all(path: Path) -> dict[str, Rows]:
    """Read every row of a SQLite database of ours, documents as values."""
    found: dict[str, Rows] = {}
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        for table in metadata.sorted_tables:
            if table.name not in OURS:
                rows = connection.execute(f"SELECT * FROM {table.name}")  # noqa: S608 - our own names
                found[table.name] = [_row(table, dict(row)) for row in rows]
    return found


def _row(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    documents = {column.name for column in table.c if isinstance(column.type, JSON)}
    return {name: json.loads(value) if name in documents and value else value for name, value in row.items()}


def places(content: Mapping[str, Rows]) -> dict[str, list[str]]:
    """Return the values at each place: `contacts`, `contacts.name`, `messages.extras.type`."""
    found: dict[str, list[str]] = {}
    for table, rows in content.items():
        found[table] = sorted(repr(sorted(row.items(), key=str)) for row in rows)
        for row in rows:
            for place, value in _inside(table, row):
                found.setdefault(place, []).append(repr(value))
    return {place: sorted(values) for place, values in found.items()}


def _inside(place: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield f"{place}.{name}", inner
            yield from _inside(f"{place}.{name}", inner)


_NAMED = {
    "contact_id": ("contacts", ("address", "name")),
    "group_id": ("groups", ("name",)),
    "event_id": ("events", ("title",)),
    "flow_id": ("flows", ("name",)),
    "campaign_id": ("campaigns", ("text",)),
    "message_id": ("messages", ("address", "body")),
    "channel_id": ("channels", ("address",)),
    "operator_id": ("operators", ("username", "email")),
}
"""By what a row is called that others refer to."""


def readable(content: Mapping[str, Rows]) -> dict[str, Rows]:
    """Write the rows so that they can be read and compared: names instead of keys, and nothing that is empty."""
    names = {
        row["id"]: " ".join(str(row[part]) for part in parts if row[part])
        for table, parts in _NAMED.values()
        for row in content[table]
    }
    return {
        table: sorted(
            (_shown(row, names) for row in rows), key=lambda row: json.dumps(row, sort_keys=True, default=str)
        )
        for table, rows in content.items()
        if rows
    }


def _shown(row: Mapping[str, Any], names: Mapping[bytes, str]) -> dict[str, Any]:
    kept = {name: value for name, value in row.items() if value and name not in ("id", "workspace_id", "key")}
    return {
        name: names.get(value, "a row of its own") if isinstance(value, bytes) else value
        for name, value in kept.items()
    }

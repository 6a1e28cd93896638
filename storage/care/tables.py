"""One table as a CSV file, page by page."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, Column, Table, select

from flows.errors import ConfigError
from storage.database import existing_engine
from storage.schema import metadata

PAGE = 1_000


async def write_table(url: str, name: str, target: Path, guard: Callable[[str], str]) -> int:
    """Write a table with a header: keys in hexadecimal, times in microseconds UTC, documents as JSON.

    Returns how many rows there were.
    `guard` changes what a spreadsheet would compute. Raises `ConfigError` for a table that is none of ours and a file
    that is there already; nothing half-written is left.
    """
    table = metadata.tables.get(name)
    if table is None:
        raise ConfigError(f"There is no table {name}. There is {', '.join(sorted(metadata.tables))}.")
    if target.exists():
        raise ConfigError(f"{target} is there already: name another file.")
    draft = target.with_name(f".{target.name}.part")
    engine = existing_engine(url)
    count = 0
    try:
        with draft.open("w", encoding="utf-8", newline="") as file:
            lines = csv.writer(file)
            lines.writerow([column.name for column in table.columns])
            async with engine.connect() as connection:
                rows = await connection.stream(select(table).order_by(*table.primary_key.columns))
                async for page in rows.partitions(PAGE):
                    lines.writerows([_cells(table, row, guard) for row in page])
                    count += len(page)
        draft.replace(target)
    except OSError as error:
        raise ConfigError(f"{target} cannot be written: {error.strerror or error}.") from error
    finally:
        draft.unlink(missing_ok=True)
        await engine.dispose()
    return count


def _cells(table: Table, row: Sequence[Any], guard: Callable[[str], str]) -> list[str]:
    return [guard(_cell(value, column)) for value, column in zip(row, table.columns, strict=True)]


def _cell(value: Any, column: Column[Any]) -> str:
    if value is None:
        return ""
    if isinstance(column.type, JSON):
        return json.dumps(value, ensure_ascii=False)
    return value.hex() if isinstance(value, bytes) else str(value)

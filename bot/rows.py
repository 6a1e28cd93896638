"""Rows for the terminal and for other programs: text, csv or json (one document a line)."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import RowMapping, Select

from bot.cells import guarded
from bot.offline import opened
from bot.settings import Settings
from flows.errors import ConfigError
from flows.values import SECOND, Key

Cells = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of rows: which, and how one is shown."""

    columns: Sequence[str]
    rows: Callable[[Key], Select[Any]]
    """Of a workspace."""
    cells: Callable[[RowMapping], Cells]
    line: Callable[[Cells], str]


async def lines_of(listing: Listing, settings: Settings, form: str) -> AsyncIterator[str]:
    """Give the lines of a list in a form: text, csv or json."""
    forms: Mapping[str, Callable[[Cells], str]] = {"text": listing.line, "csv": _csv, "json": _json}
    if form == "csv":
        yield _csv(dict(zip(listing.columns, listing.columns, strict=True)))
    async with opened(settings) as (database, workspace), database.read() as connection:
        rows = await connection.stream(listing.rows(workspace.id))
        async for row in rows.mappings():
            yield forms[form](listing.cells(row))


def time_of(at: int | None) -> str:
    """Write a moment, in UTC; empty for none."""
    return "" if at is None else datetime.fromtimestamp(at / SECOND, UTC).isoformat(timespec="seconds")


def day_of(text: str | None) -> int:
    """Read the moment at which a day begins in UTC, the oldest one for None; raises `ConfigError`."""
    if text is None:
        return 0
    try:
        return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * SECOND
    except ValueError as error:
        raise ConfigError(f"--since: '{text}' is no day; write it like 2026-11-18.") from error


def _csv(cells: Cells) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(map(guarded, cells.values()))
    return line.getvalue()


def _json(cells: Cells) -> str:
    return json.dumps(cells, ensure_ascii=False)

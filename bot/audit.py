"""The audit trail: every command as a row, for the terminal and for other programs."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import UTC, datetime

from sqlalchemy import RowMapping, select

from bot.cells import guarded
from bot.offline import opened
from bot.settings import Settings
from flows.errors import ConfigError
from flows.values import SECOND
from storage.schema import commands, operators

COLUMNS = ("at", "door", "who", "name", "role", "verb", "text", "status", "confirmed_at", "confirmed_by", "result")
Cells = Mapping[str, str]


async def audit(settings: Settings, form: str, count: int | None, since: str | None) -> AsyncIterator[str]:
    """Give the lines of the trail, newest first, in a form: text, csv or json (one document a line).

    Raises `ConfigError` for a day that is none.
    """
    write = _FORMS[form]
    if form == "csv":
        yield _csv(dict(zip(COLUMNS, COLUMNS, strict=True)))
    wanted = (
        select(commands, operators.c.name, operators.c.role)
        .outerjoin(operators, operators.c.id == commands.c.operator_id)
        .where(commands.c.verb != "FORWARD", commands.c.created_at >= _moment(since))
        .order_by(commands.c.id.desc())
        .limit(count)
    )
    async with opened(settings) as (database, workspace), database.read() as connection:
        rows = await connection.stream(wanted.where(commands.c.workspace_id == workspace.id))
        async for row in rows.mappings():
            yield write(_cells(row))


def _cells(row: RowMapping) -> Cells:
    return {
        "at": _time(row["created_at"]),
        "door": row["door"],
        "who": row["address"],
        "name": row["name"] or "",
        "role": row["role"] or "",
        "verb": row["verb"],
        "text": " ".join(row["text"].split()),
        "status": row["status"],
        "confirmed_at": _time(row["confirmed_at"]),
        "confirmed_by": row["confirmed_by"] or "",
        "result": " ".join((row["answer"] or "").split()),
    }


def _time(at: int | None) -> str:
    return "" if at is None else datetime.fromtimestamp(at / SECOND, UTC).isoformat(timespec="seconds")


def _moment(day: str | None) -> int:
    if day is None:
        return 0
    try:
        return round(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp()) * SECOND
    except ValueError as error:
        raise ConfigError(f"--since: '{day}' is no day; write it like 2026-11-18.") from error


def _text(cells: Cells) -> str:
    confirmed = f"confirmed by {cells['confirmed_by']}" if cells["confirmed_by"] else ""
    return "\t".join((cells["at"], cells["who"], cells["door"], cells["text"], cells["status"], confirmed))


def _csv(cells: Cells) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(map(guarded, cells.values()))
    return line.getvalue()


def _json(cells: Cells) -> str:
    return json.dumps(cells, ensure_ascii=False)


_FORMS: Mapping[str, Callable[[Cells], str]] = {"text": _text, "csv": _csv, "json": _json}

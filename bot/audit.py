"""What was commanded, and what was said: the two trails that the command line prints, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import RowMapping, Select, select

from bot.rows import Cells, Listing, day_of, time_of
from flows.values import Key
from storage.schema import commands, contacts, messages, operators

COMMANDS = ("at", "door", "who", "name", "role", "verb", "text", "status", "confirmed_at", "confirmed_by", "result")
MESSAGES = ("at", "direction", "phone", "name", "status", "error_code", "error", "text")


def audit(count: int | None, since: str | None) -> Listing:
    """List the commands of operators; raises `ConfigError` for a day that is none."""
    begins_at = day_of(since)

    def rows(workspace_id: Key) -> Select[Any]:
        return (
            select(commands, operators.c.name, operators.c.role)
            .outerjoin(operators, operators.c.id == commands.c.operator_id)
            .where(commands.c.workspace_id == workspace_id)
            .where(commands.c.verb != "FORWARD", commands.c.created_at >= begins_at)
            .order_by(commands.c.id.desc())
            .limit(count)
        )

    return Listing(COMMANDS, rows, _command, _command_line)


def message_log(count: int, since: str | None, statuses: Sequence[str]) -> Listing:
    """List messages, of some statuses or all; raises `ConfigError` for a day that is none."""
    begins_at = day_of(since)

    def rows(workspace_id: Key) -> Select[Any]:
        wanted = (
            select(messages, contacts.c.name)
            .outerjoin(contacts, contacts.c.id == messages.c.contact_id)
            .where(messages.c.workspace_id == workspace_id, messages.c.created_at >= begins_at)
            .order_by(messages.c.id.desc())
            .limit(count)
        )
        return wanted.where(messages.c.status.in_(statuses)) if statuses else wanted

    return Listing(MESSAGES, rows, _message, _message_line)


def _command(row: RowMapping) -> Cells:
    return {
        "at": time_of(row["created_at"]),
        "door": row["door"],
        "who": row["address"],
        "name": row["name"] or "",
        "role": row["role"] or "",
        "verb": row["verb"],
        "text": " ".join(row["text"].split()),
        "status": row["status"],
        "confirmed_at": time_of(row["confirmed_at"]),
        "confirmed_by": row["confirmed_by"] or "",
        "result": " ".join((row["answer"] or "").split()),
    }


def _command_line(cells: Cells) -> str:
    confirmed = f"confirmed by {cells['confirmed_by']}" if cells["confirmed_by"] else ""
    return "\t".join((cells["at"], cells["who"], cells["door"], cells["text"], cells["status"], confirmed))


def _message(row: RowMapping) -> Cells:
    return {
        "at": time_of(row["created_at"]),
        "direction": row["direction"],
        "phone": row["address"],
        "name": row["name"] or "",
        "status": row["status"],
        "error_code": row["error_code"] or "",
        "error": row["error_text"] or "",
        "text": " ".join(row["body"].split()),
    }


def _message_line(cells: Cells) -> str:
    status = " ".join(part for part in (cells["status"], cells["error_code"]) if part)
    return "\t".join((cells["at"], cells["direction"], cells["phone"], status, cells["text"]))

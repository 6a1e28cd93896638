"""What was commanded, and what was said: the trails that the command line prints, newest first, and verifies."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from sqlalchemy import RowMapping, Select, select

from bot.keyring import audit_key
from bot.offline import opened
from bot.rows import Cells, Listing, day_of, time_of
from bot.settings import Settings
from flows.errors import ConfigError
from flows.values import Key
from storage.audit.chain import Fault, Head
from storage.audit.verify import Verdict, verify
from storage.message_list import MessageFilter, count_messages, list_campaigns, list_messages
from storage.schema import commands, operators

COMMANDS = ("at", "door", "who", "name", "role", "verb", "text", "status", "confirmed_at", "confirmed_by", "result")
COUNTS = ("direction", "status", "count")
CAMPAIGNS = ("number", "status", "due_at", "owner", "audience", "name", "text")
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


def message_log(count: int, since: str | None, wanted: MessageFilter) -> Listing:
    """List messages; raises `ConfigError` for a day that is none."""
    wanted = replace(wanted, since_at=day_of(since))
    return Listing(MESSAGES, lambda workspace_id: list_messages(workspace_id, wanted, count), _message, _message_line)


def message_counts(since: str | None, wanted: MessageFilter) -> Listing:
    """Count messages by direction and status; raises `ConfigError` for a day that is none."""
    wanted = replace(wanted, since_at=day_of(since))
    return Listing(
        COUNTS,
        lambda workspace_id: count_messages(workspace_id, wanted),
        lambda row: {name: str(row[name]) for name in COUNTS},
        lambda cells: f"{int(cells['count']):>10,}  {cells['direction']} {cells['status']}",
    )


def campaign_list(count: int, statuses: tuple[str, ...]) -> Listing:
    """List campaigns with whoever set them up."""
    return Listing(
        CAMPAIGNS,
        lambda workspace_id: list_campaigns(workspace_id, statuses, count),
        _campaign,
        lambda cells: "\t".join(cells[name] for name in CAMPAIGNS if cells[name]),
    )


def _campaign(row: RowMapping) -> Cells:
    return {
        "number": str(row["number"]),
        "status": row["status"],
        "due_at": time_of(row["due_at"]),
        "owner": row["owner"] or "",
        "audience": row["audience"],
        "name": row["name"] or "",
        "text": " ".join(row["text"].split()),
    }


async def verify_audit(settings: Settings, kept: str | None) -> Verdict:
    """Follow the chain of the commands to its end; `kept`: a head that was printed before, as NUMBER:MAC.

    Raises `ConfigError` for a head that is none.
    """
    head = None if kept is None else read_head(kept)
    async with opened(settings) as (database, workspace), database.read() as connection:
        return await verify(connection, audit_key(database), workspace.id, head)


def read_head(text: str) -> Head:
    """Read a head as it was printed; raises `ConfigError`."""
    found = re.fullmatch(r"([1-9][0-9]{0,18}):([0-9a-f]{64})", text.strip().lower())
    if found is None:
        raise ConfigError(f"--head: '{text}' is no head; write it as it was printed, NUMBER:MAC.")
    return Head(int(found[1]), bytes.fromhex(found[2]))


def verdict_lines(verdict: Verdict) -> list[str]:
    """Say what a look at the chain found: the head to keep, or the first bad record."""
    if verdict.fault is not None:
        return [f"WRONG: {_record(verdict.fault)}: {verdict.fault.text}."]
    if verdict.began_at is None:
        return ["0 entries, all sound."]
    since = f"; the first is of {time_of(verdict.began_at)}"
    return [f"{verdict.entry_count:,} entries, all sound{since}.", f"Head: {verdict.head}"]


def _record(fault: Fault) -> str:
    """Name a bad record by all that is known of it; somebody may have written anything into it."""
    named = (
        "" if fault.number is None else f"entry {fault.number}",
        "" if fault.command_id is None else f"command {_hex(fault.command_id)}",
        _moment(fault.at),
    )
    return ", ".join(filter(None, named)) or "audit_heads"


def _hex(value: object) -> str:
    return value.hex() if isinstance(value, bytes) else repr(value)


def _moment(at: object) -> str:
    try:
        return time_of(at)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return repr(at)


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

"""One-time codes on the rows of commands; what a code is and when it is right says `flows.commands.confirm`."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import replace

from bot.house import House
from flows.commands.confirm import Pending, takes_code_of
from flows.values import Operator
from storage.commands import CommandRow


def draw_code() -> str:
    """Draw six digits."""
    return f"{secrets.randbelow(1_000_000):06d}"


def pending_of(row: CommandRow) -> Pending:
    """Give what a row that waits for its code says about it."""
    return Pending(
        command_id=row.id,
        address=row.address,
        fingerprint=row.fingerprint or b"",
        code_hash=row.code_hash or b"",
        expires_at=row.expires_at or 0,
        is_shared=row.is_shared,
        tries=row.tries,
    )


def waiting(row: CommandRow, pending: Pending) -> CommandRow:
    """Let a row wait for its code."""
    return replace(
        row,
        status="pending",
        fingerprint=pending.fingerprint,
        code_hash=pending.code_hash,
        is_shared=pending.is_shared,
        tries=pending.tries,
        expires_at=pending.expires_at,
    )


def on_side_of(house: House, row: CommandRow, others: Iterable[CommandRow]) -> tuple[CommandRow, ...]:
    """Pick the commands of a command's own side: the simulator's codes set nothing off elsewhere, nor others there."""
    side = house.is_simulated(row.channel_id)
    return tuple(one for one in others if house.is_simulated(one.channel_id) == side)


def open_to(rows: Iterable[CommandRow], operator: Operator) -> list[CommandRow]:
    """Pick the commands whose code may come from this operator."""
    return [row for row in rows if takes_code_of(pending_of(row), operator)]

"""Commands whose work raised: they end with their reason, and the asker and the admins hear of it."""

from __future__ import annotations

from collections.abc import Sequence

import structlog

from bot.actions.base import Desk
from bot.forwarding import UNASKED
from bot.letters import Letter, post
from bot.metrics import SET_ASIDE
from bot.runtime.one_by_one import reason_for
from flows.effects import Template
from flows.errors import StorageError
from storage.audit.entries import append
from storage.commands import CommandRow, change_command, failed_at
from storage.plan import Plan

log = structlog.get_logger(__name__)


async def set_aside(desk: Desk, row: CommandRow, error: Exception, now_at: int) -> None:
    """End a command that cannot be carried out; raises `StorageError`, `Conflict`.

    Where the letters are what cannot be written, it ends without them.
    """
    log.error("command_failed", verb=row.verb, kind=type(error).__name__, exc_info=error)
    SET_ASIDE.labels("command").inc()
    reason = reason_for(error)
    try:
        await desk.database.run(_end(desk, row, reason, _letters(desk, row, reason), now_at))
    except StorageError:
        raise
    except Exception as again:  # the command must come to its end all the same
        log.error("command_not_answered", verb=row.verb, kind=type(again).__name__, exc_info=again)
        await desk.database.run(_end(desk, row, reason, (), now_at))


def _letters(desk: Desk, row: CommandRow, reason: str) -> list[Letter]:
    known = desk.house.operators.values()
    name = next((one.shown for one in known if one.id == row.operator_id), "")
    news = Template("operator_command_failed", {"name": name, "verb": row.verb, "reason": reason})
    letters = [Letter(one.address, (news,)) for one in known if one.role == "admin" and one.address != row.address]
    if row.verb not in UNASKED:  # who wrote what was to be forwarded asked for no command
        letters.append(Letter(row.address, (Template("operator_failed"),), row.message_id or row.id))
    return letters


def _end(desk: Desk, row: CommandRow, reason: str, letters: Sequence[Letter], now_at: int) -> Plan[None]:
    channel_id = row.channel_id or next(iter(desk.house.channels_by_id), b"")
    texts = yield from post(desk.house, channel_id, letters, now_at) if letters else _nothing()
    marks = yield from change_command(failed_at(row, reason, now_at), row.status, texts.get(row.address))
    yield from append(desk.house.audit_key, marks, now_at)


def _nothing() -> Plan[dict[str, str]]:
    yield from ()
    return {}

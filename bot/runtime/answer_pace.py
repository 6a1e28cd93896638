"""The bound on answers to commands: who writes under an operator's number costs nothing but some of them."""

from __future__ import annotations

from dataclasses import replace

from bot.actions.base import Done, refused
from flows.commands.pace import MOST_ANSWERED, Pace, pace_of
from flows.effects import Template
from flows.silence import SilenceReason
from flows.values import MINUTE
from storage.commands import CommandRow, recent_commands, when_commanded
from storage.database import Database

REPEATED_WITHIN, MOST_REFUSALS = 10 * MINUTE, 10
"""A locked phone is told so as long as it sent no more commands than this within this time."""


async def paced(database: Database, row: CommandRow, result: Done) -> Done:
    """Return what a command is answered: all of it, with the news that silence follows, or the reason of the silence.

    The command is carried out all the same: PAUSE and CANCEL must do their work while somebody floods the phone.
    """
    if not result.says:
        return result
    created = await database.run(when_commanded(row, MOST_ANSWERED + 2))
    pace = pace_of(created)
    if pace is Pace.TOLD:
        return replace(result, says=(*result.says, Template("operator_paced", {"count": MOST_ANSWERED})))
    if pace is Pace.SILENT:
        return replace(result, says=(), media_url=None, silence=SilenceReason.COMMAND_PACE)
    return result


async def refused_as_locked(database: Database, row: CommandRow, now_at: int) -> Done:
    """Say so, but not to every text of somebody who does not stop: each answer costs, and may reach a stranger."""
    recent = await database.run(recent_commands(row.workspace_id, row.address, now_at - REPEATED_WITHIN))
    if recent.count <= MOST_REFUSALS:
        return refused(Template("operator_locked"))
    return Done((), status="refused", silence=SilenceReason.LOCKED)

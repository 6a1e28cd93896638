"""Commands of operators: written with the batch, run by a worker afterwards."""

from __future__ import annotations

from dataclasses import replace

from flows.effects import Forward, RunCommand
from storage.apply.handled import Effects, Handled
from storage.commands import FORWARD, CommandRow, add_command
from storage.keys import new_key
from storage.plan import Plan


def apply_commands(effects: Effects) -> Plan[None]:
    """Queue the commands of a batch in the order they came, and what is to be forwarded."""
    for handled, effect in effects.of(RunCommand):
        row = _row(handled)
        yield from add_command(
            replace(
                row,
                operator_id=effect.operator_id,
                verb=effect.verb,
                text=effect.text,
                arguments=effect.arguments,
            )
        )
    for handled, _forward in effects.of(Forward):
        yield from add_command(_row(handled))


def _row(handled: Handled) -> CommandRow:
    return CommandRow(
        id=new_key(),
        workspace_id=handled.channel.workspace_id,
        operator_id=None,
        address=handled.contact.address,
        verb=FORWARD,
        text="",
        channel_id=handled.channel.id,
        contact_id=handled.contact.id,
        message_id=handled.id,
        created_at=handled.now_at,
    )

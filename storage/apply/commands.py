"""Commands of operators: written with the batch, run by a worker afterwards."""

from __future__ import annotations

from flows.effects import RunCommand
from storage.apply.handled import Effects
from storage.commands import CommandRow, add_command
from storage.keys import new_key
from storage.plan import Plan


def apply_commands(effects: Effects) -> Plan[None]:
    """Queue the commands of a batch in the order they came."""
    for handled, effect in effects.of(RunCommand):
        yield from add_command(
            CommandRow(
                id=new_key(),
                workspace_id=handled.channel.workspace_id,
                operator_id=effect.operator_id,
                address=handled.contact.address,
                verb=effect.verb,
                text=effect.text,
                arguments=effect.arguments,
                channel_id=handled.channel.id,
                contact_id=handled.contact.id,
                message_id=handled.id,
                created_at=handled.now_at,
            )
        )

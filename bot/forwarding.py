"""Messages of a person with whom an operator talks (BOT OFF), shown to the operators at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.house import House
from bot.letters import Letter, post
from flows.effects import Template
from flows.values import MINUTE, Operator
from storage.audit.entries import append
from storage.commands import FORWARD, CommandRow, change_command, count_commands
from storage.messages import read_message
from storage.people import find_by_id, number_of
from storage.plan import Plan

MOST_PER_MINUTE = 5
"""Of one person; what comes faster waits in the inbox and is found by HISTORY."""


def forward(house: House, row: CommandRow, operators: Sequence[Operator], now_at: int) -> Plan[None]:
    """Pass a person's message on to the operators who may answer it, without the phone number."""
    status = "done"
    message = yield from read_message(row.message_id or b"")
    known = yield from find_by_id(row.contact_id or b"")
    recent = yield from count_commands(row.workspace_id, row.address, FORWARD, now_at - MINUTE)
    if message is None or known is None or recent > MOST_PER_MINUTE:
        status = "dropped"
    else:
        number = known.number or (yield from number_of(row.workspace_id, known.id))
        values = {"name": known.name or "", "number": number, "text": message.body, "file_count": message.file_count}
        says = (Template("operator_forward", values),)
        readers = [one.address for one in operators if one.role != "viewer" and one.address != row.address]
        letters = [Letter(address, says, is_urgent=True) for address in readers]
        yield from post(house, row.channel_id or b"", letters, now_at)
    marks = yield from change_command(replace(row, status=status, finished_at=now_at), row.status)
    yield from append(house.audit_key, marks, now_at)

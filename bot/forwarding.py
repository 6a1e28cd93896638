"""Messages of a person with whom an operator talks (BOT OFF), shown to the operators at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from bot.house import House
from bot.letters import Letter, post
from flows.conversation.consent import OPERATOR_STOPPED
from flows.effects import Template
from flows.values import MINUTE, Operator
from storage.audit.chain import Marks
from storage.audit.entries import append
from storage.commands import FORWARD, CommandRow, change_command, count_commands, declined_at, pending_commands
from storage.messages import read_message
from storage.people import find_by_id, number_of
from storage.plan import Plan

MOST_PER_MINUTE = 5
"""Of one person; what comes faster waits in the inbox and is found by HISTORY."""


def tell_of_stop(house: House, row: CommandRow, operators: Sequence[Operator], now_at: int) -> Plan[None]:
    """Tell the other admins of an operator whom the provider blocks now, and drop what waits for that phone's code."""
    gone = next((one for one in operators if one.id == row.operator_id), None)
    waits = [one for one in (yield from pending_commands(row.workspace_id, now_at)) if one.address == row.address]
    marks: Marks = ()
    for waiting in waits:
        marks += yield from change_command(declined_at(waiting, now_at), "pending")
    if gone is not None:
        word = " ".join(str(row.arguments.get("word", "")).split())[:20]
        values = {"name": gone.shown, "word": word.upper(), "verbs": [waiting.verb for waiting in waits]}
        others = [one.address for one in operators if one.role == "admin" and one.address != row.address]
        letters = [Letter(address, (Template("operator_stopped_news", values),)) for address in others]
        yield from post(house, row.channel_id or b"", letters, now_at)
    marks += yield from change_command(replace(row, status="done", finished_at=now_at), row.status)
    yield from append(house.audit_key, marks, now_at)


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


UNASKED: Mapping[str, Callable[[House, CommandRow, Sequence[Operator], int], Plan[None]]] = {
    FORWARD: forward,
    OPERATOR_STOPPED: tell_of_stop,
}
"""What no operator asked for, by its verb."""

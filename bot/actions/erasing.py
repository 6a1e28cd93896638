"""FORGET: everything about a person is erased."""

from __future__ import annotations

from bot.actions.base import Call, Done, Preview, Result
from bot.actions.persons import find_person, shown
from flows.commands.confirm import fingerprint_of
from flows.effects import Template
from flows.errors import CommandError
from storage.forgotten import forget
from storage.person import person_document


async def erase(call: Call) -> Result:
    """Erase a person after a code; what stays is that they opted out, by a hash."""
    known = await find_person(call)
    if any(one.address == known.address for one in call.operators):
        raise CommandError("That is an operator's phone: OPERATOR REMOVE comes first.")
    fingerprint = fingerprint_of("FORGET", {"address": known.address})
    if not call.stands(fingerprint):
        async with call.desk.database.read() as connection:
            held = await person_document(connection, call.row.workspace_id, known.address)
        counts = {name: len(held[name]) for name in ("messages", "answers", "registrations")}
        lines = [f"{name}: {count}" for name, count in counts.items() if count]
        return Preview((Template("operator_forget", {"who": shown(call, known), "lines": lines}),), fingerprint)

    workspace_id = call.row.workspace_id
    news = Template("operator_forgotten_news", {"name": call.operator_name, "who": f"@{known.number}"})
    return Done((Template("operator_forgotten"),), lambda: forget(workspace_id, known.id, known.address), news=(news,))

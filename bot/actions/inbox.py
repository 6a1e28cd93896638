"""INBOX: who waits for a person's answer."""

from __future__ import annotations

from collections.abc import Sequence

from bot.actions.base import Call, Done, Preview, Result
from bot.actions.looking import short
from bot.actions.persons import find_person, shown, who
from bot.actions.refusals import Refused
from bot.times import clock_text
from flows.commands.confirm import fingerprint_of
from flows.effects import Template
from flows.values import Key
from storage.consent import opted_out_among
from storage.people import number_of
from storage.plan import Plan
from storage.unanswered import Waiting, find_waiting, take_everybody_out, take_out, waiting_people, waiting_texts

MOST_PEOPLE = 50
"""In one answer; the next ones show as these are answered."""
MOST_TEXTS = 20
NAME, EXCERPT = 40, 80
"""Characters of each person's name and last message."""


async def inbox(call: Call) -> Result:
    """List who waits, show what one of them wrote, or take one or all of them off the list."""
    action = call.argument("action")
    if action == "done_all":
        return await _empty(call)
    if action == "done":
        return await _close(call)
    return await (_show(call) if action == "show" else _list(call))


async def _list(call: Call) -> Done:
    found = await call.desk.database.run(waiting_people(call.row.workspace_id, MOST_PEOPLE + 1))
    listed = found[:MOST_PEOPLE]
    people = await call.desk.database.run(_people(call, listed))
    return Done((Template("operator_inbox", {"people": people, "more": len(found) > MOST_PEOPLE}),))


async def _show(call: Call) -> Done:
    known = await find_person(call)
    waiting = await call.desk.database.run(find_waiting(known.id))
    if waiting is None:
        raise Refused("operator_inbox_not_waiting", who=shown(call, known), listed=False)
    texts = await call.desk.database.run(waiting_texts(waiting, MOST_TEXTS))
    zone = call.desk.house.workspace.time_zone
    lines = [
        f"{clock_text(one.created_at, zone, call.language)}: {short(one.body, one.extras, len(one.body))}"
        for one in texts
    ]
    earlier_count = max(0, waiting.message_count - len(lines))
    values = {"who": who(known), "number": known.number, "lines": lines, "earlier_count": earlier_count}
    return Done((Template("operator_inbox_person", values),))


async def _close(call: Call) -> Done:
    known = await find_person(call)
    label = shown(call, known)
    if await call.desk.database.run(find_waiting(known.id)) is None:
        raise Refused("operator_inbox_not_waiting", who=label, listed=True)

    def writes() -> Plan[None]:
        yield from take_out(known.id)

    return Done((Template("operator_inbox_done", {"who": label}),), writes)


async def _empty(call: Call) -> Result:
    """Take everybody off the list who waited when the command came, after its code."""
    found = await call.desk.database.run(waiting_people(call.row.workspace_id, MOST_PEOPLE + 1))
    if not found:
        raise Refused("operator_inbox_not_waiting", who="")
    until_at = call.row.created_at
    fingerprint = fingerprint_of("INBOX", {"action": "done_all", "until_at": until_at})
    values = {"people_count": min(len(found), MOST_PEOPLE), "more": len(found) > MOST_PEOPLE}
    if not call.stands(fingerprint):
        return Preview((Template("operator_inbox_empty", values),), fingerprint)

    def writes() -> Plan[None]:
        yield from take_everybody_out(call.row.workspace_id, until_at)

    news = Template("operator_inbox_emptied_news", {"name": call.operator_name})
    return Done((Template("operator_inbox_emptied"),), writes, news=(news,))


def _people(call: Call, listed: Sequence[Waiting]) -> Plan[list[dict[str, object]]]:
    stopped = yield from opted_out_among(call.row.workspace_id, [one.address for one in listed])
    zone = call.desk.house.workspace.time_zone
    people: list[dict[str, object]] = []
    for one in listed:
        known = yield from excerpt_of(call.row.workspace_id, one)
        people.append(
            {**known, "when": clock_text(one.last_at, zone, call.language), "stopped": one.address in stopped}
        )
    return people


def excerpt_of(workspace_id: Key, waiting: Waiting) -> Plan[dict[str, object]]:
    """Show a person who waits on one line: without the phone, with a short number, and their last words."""
    number = waiting.number or (yield from number_of(workspace_id, waiting.contact_id))
    return {
        "who": f"{waiting.name[:NAME]} @{number}" if waiting.name else f"@{number}",
        "number": number,
        "several": waiting.message_count if waiting.message_count > 1 else 0,
        "text": short(waiting.body, waiting.extras, EXCERPT),
    }

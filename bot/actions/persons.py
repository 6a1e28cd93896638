"""The one person whom a command is about."""

from __future__ import annotations

from dataclasses import replace

from bot.actions.base import Call
from bot.actions.refusals import Refused
from flows.bounds import GROUP_LENGTH, NAME_LENGTH
from flows.errors import CommandError
from storage.consent import opted_out_among
from storage.people import Known, find_by_address, find_by_number, number_of


async def find_person(call: Call) -> Known:
    """Find who is named by phone or by short number, which everybody gets here; raises `CommandError`."""
    number, phone = call.number("id"), call.argument("phone")
    workspace_id = call.row.workspace_id
    if number is None:
        found = await call.desk.database.run(find_by_address(workspace_id, phone))
    else:
        found = await call.desk.database.run(find_by_number(workspace_id, number))
    if found is None:
        raise Refused("operator_nobody_known", who=phone if number is None else f"@{number}")
    if found.number is None:
        found = replace(found, number=await call.desk.database.run(number_of(workspace_id, found.id)))
    return found


def shown(call: Call, known: Known) -> str:
    """Name a person as the operator did: who named a short number does not learn the phone."""
    if call.number("id") is None:
        return known.address
    return who(known)


def who(known: Known) -> str:
    """Name a person without the phone: Ada @12."""
    return f"{known.name} @{known.number}" if known.name else f"@{known.number}"


def check_lengths(*, name: str | None, group: str | None = None) -> None:
    """Refuse names that are longer than we keep; raises `CommandError`."""
    for kind, given, limit in (("name", name, NAME_LENGTH), ("name of a group", group, GROUP_LENGTH)):
        if given is not None and len(given) > limit:
            raise CommandError(f"That {kind} has {len(given)} characters; at most {limit} fit. Nothing was done.")


async def has_opted_out(call: Call, *addresses: str | None) -> bool:
    """Say whether the person with one of these addresses wants no messages."""
    return bool(await call.desk.database.run(opted_out_among(call.row.workspace_id, [*filter(None, addresses)])))

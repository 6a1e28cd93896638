"""ADD, REMOVE, GROUPS, REPLY, OPTOUTS: people and the groups they are in."""

from __future__ import annotations

import re

from sqlalchemy import func, select

from bot.actions.base import Call, Done
from bot.actions.sending import called
from bot.letters import Letter, post
from flows.effects import Template
from flows.errors import CommandError
from flows.language.phones import PhoneError, mask, parse_phone
from storage.channels import COMMUNITY
from storage.groups import put_into, take_out
from storage.people import ensure_contacts, find_contacts
from storage.plan import Plan
from storage.schema import group_members, groups, opt_outs

_PHONE = re.compile(r"\s*(\+?[\d(][\d\s().-]{5,18}\d)\s*(.*)", re.DOTALL)
_GROUP = re.compile(r"#([\w-]{1,60})")


async def add(call: Call) -> Done:
    """Put somebody into a group (the community without one); an opt-out of theirs stays as it is."""
    phone, rest = _phone(call)
    group = _group(rest)
    name = " ".join(_GROUP.sub("", rest).split()) or None

    def writes() -> Plan[None]:
        known = yield from ensure_contacts(call.row.workspace_id, {phone: name}, call.now_at)
        yield from put_into(call.row.workspace_id, group, known[phone], call.now_at)

    return Done(
        (Template("operator_added", {"who": name or phone, "group": group}),),
        writes,
        news=(Template("operator_added_news", {"name": called(call), "who": name or mask(phone), "group": group}),),
    )


async def remove(call: Call) -> Done:
    """Take somebody out of a group (the community without one)."""
    phone, rest = _phone(call)
    group = _group(rest)
    known = await call.desk.database.run(find_contacts(call.row.workspace_id, [phone]))
    if phone not in known:
        raise CommandError(f"{phone} is not known here: nothing to remove.")

    def writes() -> Plan[None]:
        yield from take_out(call.row.workspace_id, group, known[phone])

    return Done(
        (Template("operator_removed", {"who": phone, "group": group}),),
        writes,
        news=(Template("operator_removed_news", {"name": called(call), "who": mask(phone), "group": group}),),
    )


async def list_groups(call: Call) -> Done:
    """List the groups with their sizes."""
    async with call.desk.database.read() as connection:
        rows = await connection.execute(
            select(groups.c.name, func.count(group_members.c.contact_id))
            .outerjoin(group_members, group_members.c.group_id == groups.c.id)
            .where(groups.c.workspace_id == call.row.workspace_id)
            .group_by(groups.c.name)
            .order_by(groups.c.name)
        )
        lines = [f"{name if name == COMMUNITY else '#' + name}: {count}" for name, count in rows]
    return Done((Template("operator_list", {"lines": lines}),))


async def reply(call: Call) -> Done:
    """Write to one person."""
    phone, text = _phone(call)
    if not text:
        raise CommandError("REPLY what? For example: REPLY +15550100101 See you at six!")
    known = await call.desk.database.run(find_contacts(call.row.workspace_id, [phone]))
    if phone not in known:
        raise CommandError(f"{phone} has never written to us: nothing was sent.")
    async with call.desk.database.read() as connection:
        stopped = await connection.execute(
            select(opt_outs.c.address).where(
                opt_outs.c.workspace_id == call.row.workspace_id, opt_outs.c.address == phone, opt_outs.c.scope == "all"
            )
        )
        if stopped.first() is not None:
            raise CommandError(f"{phone} has opted out: nothing was sent.")

    def writes() -> Plan[None]:
        yield from post(call.desk.house, call.row.channel_id or b"", [Letter(phone, (text,))], call.now_at)

    return Done((Template("operator_replied", {"who": phone}),), writes)


async def list_opt_outs(call: Call) -> Done:
    """Count who opted out, and name the latest by the end of their numbers."""
    async with call.desk.database.read() as connection:
        mine = opt_outs.c.workspace_id == call.row.workspace_id
        count = (await connection.execute(select(func.count()).select_from(opt_outs).where(mine))).scalar_one()
        latest = (
            await connection.execute(
                select(opt_outs.c.address, opt_outs.c.source)
                .where(mine)
                .order_by(opt_outs.c.opted_out_at.desc())
                .limit(10)
            )
        ).all()
    lines = [f"{mask(address)} ({source})" for address, source in latest]
    return Done((Template("operator_opt_outs", {"count": count, "lines": lines}),))


def _phone(call: Call) -> tuple[str, str]:
    found = _PHONE.fullmatch(call.argument("rest"))
    verb = call.row.verb
    if found is None:
        raise CommandError(f"{verb} whom? For example: {verb} +15550100101")
    try:
        return parse_phone(found[1], call.desk.house.workspace.country), found[2].strip()
    except PhoneError as error:
        raise CommandError(f"'{found[1]}' is no phone number: write it like +15550100101.") from error


def _group(rest: str) -> str:
    found = _GROUP.search(rest)
    return found[1] if found else COMMUNITY

"""ADD, REMOVE, GROUPS, OPTOUTS, OPTOUT: people, the groups they are in, and who wants no messages."""

from __future__ import annotations

from sqlalchemy import func, select

from bot.actions.adding import add_many
from bot.actions.base import Call, Done, Result
from bot.actions.persons import check_lengths, find_person, has_opted_out, shown
from flows.audiences.canonical import group_text
from flows.effects import Template
from flows.language.phones import mask
from flows.values import ContactStatus
from storage.channels import COMMUNITY
from storage.consent import record_opt_outs
from storage.groups import put_into, take_out
from storage.people import ensure_contacts, find_by_address
from storage.plan import Plan
from storage.schema import group_members, groups, opt_outs


async def add(call: Call) -> Result:
    """Put somebody into a group (the community without one), or all whom an attached file names."""
    if call.argument("file_url"):
        return await add_many(call)
    group = call.argument("group") or COMMUNITY
    name = call.argument("name") or None
    check_lengths(name=name, group=group)
    if call.number("id") is not None:
        known = await find_person(call)
        phone, label = known.address, shown(call, known)
    else:
        phone = call.argument("phone")
        label = name or phone

    def writes() -> Plan[None]:
        found = yield from ensure_contacts(call.row.workspace_id, {phone: name}, call.now_at)
        yield from put_into(call.row.workspace_id, group, [found[phone]], call.now_at)

    says = [Template("operator_added", {"who": label, "group": group_text(group)})]
    if await has_opted_out(call, phone):
        says.append(Template("operator_added_opted_out", {"who": label}))
    status = await _status_of(call, phone)
    if status != ContactStatus.ACTIVE:
        is_banned, is_inactive = status == ContactStatus.BLOCKED, status == ContactStatus.INACTIVE
        values = {"who": label, "banned": is_banned, "inactive": is_inactive}
        says.append(Template("operator_added_status", values))
    news = Template(
        "operator_added_news", {"name": call.operator_name, "who": name or mask(phone), "group": group_text(group)}
    )
    return Done(tuple(says), writes, news=(news,))


async def _status_of(call: Call, phone: str) -> str:
    known = await call.desk.database.run(find_by_address(call.row.workspace_id, phone))
    return known.status if known is not None else ContactStatus.ACTIVE


async def remove(call: Call) -> Done:
    """Take somebody out of a group (the community without one)."""
    group = call.argument("group") or COMMUNITY
    known = await find_person(call)

    def writes() -> Plan[None]:
        yield from take_out(call.row.workspace_id, group, known.id)

    label = shown(call, known)
    news = Template(
        "operator_removed_news", {"name": call.operator_name, "who": mask(known.address), "group": group_text(group)}
    )
    return Done((Template("operator_removed", {"who": label, "group": group_text(group)}),), writes, news=(news,))


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


async def opt_out(call: Call) -> Done:
    """Record that somebody told us by another way to stop; it holds like their own STOP."""
    phone = call.argument("phone")
    if call.number("id") is not None:
        phone = (await find_person(call)).address

    def writes() -> Plan[None]:
        known = yield from ensure_contacts(call.row.workspace_id, {phone: None}, call.now_at)
        note = call.argument("note") or None
        yield from record_opt_outs(call.row.workspace_id, known, call.now_at, source="manual", note=note)

    label = phone if call.number("id") is None else f"@{call.number('id')}"
    news = Template("operator_opted_out_news", {"name": call.operator_name, "who": mask(phone)})
    return Done((Template("operator_opted_out", {"who": label}),), writes, news=(news,))

"""OPERATOR: who may command."""

from __future__ import annotations

from bot.actions.base import Call, Done, Preview, Result
from bot.actions.persons import check_lengths
from flows.commands.confirm import fingerprint_of
from flows.effects import Template
from flows.errors import CommandError
from flows.values import Operator, OperatorSource
from storage.audit.chain import Marks
from storage.campaigns.rows import open_campaigns
from storage.commands import drop_pending
from storage.operators import Grant, all_operators, remove_operator, save_operator
from storage.plan import Plan
from storage.schedules import open_schedules


async def operator(call: Call) -> Result:
    """List operators; add or remove one after a code."""
    action = call.argument("action")
    if action == "list":
        known = await call.desk.database.run(all_operators(call.row.workspace_id))
        names = {one.id: one.shown for one in known}
        rows = [_shown(one, names) for one in known if one.is_active]
        return Done((Template("operator_operators", {"rows": rows}),))
    return _add(call) if action == "add" else await _remove(call)


def _add(call: Call) -> Result:
    phone, role, name = call.argument("phone"), call.argument("role"), call.argument("name") or None
    if phone == call.operator.address and role != call.operator.role:
        raise CommandError("You cannot change your own role: ask another admin.")
    check_lengths(name=name)
    fingerprint = fingerprint_of("OPERATOR", {"action": "add", "phone": phone, "role": role, "name": name})
    if not call.stands(fingerprint):
        return Preview((Template("operator_may_command", {"who": phone, "role": role}),), fingerprint)

    def writes() -> Plan[None]:
        grant = Grant(OperatorSource.COMMAND, call.operator.id)
        yield from save_operator(call.row.workspace_id, phone, name, role, call.now_at, grant=grant)

    news = Template("operator_added_operator", {"name": call.operator_name, "who": name or phone, "role": role})
    return Done((Template("operator_done"),), writes, news=(news,))


async def _remove(call: Call) -> Result:
    phone = call.argument("phone")
    found = next((one for one in call.operators if one.address == phone), None)
    if found is None:
        raise CommandError(f"{phone} is no operator. OPERATOR LIST names them.")
    if phone == call.operator.address:
        raise CommandError("You cannot remove yourself: ask another admin.")
    fingerprint = fingerprint_of("OPERATOR", {"action": "remove", "phone": phone})
    if not call.stands(fingerprint):
        numbers = await _open_of(call, found)
        values = {"who": found.name or phone, "role": found.role, "numbers": ", ".join(map(str, numbers))}
        return Preview((Template("operator_may_not_command", values),), fingerprint)

    def writes() -> Plan[Marks]:
        yield from remove_operator(call.row.workspace_id, phone, call.now_at)
        return (yield from drop_pending(call.row.workspace_id, found.id, call.now_at))

    news = Template("operator_removed_operator", {"name": call.operator_name, "who": found.name or phone})
    return Done((Template("operator_done"),), writes, news=(news,))


def _shown(one: Operator, names: dict[bytes, str]) -> dict[str, object]:
    giver = names.get(one.granted_by or b"", "")
    return {
        "number": one.number,
        "who": one.name or one.address,
        "role": one.role,
        "source": one.source,
        "giver": giver,
    }


async def _open_of(call: Call, operator: Operator) -> list[int]:
    """Number the campaigns and schedules of an operator that would pause with the right to command."""
    campaigns = await call.desk.database.run(open_campaigns(call.row.workspace_id))
    schedules = await call.desk.database.run(open_schedules(call.row.workspace_id))
    own = [one.number for one in campaigns if one.operator_id == operator.id]
    return sorted([*own, *(one.number for one in schedules if one.operator_id == operator.id)])

"""OPERATOR: who may command."""

from __future__ import annotations

from bot.actions.base import Call, Done, Preview, Result
from bot.actions.persons import check_lengths
from flows.commands.confirm import fingerprint_of
from flows.effects import Template
from flows.errors import CommandError
from storage.operators import all_operators, remove_operator, save_operator
from storage.plan import Plan


async def operator(call: Call) -> Result:
    """List operators; add or remove one after a code."""
    action = call.argument("action")
    if action == "list":
        known = await call.desk.database.run(all_operators(call.row.workspace_id))
        lines = [f"{one.number} {one.name or one.address}: {one.role}" for one in known if one.is_active]
        return Done((Template("operator_list", {"lines": lines}),))
    return _add(call) if action == "add" else _remove(call)


def _add(call: Call) -> Result:
    phone, role, name = call.argument("phone"), call.argument("role"), call.argument("name") or None
    if phone == call.operator.address and role != call.operator.role:
        raise CommandError("You cannot change your own role: ask another admin.")
    check_lengths(name=name)
    fingerprint = fingerprint_of("OPERATOR", {"action": "add", "phone": phone, "role": role, "name": name})
    if not call.stands(fingerprint):
        return Preview((Template("operator_may_command", {"who": phone, "role": role}),), fingerprint)

    def writes() -> Plan[None]:
        yield from save_operator(call.row.workspace_id, phone, name, role, call.now_at)

    news = Template("operator_added_operator", {"name": call.operator_name, "who": name or phone, "role": role})
    return Done((Template("operator_done"),), writes, news=(news,))


def _remove(call: Call) -> Result:
    phone = call.argument("phone")
    found = next((one for one in call.operators if one.address == phone), None)
    if found is None:
        raise CommandError(f"{phone} is no operator. OPERATOR LIST names them.")
    if phone == call.operator.address:
        raise CommandError("You cannot remove yourself: ask another admin.")
    fingerprint = fingerprint_of("OPERATOR", {"action": "remove", "phone": phone})
    if not call.stands(fingerprint):
        values = {"who": found.name or phone, "role": found.role}
        return Preview((Template("operator_may_not_command", values),), fingerprint)

    def writes() -> Plan[None]:
        yield from remove_operator(call.row.workspace_id, phone, call.now_at)

    news = Template("operator_removed_operator", {"name": call.operator_name, "who": found.name or phone})
    return Done((Template("operator_done"),), writes, news=(news,))

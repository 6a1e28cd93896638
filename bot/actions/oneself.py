"""HELP, WHOAMI, MORE, and who may command: OPERATOR."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from bot.actions.base import Call, Done, Preview, Result
from bot.actions.sending import called
from bot.letters import page_of
from flows.commands.verbs import BY_NAME, ROLES, VERBS, may, near_verb
from flows.effects import Template
from flows.errors import CommandError
from flows.language.phones import PhoneError, parse_phone
from storage.commands import change_command, last_answered
from storage.operators import all_operators, remove_operator, save_operator
from storage.plan import Plan


async def show_help(call: Call) -> Done:
    """List the commands of the role, or explain one."""
    word = call.argument("rest").strip()
    if not word:
        names = [verb.name for verb in VERBS if may(call.operator.role, verb)]
        return Done((Template("operator_help", {"names": names, "example": names[-1]}),))
    verb = BY_NAME.get(word.upper()) or near_verb(word)
    if verb is None or not may(call.operator.role, verb):
        raise CommandError(f"There is no command {word}. HELP lists them.")
    values = {"usage": verb.usage, "summary": verb.summary, "example": verb.example}
    return Done((Template("operator_help_one", values),))


async def whoami(call: Call) -> Done:
    """Say who the operator is here."""
    operator = call.operator
    values = {"name": operator.name or "", "number": operator.number, "role": operator.role}
    return Done((Template("operator_whoami", {**values, "organisation": call.desk.house.workspace.name}),))


async def more(call: Call) -> Done:
    """Show the next page of the last long answer."""
    last = await call.desk.database.run(last_answered(call.row.workspace_id, call.row.address))
    page = page_of(last.answer, last.page) if last is not None and last.answer else ""
    if last is None or not page:
        raise CommandError("There is nothing more to show.")
    shown = replace(last, page=last.page + 1)

    def writes() -> Plan[None]:
        yield from change_command(shown, last.status)

    return Done((page,), writes)


async def operator(call: Call) -> Result:
    """List, add (after a code) or remove operators."""
    what, _, rest = call.argument("rest").strip().partition(" ")
    if what.upper() == "LIST":
        known = await call.desk.database.run(all_operators(call.row.workspace_id))
        lines = [f"{one.number} {one.name or one.address}: {one.role}" for one in known if one.is_active]
        return Done((Template("operator_list", {"lines": lines}),))
    words = rest.split()
    if what.upper() not in ("ADD", "REMOVE") or not words:
        raise CommandError(
            "For example: OPERATOR ADD +15550100102 manager, OPERATOR REMOVE +15550100102, OPERATOR LIST"
        )
    phone = _phone(call, words[0])
    if what.upper() == "ADD":
        return _add(call, phone, words[1:])
    if phone == call.operator.address:
        raise CommandError("You cannot remove yourself: ask another admin.")

    def writes() -> Plan[None]:
        yield from remove_operator(call.row.workspace_id, phone, call.now_at)

    news = Template("operator_removed_operator", {"name": called(call), "who": phone})
    return Done((Template("operator_done"),), writes, news=(news,))


def _add(call: Call, phone: str, words: list[str]) -> Result:
    role = words[0].lower() if words else ""
    if role not in ROLES:
        raise CommandError(f"In which role? {', '.join(ROLES)}. For example: OPERATOR ADD {phone} viewer")
    name = " ".join(words[1:]) or None
    fingerprint = hashlib.sha256(f"OPERATOR ADD\0{phone}\0{role}\0{name}".encode()).digest()
    if not call.is_confirmed or fingerprint != call.row.fingerprint:
        return Preview((Template("operator_may_command", {"who": phone, "role": role}),), fingerprint)

    def writes() -> Plan[None]:
        yield from save_operator(call.row.workspace_id, phone, name, role, call.now_at)

    news = Template("operator_added_operator", {"name": called(call), "who": name or phone, "role": role})
    return Done((Template("operator_done"),), writes, news=(news,))


def _phone(call: Call, text: str) -> str:
    try:
        return parse_phone(text, call.desk.house.workspace.country)
    except PhoneError as error:
        raise CommandError(f"'{text}' is no phone number: write it like +15550100102.") from error

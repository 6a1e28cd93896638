"""HELP, WHOAMI, MORE and ABORT: the operator's own affairs."""

from __future__ import annotations

from dataclasses import replace

from bot.actions.base import Call, Done, refused
from bot.codes import on_side_of
from bot.letters import page_of
from flows.commands.help import help_about, help_for
from flows.effects import Template
from storage.audit.chain import Marks
from storage.commands import change_command, declined_at, last_answered, pending_commands
from storage.plan import Plan


async def show_help(call: Call) -> Done:
    """List the commands of the role, or explain one."""
    verb = call.argument("verb")
    if not verb:
        return Done((help_for(call.operator.role),))
    about = help_about(call.operator.role, verb, call.argument("action"))
    return Done((about or Template("operator_not_allowed", {"verb": verb, "role": call.operator.role}),))


async def whoami(call: Call) -> Done:
    """Say who the operator is here."""
    operator = call.operator
    values = {"name": operator.name or "", "number": operator.number, "role": operator.role}
    return Done((Template("operator_whoami", {**values, "organisation": call.desk.house.workspace.name}),))


async def more(call: Call) -> Done:
    """Show the next page of the last long answer."""
    last = await call.desk.database.run(last_answered(call.row.workspace_id, call.row.address))
    footer = call.desk.house.texts.render(Template("operator_more"), call.language)
    page = page_of(last.answer, last.page, footer) if last is not None and last.answer else ""
    if last is None or not page:
        return refused(Template("operator_more_nothing"))
    shown = replace(last, page=last.page + 1)

    def writes() -> Plan[Marks]:
        return (yield from change_command(shown, last.status))

    return Done((page,), writes)


async def abort(call: Call) -> Done:
    """Drop the command that waits for its code; a second admin drops the one that waits for a second admin."""
    waiting = await call.desk.database.run(pending_commands(call.row.workspace_id, call.now_at))
    waiting = on_side_of(call.desk.house, call.row, waiting)
    own = [one for one in waiting if one.address == call.row.address]
    shared = [one for one in waiting if one.is_shared and call.operator.role == "admin"]
    dropped = next(iter(own or shared), None)
    if dropped is None:
        return refused(Template("operator_dropped_nothing"))

    def writes() -> Plan[Marks]:
        return (yield from change_command(declined_at(dropped, call.now_at), "pending"))

    values = {"verb": dropped.verb, "name": call.operator_name}
    news = (Template("operator_dropped_news", values),) if dropped.is_shared else ()
    return Done((Template("operator_dropped", {"verb": dropped.verb}),), writes, news=news)

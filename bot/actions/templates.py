"""TEMPLATES, and texts that name one: only what the provider approved may be sent."""

from __future__ import annotations

from bot.actions.base import Call, Done
from bot.actions.pictures import take_picture
from flows.campaigns.templates import Content, MessageTemplate, fill_template, read_call
from flows.effects import Template
from flows.errors import CommandError
from storage.templates import read_templates


async def list_templates(call: Call) -> Done:
    """List the templates, where each stands at the provider, and its gaps."""
    return Done((Template("operator_list", {"lines": [_line(one) for one in await _known(call)]}),))


async def content_of_command(call: Call) -> Content:
    """Return what a command sends: its text with a picture, or the template it names; raises `CommandError`."""
    text = call.argument("text")
    named = read_call(text)
    if named is None:
        return Content(text, picture=await take_picture(call))
    if call.argument("file_url"):
        raise CommandError("A template brings its own picture: send the command again without one.")
    name, values = named
    known = await _known(call)
    found = next((one for one in known if one.name.lower() == name.lower()), None)
    if found is None:
        names = ", ".join(one.name for one in known) or "none"
        raise CommandError(f"There is no template {name}. Known: {names}.")
    return fill_template(found, values)


async def _known(call: Call) -> tuple[MessageTemplate, ...]:
    async with call.desk.database.read() as connection:
        return await read_templates(connection, call.row.workspace_id)


def _line(one: MessageTemplate) -> str:
    gaps = f" ({', '.join(parameter.name for parameter in one.parameters)})" if one.parameters else ""
    plain = "" if one.content_sid else ", plain text only (no content SID)"
    return f"{one.name}{gaps}: {one.status}{plain}"

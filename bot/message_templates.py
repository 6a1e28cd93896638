"""What `rollcall template` does to the database."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.clock import wall_clock
from bot.offline import opened
from bot.settings import Settings
from flows.campaigns.templates import APPROVED, MessageTemplate, Parameter, gaps
from flows.errors import ConfigError
from storage.templates import read_templates, remove_template, save_template

_SID = re.compile(r"HX[0-9a-fA-F]{32}")
_NAME = re.compile(r"[\w.-]{1,255}")


@dataclass(frozen=True, slots=True)
class NewTemplate:
    """A template as it is typed on the command line."""

    name: str
    sid: str
    text: str
    numbers: tuple[str, ...] = ()
    """The gaps that take only numbers."""
    language: str = "en"
    category: str = "utility"


async def list_templates(settings: Settings) -> list[str]:
    """Return a line about each template."""
    async with opened(settings) as (database, workspace), database.read() as connection:
        known = await read_templates(connection, workspace.id)
    return [_line(one) for one in known] or ["There are no templates yet: `rollcall template add --help` shows how."]


async def add_template(settings: Settings, new: NewTemplate) -> str:
    """Write a template; raises `ConfigError` that says what is wrong with it."""
    template = _read(new)
    async with opened(settings) as (database, workspace):
        plan = save_template(
            workspace.id, template, wall_clock(), language=new.language[:10], category=new.category[:50]
        )
        was_there = await database.run(plan)
    said = "replaced" if was_there else "added"
    return f"Template {_line(template)}: {said}. To send it: BLAST community: {_usage(template)}"


async def drop_template(settings: Settings, name: str) -> str:
    """Delete a template; raises `ConfigError` where there is none of that name."""
    async with opened(settings) as (database, workspace):
        if not await database.run(remove_template(workspace.id, name, wall_clock())):
            raise ConfigError(f"There is no template {name}: `rollcall template list` shows them.")
    return f"Template {name} is removed."


def _read(new: NewTemplate) -> MessageTemplate:
    if not _NAME.fullmatch(new.name):
        raise ConfigError(f"'{new.name}' cannot be a name: use letters, digits, '_', '-' and '.', such as order_ready.")
    if not _SID.fullmatch(new.sid):
        raise ConfigError(f"'{new.sid}' is not a content SID: it is HX and 32 hexadecimal digits, in Twilio's console.")
    named = gaps(new.text)
    numbered = tuple(gap for gap in named if gap.isdecimal())
    if numbered and set(numbered) != {str(place) for place in range(1, len(numbered) + 1)}:
        raise ConfigError(f"The gaps {', '.join(numbered)} leave one out: number them {{{{1}}}}, {{{{2}}}} and so on.")
    if numbered and len(numbered) != len(named):
        raise ConfigError("The text mixes numbered and named gaps: use one kind, as the template at Twilio does.")
    unknown = [gap for gap in new.numbers if gap not in named]
    if unknown:
        raise ConfigError(f"--number {unknown[0]}: the text has no gap {{{{{unknown[0]}}}}}.")
    ordered = sorted(named, key=int) if numbered else named
    parameters = tuple(Parameter(gap, "number" if gap in new.numbers else "text") for gap in ordered)
    return MessageTemplate(new.name, APPROVED, new.text, parameters, new.sid)


def _line(one: MessageTemplate) -> str:
    named = f" ({', '.join(parameter.name for parameter in one.parameters)})" if one.parameters else ""
    return f"{one.name}{named}  {one.status}  {one.content_sid or 'no content SID'}"


def _usage(one: MessageTemplate) -> str:
    values = " | ".join("{name}" if place == 0 else "value" for place, _one in enumerate(one.parameters))
    return f"template {one.name}{f': {values}' if values else ''}"

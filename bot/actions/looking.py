"""HISTORY and SEARCH: what was said."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, or_, select

from bot.actions.base import Call, Done
from bot.actions.persons import find_person, shown
from bot.times import clock_text
from flows.commands.wording import say_silence
from flows.effects import Template
from flows.values import Purpose
from storage.documents import load
from storage.messages import SILENCE, silence_of
from storage.people import mark_read
from storage.schema import messages
from storage.search import catch_up, search

IS_TALK = or_(messages.c.purpose.is_(None), messages.c.purpose != Purpose.COMMAND.value)
"""What was said to an operator about commands, with its codes, is nobody else's business."""
_UNANSWERED = and_(messages.c.direction == "inbound", messages.c.extras[SILENCE].as_string().is_not(None))
"""A command that got no answer is shown with the reason, but without its words."""
LAST = 20
FOUND = 15
SHOWN = 160
"""Characters of a message."""
WHY = 60
"""Characters of what kept a message from arriving."""
_SHOWN = (
    *(messages.c.direction, messages.c.status, messages.c.body, messages.c.created_at, messages.c.extras),
    *(messages.c.purpose, messages.c.error_code, messages.c.error_text),
)


async def history(call: Call) -> Done:
    """Show the last messages with one person, newest first."""
    known = await find_person(call)
    async with call.desk.database.read() as connection:
        rows = (
            await connection.execute(
                select(*_SHOWN)
                .where(messages.c.contact_id == known.id, or_(IS_TALK, _UNANSWERED))
                .order_by(messages.c.id.desc())
                .limit(LAST)
            )
        ).all()
    says = Template("operator_history", {"who": shown(call, known), "lines": [_line(call, row) for row in rows]})
    return Done((says,), lambda: mark_read(known.id))


async def find_messages(call: Call) -> Done:
    """Find messages that hold all of the words, newest first; words in quotes stand together."""
    workspace_id = call.row.workspace_id
    while await call.desk.database.run(catch_up(workspace_id)):
        pass
    found = await call.desk.database.run(search(workspace_id, call.argument("words"), FOUND))
    zone = call.desk.house.workspace.time_zone
    lines = [
        f"{clock_text(one.created_at, zone, call.language)} {_arrow(one.direction, one.status)} {one.who}:"
        f" {short(one.body, None)}"
        for one in found
    ]
    return Done((Template("operator_found", {"text": call.argument("words"), "lines": lines}),))


def _line(call: Call, row: Any) -> str:
    """Write a message on one line: when, which way, its words, and what kept it or its answer from leaving."""
    when = clock_text(row.created_at, call.desk.house.workspace.time_zone, call.language)
    arrow = _arrow(row.direction, row.status, row.error_text or row.error_code)
    said = "[command]" if row.purpose == Purpose.COMMAND.value else short(row.body, row.extras)
    return f"{when} {arrow} {said}{_silence(call, row.extras, row.status) if row.direction == 'inbound' else ''}"


def short(body: str, extras: object, limit: int = SHOWN) -> str:
    """Show a message on one line: its beginning, and what came with it."""
    line = " ".join(body.split())
    line = line if len(line) <= limit else f"{line[: limit - 3]}..."
    document = load(extras) if isinstance(extras, str) else extras
    media = document.get("media", ()) if isinstance(document, dict) else ()
    return " ".join([*([line] if line else []), *("[file]" for _one in media)])


def _silence(call: Call, extras: object, status: str) -> str:
    """Return why an inbound message got no answer; nothing where it got one."""
    reason = silence_of(extras, status)
    if reason is None:
        return ""
    return f" ({call.desk.house.texts.render(say_silence(reason), call.language)})"


def _arrow(direction: str, status: str, error: str | None = None) -> str:
    if direction == "inbound":
        return ">"
    if status in ("sent", "delivered", "read"):
        return "<"
    return f"< ({status}: {short(error, None, WHY)})" if error else f"< ({status})"

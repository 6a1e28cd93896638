"""EVENT NEW: an event that people can register for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.actions.base import Call, Done, refused
from flows.consent.keywords import is_reserved
from flows.effects import Template
from flows.errors import CommandError
from flows.language.text import normalise, words
from flows.registration.definition import parse_event
from flows.registration.words import is_taken
from flows.schedules.reading import parse_when
from flows.schedules.values import Recurrence, Refusal
from flows.schedules.wording import notes, refusal_text, when_text
from flows.values import SECOND
from storage.catalogue import save_event
from storage.plan import Plan

SHORTEST = 3
"""Letters of a keyword that we choose ourselves."""


async def new_event(call: Call) -> Done:
    """Open an event; without a keyword the last word of its title that is free becomes it."""
    title = call.argument("title")
    known = [one.title.casefold() for one in call.desk.house.catalogue.events.values()]
    if title.casefold() in known:
        raise CommandError(f"There is an event '{title}' already. EVENTS lists them. Give the new one another title.")
    keyword = call.argument("keyword") or next(_free_words(call, title), "")
    if not keyword:
        raise CommandError(f"Give it a keyword that people text: EVENT NEW {title}, keyword <word>")
    document: dict[str, object] = {"title": title, "keyword": keyword.upper()}
    document |= {"place": call.argument("place")} if call.argument("place") else {}
    document |= {"capacity": call.number("seats")} if call.number("seats") else {}
    lines: tuple[str, ...] = ()
    if call.argument("on"):
        when = parse_when(call.argument("on"), call.row.created_at, _zone(call))
        if isinstance(when, Refusal):
            return refused(refusal_text(when, call.language))
        if isinstance(when, Recurrence):
            raise CommandError("An event has one date. For example: EVENT NEW Spring Gala on 14 may 6pm")
        document["starts"] = _local(when.due_at, _zone(call))
        lines = (when_text(when, _zone(call), call.language), *notes(when, call.language))
    return _open(call, document, keyword.upper(), lines)


def _open(call: Call, document: dict[str, object], keyword: str, lines: tuple[str, ...]) -> Done:
    event = parse_event(document, call.now_at, _zone(call))

    def writes() -> Plan[None]:
        yield from save_event(call.row.workspace_id, event, call.now_at)

    values = {"title": event.title, "keyword": keyword}
    news = Template("operator_event_news", {**values, "name": call.operator_name})
    return Done((Template("operator_event", values), *lines), writes, news=(news,))


def _free_words(call: Call, title: str) -> Iterator[str]:
    """Give the words of a title that may be its keyword, the last one first."""
    taken = call.desk.house.catalogue.triggers
    for word in reversed(words(title)):
        is_ours = is_reserved(word) or is_taken(word) or normalise(word) in taken
        if len(word) >= SHORTEST and word.isalpha() and not is_ours:
            yield word


def _zone(call: Call) -> str:
    return call.desk.house.workspace.time_zone


def _local(at: int, zone: str) -> str:
    return f"{datetime.fromtimestamp(at // SECOND, ZoneInfo(zone)):%Y-%m-%d %H:%M}"

"""EVENT: which action, and on which event."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping

from bot.actions import event_changes, event_lists
from bot.actions.base import Call, Result
from bot.actions.event_new import new_event
from bot.actions.refusals import refuse_event
from bot.house import know_offers
from flows.commands.parts import read_person
from flows.registration.finding import find_event, is_named
from flows.registration.wording import short_name
from flows.values import Event

MOST_NAMED = 8
_TO = re.compile(r"\s(?:to|from|into|for|a|al|de|del)\s", re.IGNORECASE)
_PREPOSITION = re.compile(r"^(?:to|from|into|for|a|al|de|del)\s+(?:the\s+)?", re.IGNORECASE)


async def event(call: Call) -> Result:
    """Open an event, show one, change it, or change its list."""
    await call.desk.database.run(know_offers(call.desk.house))  # the command before this one may have changed it
    action = call.argument("action")
    if action == "new":
        return await new_event(call)
    found, rest = _named(call, _person_last(call) if action in ("add", "drop") else call.argument("rest"))
    return await _ACTIONS[action](call, found, rest)


def _person_last(call: Call) -> str:
    """Put the event before the person: "@12 to GALA" is "GALA @12"."""
    text, house = call.argument("rest").strip(), call.desk.house
    known = house.catalogue.events.values()
    if text[:1] not in ("@", "+") and find_event(known, text) is not None:
        return text
    found = read_person(text, house.workspace.country)
    if isinstance(found, tuple):
        event = _PREPOSITION.sub("", found[1])
        return f"{event} {text[: len(text) - len(found[1])].strip()}" if event else text
    name, _, event = text.rpartition(next(iter(_TO.findall(text)[-1:]), "\0"))
    return f"{event} {name}" if name and is_named(known, event) else text


def _named(call: Call, text: str) -> tuple[Event, str]:
    known = call.desk.house.catalogue.events.values()
    found = find_event(known, text)
    if found is not None:
        return found
    names = [short_name(one) for one in known]
    raise refuse_event("unknown", text=text[:40], listed=", ".join(names[-MOST_NAMED:]))


_ACTIONS: Mapping[str, Callable[[Call, Event, str], Awaitable[Result]]] = {
    "show": event_lists.show,
    "add": event_lists.add,
    "drop": event_lists.drop,
    "close": event_changes.close,
    "open": event_changes.reopen,
    "move": event_changes.move,
    "rename": event_changes.rename,
    "seats": event_changes.change_seats,
    "cancel": event_changes.cancel,
    "delete": event_changes.delete,
}

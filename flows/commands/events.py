"""EVENT: what is to be done, and with which event."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flows.commands.event_new import read_event
from flows.commands.nearness import is_near
from flows.commands.parts import Missing, Part, tidy
from flows.language.text import normalise
from flows.registration.finding import find_event, is_named
from flows.values import Event

ACTIONS: Mapping[str, str] = {
    **dict.fromkeys(("new", "nuevo", "nueva", "create", "crear"), "new"),
    **dict.fromkeys(("show", "list", "mostrar", "ver"), "show"),
    **dict.fromkeys(("close", "cerrar"), "close"),
    **dict.fromkeys(("open", "reopen", "abrir", "reabrir"), "open"),
    **dict.fromkeys(("move", "reschedule", "postpone", "mover", "aplazar", "cambiar"), "move"),
    **dict.fromkeys(("rename", "renombrar"), "rename"),
    **dict.fromkeys(("seats", "capacity", "plazas", "cupo"), "seats"),
    **dict.fromkeys(("cancel", "cancelar", "anular"), "cancel"),
    **dict.fromkeys(("delete", "borrar", "eliminar"), "delete"),
    **dict.fromkeys(("add", "agregar", "anadir"), "add"),
    **dict.fromkeys(("drop", "remove", "quitar", "sacar"), "drop"),
}
"""What EVENT can do, by each word for it, normalised."""


def read_event_command(text: str, events: Sequence[Event]) -> Mapping[str, object] | Missing | None:
    """Read what follows EVENT: an action with the rest as it stands, or an event alone, which is shown.

    The event may stand before its action: "EVENT GALA CLOSE". Return None for a sentence that happens to begin with the
    word.
    """
    first, rest = _split(text)
    action = ACTIONS.get(normalise(first))
    if action is None:
        return _without_action(text, first, events)
    if action == "new":
        return read_event(rest)
    return {"action": action, "rest": rest} if tidy(rest) else Missing(Part.EVENT, first)


def _without_action(text: str, first: str, events: Sequence[Event]) -> Mapping[str, object] | Missing | None:
    if not tidy(text):
        return Missing(Part.EVENT_ACTION)
    found = find_event(events, text)
    if found is not None:
        event, after = found
        if not tidy(after):
            return {"action": "show", "rest": str(event.number)}
        verb, rest = _split(after)
        action = ACTIONS.get(normalise(verb))
        if action is None or action == "new":
            return Missing(Part.EVENT_ACTION, verb)
        return {"action": action, "rest": f"{event.number} {rest}".strip()}
    if len(text.split()) == 1:
        return {"action": "show", "rest": tidy(text)}
    is_meant = any(is_near(normalise(first), word) for word in ACTIONS) or is_named(events, _split(text)[1])
    return Missing(Part.EVENT_ACTION, first) if is_meant else None


def _split(text: str) -> tuple[str, str]:
    """Split off the first word."""
    first, *rest = text.split(None, 1) or [""]
    return first.rstrip(":,."), rest[0] if rest else ""

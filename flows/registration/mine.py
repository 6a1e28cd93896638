"""MY EVENTS, "cancel my registration" and "I can't come": a person and the events they are down for."""

from __future__ import annotations

import re

from flows.effects import Outcome, Reply, Template
from flows.registration.leaving import is_on_list, leave_events
from flows.registration.seats import is_past, place_of
from flows.registration.wording import short_name, show_when
from flows.registration.words import mine_words
from flows.turn import Turn
from flows.values import Event, RegistrationStatus

MOST_SHOWN = 8
_CANCEL = re.compile(
    r"(?:please )?(?:cancel|remove|delete|undo) my (?:registration|booking|reservation|rsvp|seat|spot|place)"
    r"(?: (?:for|to|at|of|from|in))?(?: (?P<event>.+?))??(?: please)?"
    r"|(?:por favor )?(?:cancelar?|anular?|borrar?|quitar?) mi (?:inscripcion|registro|reserva|plaza)"
    r"(?: (?:de|del|para|en|a|al))?(?: (?P<evento>.+?))??(?: por favor)?"
)
_CANNOT = re.compile(
    r"(?:sorry )?(?:i|we) (?:cant|cannot|can not|wont be able to) (?:come|make it|attend|be there|go)"
    r"(?: anymore| any more| after all)?(?: sorry)?"
    r"|(?:perdon |lo siento )?(?:ya )?no (?:puedo|podre|podemos|voy a poder) (?:ir|venir|asistir)"
)


def mine(turn: Turn, text: str) -> Outcome | None:
    """Take a normalised text that is about the person's own events; None where it is not.

    That somebody cannot come takes them off a list only where no dialogue is open, which may have asked for that.
    """
    if text in mine_words():
        return _show(turn)
    found = _CANCEL.fullmatch(text)
    if found is not None:
        return leave_events(turn, found["event"] or found["evento"] or "")
    is_free = turn.contact.session is None and any(_is_coming(turn, event) for event in _events(turn))
    return leave_events(turn, "") if is_free and _CANNOT.fullmatch(text) else None


def _show(turn: Turn) -> Outcome:
    coming = sorted((event for event in _events(turn) if _is_coming(turn, event)), key=lambda one: one.starts_at or 0)
    shown = [
        {
            "title": event.title,
            "when": show_when(event, turn.language),
            "waits": place_of(turn.contact, event) is RegistrationStatus.WAITING,
            "off": event.is_cancelled,
        }
        for event in coming[:MOST_SHOWN]
    ]
    values = {
        "events": shown,
        "more": len(coming) - len(shown),
        "keyword": next((short_name(event) for event in coming if not event.is_cancelled), ""),
        "organisation": turn.workspace.name,
    }
    return Outcome(turn.contact.session, (Reply((Template("my_events", values),)),))


def _events(turn: Turn) -> list[Event]:
    return [event for event in turn.catalogue.events.values() if not is_past(event, turn.now_at)]


def _is_coming(turn: Turn, event: Event) -> bool:
    return is_on_list(turn.contact, event)

"""An event by what people call it: its keywords, its title, its number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from flows.language.text import normalise
from flows.values import Event

MOST_WORDS = 40
"""Of a title, with what people put around it."""


def find_event(events: Iterable[Event], text: str) -> tuple[Event, str] | None:
    """Find the event that a text begins with, by the longest name, and give the text after it; None for none.

    A keyword wins over a title, and a title over a number.
    """
    known = _by_name(events)
    words = text.split(None, MOST_WORDS)
    for count in range(min(len(words), MOST_WORDS), 0, -1):
        event = known.get(normalise(" ".join(words[:count])))
        if event is not None:
            return event, text.split(None, count)[count].strip() if len(words) > count else ""
    return None


def is_named(events: Iterable[Event], text: str) -> bool:
    """Return whether a text, as a whole, is the name of an event."""
    return normalise(text) in _by_name(events)


def _by_name(events: Iterable[Event]) -> Mapping[str, Event]:
    listed = tuple(events)
    known = {str(event.number): event for event in listed}
    known |= {normalise(event.title): event for event in listed}
    known |= {normalise(keyword): event for event in listed for keyword in event.keywords}
    known.pop("", None)
    return known

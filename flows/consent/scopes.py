"""The scopes of an opt-out: everything, one event, or one survey."""

from __future__ import annotations

from flows.values import Key

ALL = "all"


def event_scope(number: int) -> str:
    """Return the scope of an event's messages, by its number."""
    return f"event:{number}"


def survey_scope(flow_id: Key) -> str:
    """Return the scope of a survey's messages."""
    return f"survey:{flow_id.hex()}"

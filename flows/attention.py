"""Messages that a person should look at."""

from __future__ import annotations

from flows.effects import LeaveForPerson
from flows.turn import Turn


def for_person(turn: Turn) -> tuple[LeaveForPerson, ...]:
    """Leave a message for a person; not what an operator writes."""
    return (LeaveForPerson(),) if turn.operator is None else ()

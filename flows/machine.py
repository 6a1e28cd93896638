"""State machines as python-statemachine classes, compiled once to a table.

The classes are the notation: checked at import, drawn as diagrams. Rehydrating a live instance for
every message would cost hundreds of microseconds, so dialogues step through the table instead; a test
holds every (state, event) of each table against the library itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from statemachine import StateMachine

from flows.errors import FlowError

Table = Mapping[tuple[str, str], str]
"""(state, event) -> next state, by their ids."""


def compile_table(machine: type[StateMachine]) -> Table:
    """Turn a flat machine without guards into its transition table."""
    table: dict[tuple[str, str], str] = {}
    for state in machine.states:
        for transition in state.transitions:
            for event in transition.events:
                table.setdefault((state.id, str(event)), transition.target.id)
    return MappingProxyType(table)


def advance(table: Table, state: str, event: str) -> str:
    """Follow one event from a state; raises `FlowError` where the machine does not allow it."""
    target = table.get((state, event))
    if target is None:
        raise FlowError(f"'{event}' is not possible in the state '{state}'.")
    return target

"""The state machines, drawn as Mermaid text."""

from __future__ import annotations

from statemachine import StateMachine

from flows.errors import CommandError
from flows.lifecycle import OutboundMessage
from flows.machine import compile_table
from flows.registration.machine import JoinDialogue, NameDialogue, Registration
from flows.surveys.machine import SurveySession

MACHINES: tuple[type[StateMachine], ...] = (SurveySession, JoinDialogue, NameDialogue, Registration, OutboundMessage)


def draw(name: str | None = None) -> str:
    """Draw one machine, or all; raises `CommandError` for a name that none has."""
    chosen = [machine for machine in MACHINES if name is None or machine.__name__.lower() == name.lower()]
    if not chosen:
        raise CommandError(f"There is no machine '{name}'; there are {', '.join(m.__name__ for m in MACHINES)}.")
    return "\n\n".join(_draw(machine) for machine in chosen)


def _draw(machine: type[StateMachine]) -> str:
    lines = [f"%% {machine.__name__}", "stateDiagram-v2"]
    lines += [f"    [*] --> {state.id}" for state in machine.states if state.initial]
    lines += [f"    {source} --> {target}: {event}" for (source, event), target in compile_table(machine).items()]
    lines += [f"    {state.id} --> [*]" for state in machine.states if state.final]
    return "\n".join(lines)

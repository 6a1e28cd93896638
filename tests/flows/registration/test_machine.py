"""The tables against the library they were compiled from."""

from __future__ import annotations

import pytest
from statemachine import StateMachine
from statemachine.exceptions import TransitionNotAllowed

from flows.machine import Table
from flows.registration.machine import (
    ASKING_NAME,
    JOIN_TABLE,
    NAME_TABLE,
    REGISTRATION_TABLE,
    JoinDialogue,
    NameDialogue,
    Registration,
)
from flows.values import RegistrationStatus

MACHINES = ((JoinDialogue, JOIN_TABLE), (NameDialogue, NAME_TABLE), (Registration, REGISTRATION_TABLE))


def _by_library(machine: type[StateMachine], state: str, event: str) -> str | None:
    live = machine(start_value=state)
    try:
        live.send(event)
    except TransitionNotAllowed:
        return None
    return str(next(iter(live.configuration)).id)


@pytest.mark.parametrize(("machine", "table"), MACHINES)
def test_every_step_is_the_librarys(machine: type[StateMachine], table: Table) -> None:
    """For each state and event the table leads where the library leads, or nowhere as it does."""
    states = [state.id for state in machine.states]
    events = {str(event) for state in machine.states for way in state.transitions for event in way.events}
    assert len(states) >= 3
    for state in states:
        for event in events:
            assert table.get((state, event)) == _by_library(machine, state, event), (state, event)
    assert {state for state, _event in table} <= set(states)


def test_registration_states_are_the_stored_words() -> None:
    """The states of a registration are the statuses that the database keeps."""
    assert {state.id for state in Registration.states} == {status.value for status in RegistrationStatus}


def test_the_question_for_a_name_is_one_state_in_both_dialogues() -> None:
    """Both dialogues call it the same, so one step serves both."""
    assert JoinDialogue.asking_name.id == ASKING_NAME

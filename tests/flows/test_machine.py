"""Every table against the library that it was compiled from."""

from __future__ import annotations

import importlib
import pkgutil

import pytest
from statemachine import State, StateMachine
from statemachine.exceptions import TransitionNotAllowed

import flows
from flows import lifecycle
from flows.campaigns import machine as campaigns
from flows.errors import FlowError
from flows.machine import Table, advance, compile_table
from flows.registration import machine as registration
from flows.surveys import machine as surveys

MACHINES = (
    (campaigns.CampaignMachine, campaigns.CAMPAIGN_TABLE),
    (lifecycle.OutboundMessage, lifecycle.TABLE),
    (registration.JoinDialogue, registration.JOIN_TABLE),
    (registration.NameDialogue, registration.NAME_TABLE),
    (registration.Registration, registration.REGISTRATION_TABLE),
    (surveys.SurveySession, surveys.TABLE),
)
STEPS = [
    pytest.param(machine, table, state.id, str(event), id=f"{machine.__name__}-{state.id}-{event}")
    for machine, table in MACHINES
    for state in machine.states
    for event in machine().events
]


@pytest.mark.parametrize(("machine", "table", "state", "event"), STEPS)
def test_every_step_is_the_librarys(machine: type[StateMachine], table: Table, state: str, event: str) -> None:
    """From each state each event leads where a live machine goes, and is refused where that refuses it."""
    live = machine(start_value=state)
    try:
        live.send(event)
    except TransitionNotAllowed:
        with pytest.raises(FlowError, match=f"'{event}' is not possible in the state '{state}'"):
            advance(table, state, event)
    else:
        (reached,) = live.configuration
        assert advance(table, state, event) == reached.id


@pytest.mark.parametrize(("machine", "table"), MACHINES)
def test_the_table_has_nothing_else(machine: type[StateMachine], table: Table) -> None:
    """Every entry of the table is a state and an event of the machine."""
    states, events = {state.id for state in machine.states}, {str(event) for event in machine().events}
    assert {state for state, _event in table} <= states
    assert {event for _state, event in table} == events
    assert set(table.values()) <= states


def test_no_machine_is_forgotten() -> None:
    """Every machine of the core is held against its table here."""
    for module in pkgutil.walk_packages(flows.__path__, "flows."):
        importlib.import_module(module.name)
    ours = {machine for machine in StateMachine.__subclasses__() if machine.__module__.startswith("flows.")}
    assert ours == {machine for machine, _table in MACHINES}


def test_the_first_way_out_counts() -> None:
    """Where one event could lead two ways, the first one that was written down is taken, as the library does."""

    class Fork(StateMachine):
        start = State(initial=True)
        left = State(final=True)
        right = State(final=True)
        go = start.to(left) | start.to(right)

    live = Fork()
    live.send("go")
    (reached,) = live.configuration
    assert compile_table(Fork) == {("start", "go"): reached.id}


def test_tables_cannot_be_changed() -> None:
    """A compiled table is the same for everyone."""
    with pytest.raises(TypeError):
        surveys.TABLE["asking", "answer"] = "completed"  # type: ignore[index]

"""The session's table says what the library says."""

import pytest
from statemachine.exceptions import TransitionNotAllowed

from flows.errors import FlowError
from flows.machine import advance
from flows.surveys.machine import TABLE, SurveySession

STATES = [state.id for state in SurveySession.states]
EVENTS = [str(event) for event in SurveySession().events]


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("event", EVENTS)
def test_every_state_and_event(state: str, event: str) -> None:
    """A live machine goes where the table says, and refuses where the table has nothing."""
    machine = SurveySession(start_value=state)
    if (state, event) in TABLE:
        machine.send(event)
        (reached,) = machine.configuration
        assert advance(TABLE, state, event) == reached.id
    else:
        with pytest.raises(TransitionNotAllowed):
            machine.send(event)
        with pytest.raises(FlowError):
            advance(TABLE, state, event)


def test_nothing_is_missing() -> None:
    """The states and events that dialogues use are there."""
    assert STATES == ["asking", "paused", "completed", "expired", "abandoned", "cancelled"]
    assert set(EVENTS) >= {"answer", "retry", "skip", "back", "restart", "pause", "resume", "remind", "expire"}
    assert set(EVENTS) >= {"finish", "give_up", "cancel"}

"""Whatever people type, the dialogues of registration answer."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from flows.effects import EndSession
from flows.registration.dialogue import FLOWS, enrol, join, leave, step
from flows.values import Contact, RegistrationStatus
from tests.flows.registration.turns import ADA, GALA, PICNIC, SPRING, names, placed, then, turn

BOTH = replace(SPRING, double_opt_in=True, ask_name=True)
STARTS = {"join": lambda: join(turn("JOIN", workspace=BOTH)), "name": lambda: enrol(turn("PICNIC"), PICNIC)}
TEXTS = st.one_of(st.text(max_size=300), st.sampled_from(["yes", "no", "skip", "Ada", "42", "", "back"]))


@given(st.sampled_from(sorted(STARTS)), st.lists(TEXTS, max_size=8))
def test_a_dialogue_ends_within_a_few_texts(start: str, texts: list[str]) -> None:
    """No text raises, every text is answered, and at most three of them are asked about per question."""
    contact: Contact = then(ADA, STARTS[start]())
    for count, text in enumerate(texts):
        session = contact.session
        if session is None:
            break
        assert session.flow in FLOWS
        assert count < 6
        outcome = step(turn(text, contact, BOTH), session)
        assert names(outcome.effects)
        ended = any(isinstance(effect, EndSession) for effect in outcome.effects)
        assert ended == (outcome.session is None)
        contact = then(contact, outcome)


@given(TEXTS)
def test_leave_answers_any_rest(rest: str) -> None:
    """What follows LEAVE never raises and is always answered."""
    contact = placed(GALA, RegistrationStatus.REGISTERED, replace(ADA, in_community=True))
    assert names(leave(turn(f"LEAVE {rest}", contact), rest).effects)

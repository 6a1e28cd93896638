"""What phones write by themselves."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from flows.effects import OPERATOR, Flag, Outcome, Silence
from flows.router import route
from flows.silence import SilenceReason
from flows.turn import Catalogue, Turn
from flows.values import Button, ContactStatus, InboundMessage, Media, Operator
from tests.flows.conversation.people import ADA, ASKING, HARBOR, NOW, PETS, said, take, text

REACTION = "Liked “Which?”"
DRIVING = "I'm driving with Do Not Disturb While Driving turned on."
BOSS = Operator(b"o" * 16, 1, ADA.address, "Ada", "admin")


def react(about: str | InboundMessage = REACTION, operator: Operator | None = None, **known: Any) -> Outcome:
    """Route a text that quotes something we sent."""
    message = text(about) if isinstance(about, str) else about
    contact = replace(ADA, session=ASKING, **known)
    catalogue = Catalogue(surveys={PETS.flow_id: PETS})
    return route(Turn(message, contact, HARBOR, catalogue, NOW, b"f" * 16, operator, is_reaction=True))


@pytest.mark.parametrize("known", [{}, {"doubt_at": NOW}, {"silent_until_at": NOW + 1}, {"opted_out": True}])
def test_a_reaction_is_stored(known: dict[str, Any]) -> None:
    """Liked “How was it?” was taken as the answer to an open question: it is none, and nobody forwards it."""
    outcome = react(**known)
    assert outcome == Outcome(ASKING, (Silence(SilenceReason.REACTION),))


def test_the_same_words_without_a_message_of_ours() -> None:
    """They are an answer like any other."""
    assert take(REACTION, session=ASKING).session is None


def test_a_stop_beats_a_reaction() -> None:
    """Whatever else a text is, a stop word stops."""
    assert said(react("STOP")) == ["stopped_in_survey"]


def test_a_tapped_button_is_no_reaction() -> None:
    """What was tapped or came with a file was meant as an answer."""
    for message in (text(REACTION, button=Button(REACTION)), text(REACTION, media=(Media("https://a.example/1"),))):
        assert react(message).session is None


def test_an_automatic_reply_is_stored() -> None:
    """The text of a driving mode was taken as an answer; it is stored, also in a conversation that a person leads."""
    stored = (Silence(SilenceReason.AUTO_REPLY),)
    assert take(DRIVING, session=ASKING) == Outcome(ASKING, stored)
    assert take(DRIVING, silent_until_at=NOW + 1).effects == stored
    assert take(DRIVING, status=ContactStatus.BLOCKED).effects == stored


def test_an_operators_reaction_is_private() -> None:
    """It quotes the answer of a command, which HISTORY does not show to others."""
    assert react(operator=BOSS).effects == (Flag(OPERATOR), Silence(SilenceReason.REACTION))
    assert take(DRIVING, operator=BOSS).effects == (Flag(OPERATOR), Silence(SilenceReason.AUTO_REPLY))

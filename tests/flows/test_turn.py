"""What a turn can look up."""

from __future__ import annotations

from dataclasses import replace

from flows.turn import Catalogue, Turn
from tests.flows.conversation.people import ADA, HARBOR, NOW, PETS, text

OLDER = replace(PETS, version=1)
NEWEST = replace(PETS, version=2)
OFFER = Catalogue(surveys={PETS.flow_id: NEWEST}, older={(PETS.flow_id, 1): OLDER})


def test_a_session_finds_its_version() -> None:
    """The newest, an older one, or none where it is gone or was never a survey."""
    assert OFFER.survey(PETS.flow_id, 2) is NEWEST
    assert OFFER.survey(PETS.flow_id, 1) is OLDER
    assert OFFER.survey(PETS.flow_id, 3) is None
    assert OFFER.survey(b"gone" * 4, 1) is None
    assert OFFER.survey(None, 1) is None


def test_the_language_of_a_turn() -> None:
    """The contact's, else the workspace's."""
    turn = Turn(text("hi"), ADA, replace(HARBOR, language="es"), OFFER, NOW, b"f" * 16)
    assert turn.language == "es"
    assert replace(turn, contact=replace(ADA, language="en")).language == "en"

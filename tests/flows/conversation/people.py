"""Turns about one person's text, in whatever state the person is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flows.effects import Effect, Outcome, Reply, Silence, Template
from flows.router import route
from flows.silence import SilenceReason
from flows.surveys.definition import parse_survey
from flows.turn import Catalogue, LoadedSurvey, Turn
from flows.values import (
    Contact,
    InboundMessage,
    Occurrence,
    Operator,
    Session,
    Transport,
    Workspace,
)

NOW = 1_795_000_000_000_000
ADA = Contact(id=b"a" * 16, address="+15550100001")
HARBOR = Workspace(id=b"w" * 16, name="Harbor Choir", help_contact="help@example.org")
PETS = LoadedSurvey(
    b"pets" * 4,
    1,
    parse_survey({"name": "Pets", "keywords": ["PETS"], "questions": [{"text": "Which?", "type": "text"}]}),
)
ASKING = Session(b"s" * 16, "survey", "asking", PETS.flow_id, 1, "q1", started_at=NOW)
NAMING = Session(b"j" * 16, "join", "asking_name", started_at=NOW)
"""What an open dialogue of joining looks like."""


def text(said: str, **others: Any) -> InboundMessage:
    """Make a message of Ada's."""
    message = InboundMessage("twilio", "SM1", Transport.SMS, ADA.address, "+15550109999", said)
    return replace(message, **others)


def take(
    occurrence: str | Occurrence,
    *,
    provider_answered: bool = False,
    operator: Operator | None = None,
    awaits_code: bool = False,
    awaits_answer: bool = False,
    workspace: Workspace = HARBOR,
    **known: Any,
) -> Outcome:
    """Route a turn about a text or an occurrence; `known` is what is known about Ada."""
    about = text(occurrence) if isinstance(occurrence, str) else occurrence
    catalogue = Catalogue(surveys={PETS.flow_id: PETS})
    contact = replace(ADA, **known)
    turn = Turn(
        about,
        contact,
        workspace,
        catalogue,
        NOW,
        b"f" * 16,
        operator=operator,
        awaits_code=awaits_code,
        awaits_answer=awaits_answer,
        provider_answered=provider_answered,
    )
    return route(turn)


def said(outcome: Outcome) -> list[str]:
    """Name the texts of ours that a turn says; an operator's own words as they are."""
    says = [say for effect in outcome.effects if isinstance(effect, Reply) for say in effect.says]
    return [say.name if isinstance(say, Template) else say for say in says if say != ""]


def deeds(outcome: Outcome) -> list[Effect]:
    """Give what a turn does besides talking."""
    return [effect for effect in outcome.effects if not isinstance(effect, Reply | Silence)]


def silences(outcome: Outcome) -> list[SilenceReason]:
    """Return the reasons for which a turn leaves the message without an answer."""
    return [effect.reason for effect in outcome.effects if isinstance(effect, Silence)]

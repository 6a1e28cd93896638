"""What the tests of surveys stand on: a workspace, a contact, turns at a fixed time, and surveys in few words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pytest

from flows.effects import Effect, Outcome, Reply, Template
from flows.errors import FlowDefinitionError
from flows.surveys.definition import Survey, parse_survey
from flows.surveys.questions import Kind, Question
from flows.surveys.words import plain
from flows.turn import Catalogue, LoadedSurvey, Turn
from flows.values import (
    SECOND,
    Button,
    Contact,
    Event,
    InboundMessage,
    Location,
    Media,
    Occurrence,
    Session,
    Transport,
    Workspace,
)

NOW = int(datetime(2026, 11, 20, 23, 30, tzinfo=UTC).timestamp()) * SECOND
"""In New York still the 20th, in Auckland the 21st of November 2026."""
FLOW_ID = b"flow-of-the-test"
EVENT_ID = b"event-of-a-test!"
SESSION_ID = b"session-of-test!"
ADA = Contact(id=b"contact-of-test!", address="+15550100001", name="Ada Lovelace")
WORKSPACE = Workspace(id=b"workspace-tests!", time_zone="America/New_York")


def message(
    text: str = "",
    *,
    button: Button | None = None,
    media: tuple[Media, ...] = (),
    location: Location | None = None,
) -> InboundMessage:
    """Make what Ada sends."""
    return InboundMessage(
        provider="simulator",
        provider_id="1",
        transport=Transport.SIMULATOR,
        sender=ADA.address,
        recipient="+15550100002",
        text=text,
        button=button,
        media=media,
        location=location,
    )


def turn_of(occurrence: Occurrence, *, language: str | None = None, zone: str = "America/New_York") -> Turn:
    """Make a turn about something, Ada speaking a language."""
    contact = replace(ADA, language=language)
    return Turn(occurrence, contact, replace(WORKSPACE, time_zone=zone), Catalogue(), NOW, SESSION_ID)


def question_of(kind: Kind) -> Question:
    """Make a question of a kind."""
    return Question("q", plain("Well?"), kind)


def survey_of(*questions: object, **fields: object) -> Survey:
    """Make a survey of questions as a definition has them."""
    return parse_survey({"name": "Test", "keywords": ["TESTING"], "questions": list(questions), **fields})


def problems_of(**fields: object) -> list[str]:
    """Refuse a definition with these fields and list what is said about it."""
    document: dict[str, object] = {"name": "Test", "keywords": ["TESTING"], "questions": []}
    with pytest.raises(FlowDefinitionError) as refused:
        parse_survey({**document, **fields})
    return refused.value.message.split("\n- ")[1:]


@dataclass
class Phone:
    """Ada's side of one survey: keeps the session between turns, as the storage does."""

    loaded: LoadedSurvey
    events: Mapping[bytes, Event] = field(default_factory=dict)
    contact: Contact = ADA
    now_at: int = NOW
    outcome: Outcome = field(default_factory=lambda: Outcome(None))

    @classmethod
    def with_survey(cls, *questions: object, **fields: object) -> Phone:
        """Make a phone for a survey of questions as a definition has them."""
        return cls(LoadedSurvey(FLOW_ID, 1, survey_of(*questions, **fields)))

    @property
    def session(self) -> Session:
        """The open session; fails where there is none."""
        assert self.outcome.session is not None
        return self.outcome.session

    @property
    def effects(self) -> list[Effect]:
        """What the last turn wanted done, without its replies."""
        return [effect for effect in self.outcome.effects if not isinstance(effect, Reply)]

    @property
    def replies(self) -> list[Reply]:
        """The replies of the last turn."""
        return [effect for effect in self.outcome.effects if isinstance(effect, Reply)]

    @property
    def said(self) -> list[str]:
        """What the last turn said, a text of ours as <name>, empty pieces left out."""
        says = [say for reply in self.replies for say in reply.says]
        return [f"<{say.name}>" if isinstance(say, Template) else say for say in says if say != ""]

    def turn(self, occurrence: Occurrence) -> Turn:
        """Make a turn about something."""
        catalogue = Catalogue(surveys={self.loaded.flow_id: self.loaded}, events=self.events)
        contact = replace(self.contact, session=self.outcome.session)
        return Turn(occurrence, contact, WORKSPACE, catalogue, self.now_at, SESSION_ID)

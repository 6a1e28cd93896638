"""One turn's inputs: the occurrence, the person, what the workspace offers, the time and a fresh id."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from flows.surveys.definition import Survey
from flows.values import Contact, Event, Key, Occurrence, Operator, Workspace


class Target(StrEnum):
    """What a keyword starts."""

    SURVEY = "survey"
    EVENT = "event"


@dataclass(frozen=True, slots=True)
class Trigger:
    """A keyword and what it starts."""

    target: Target
    id: Key
    """The flow's or the event's."""
    whole: bool = False
    """True: the text must be the keyword alone; False: the keyword may be followed by more words."""


@dataclass(frozen=True, slots=True)
class LoadedSurvey:
    """A survey as it stands in the database: one version of one flow."""

    flow_id: Key
    version: int
    survey: Survey
    is_active: bool = True
    event_id: Key | None = None
    """The event that completion registers for, while it exists."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything a workspace offers, read once and kept until it changes."""

    triggers: Mapping[str, Trigger] = field(default_factory=dict)
    """By normalised keyword; only of active surveys and events."""
    surveys: Mapping[Key, LoadedSurvey] = field(default_factory=dict)
    """The newest version by flow id."""
    older: Mapping[tuple[Key, int], LoadedSurvey] = field(default_factory=dict)
    """Earlier versions by flow id and version: sessions that began with one go on with it."""
    events: Mapping[Key, Event] = field(default_factory=dict)

    def survey(self, flow_id: Key | None, version: int) -> LoadedSurvey | None:
        """Find the version of a survey that a session began with, None when it is gone."""
        if flow_id is None:
            return None
        newest = self.surveys.get(flow_id)
        if newest is not None and newest.version == version:
            return newest
        return self.older.get((flow_id, version))


@dataclass(frozen=True, slots=True)
class Turn:
    """Everything that one step may look at."""

    occurrence: Occurrence
    contact: Contact
    workspace: Workspace
    catalogue: Catalogue
    now_at: int
    fresh_id: Key
    """The id of the session that this turn may begin."""
    operator: Operator | None = None
    """Who commands from this phone, where it is an operator's."""
    awaits_code: bool = False
    """A command waits for a code that may come from this phone."""
    awaits_answer: bool = False
    """The operator was just asked for a part of a command."""
    is_reaction: bool = False
    """The text is a phone's reaction that quotes a message of ours (`flows.language.reactions`)."""
    is_overtaken: bool = False
    """The message was sent before the contact's last opt-out, and was only read from the provider's log after it."""
    provider_answered: bool = False
    """The provider has told the person already (its own stop, start and help words): record, stay silent."""
    is_attended: bool = False
    """There is an operator who may read what nobody claims: only then a text may promise that a person will."""

    @property
    def language(self) -> str:
        """The language to talk in: the contact's, else the workspace's."""
        return self.contact.language or self.workspace.language

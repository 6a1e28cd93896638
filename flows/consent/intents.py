"""What a message can mean for consent."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Intent(StrEnum):
    """What a person wants, as far as consent goes."""

    STOP = "stop"
    """A stop word alone: opt out, no question asked."""
    STOP_PHRASE = "stop_phrase"
    """A sentence that surely revokes consent."""
    DOUBT = "doubt"
    """It may revoke consent: ask once."""
    START = "start"
    """A start word alone."""
    YES = "yes"
    """The opt-in word YES alone; it is also the commonest answer, so the router decides."""
    HELP = "help"
    """A help word alone."""
    PERSON = "person"
    """Asks for a human being."""
    NONE = "none"
    """Says nothing about consent."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What was understood, from which (normalised) words, in which language ("" when the words belong to none)."""

    intent: Intent
    matched: str = ""
    language: str = ""

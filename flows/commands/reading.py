"""Reading an operator's text: a command, a code, or neither."""

from __future__ import annotations

import re
from dataclasses import dataclass

from flows.commands.verbs import BY_NAME, Verb

_FIRST = re.compile(r"\s*[/!]?\s*([A-Za-z]+)\b[\s:]*(.*)", re.DOTALL)
_CODE = re.compile(r"\s*(?:code\s*:?\s*)?(\d{3})[\s-]?(\d{3})\s*\.?\s*", re.IGNORECASE)
_SMART = str.maketrans({"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "\u00a0": " "})
_SPLIT = re.compile(r"\s*(?::|\n)\s*")


@dataclass(frozen=True, slots=True)
class Read:
    """A verb with what follows it."""

    verb: Verb
    rest: str


def read_command(text: str) -> Read | None:
    """Find the command that a text begins with: its first word is exactly a verb."""
    found = _FIRST.fullmatch(text)
    verb = BY_NAME.get(found[1].upper()) if found else None
    return None if found is None or verb is None else Read(verb, found[2].strip())


def read_code(text: str) -> str | None:
    """Find the six digits of a message that is nothing but a code."""
    found = _CODE.fullmatch(text)
    return found[1] + found[2] if found else None


def first_word(text: str) -> str:
    """Give the first word of a text, empty where it has none."""
    found = _FIRST.fullmatch(text)
    return found[1] if found else ""


def split_audience(rest: str) -> tuple[str, str]:
    """Split what follows BLAST at the first colon or line break: the audience, and the text as it was written."""
    parts = _SPLIT.split(rest.strip(), maxsplit=1)
    audience = " ".join(parts[0].translate(_SMART).split())
    return audience, parts[1].strip() if len(parts) > 1 else ""

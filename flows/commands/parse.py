"""Reading an operator's text: a command, a question back, a hint, or nothing.

A command begins with exactly a verb; a longer word ("ADDRESS") is none, and neither is a verb that is followed by
something of quite another kind ("list price is fine"). Stop words are not known here: they have won before.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from flows.commands.nearness import nearest
from flows.commands.parts import Missing, Part
from flows.commands.readers import READERS, Arguments, Typed
from flows.commands.specs import BY_NAME, BY_WORD, SIGNS, Spec
from flows.language.text import normalise, words
from flows.values import Event


@dataclass(frozen=True, slots=True)
class Command:
    """A command with all its parts."""

    verb: str
    arguments: Arguments
    text: str
    """As it was typed."""

    @property
    def needs_code(self) -> bool:
        """Whether it waits for a preview's one-time code."""
        return self.arguments.get("action", "") in BY_NAME[self.verb].code_actions


@dataclass(frozen=True, slots=True)
class Question:
    """A command with a part that is missing or not understood: asked back, with an example."""

    verb: str
    part: Part
    example: str
    typed: str = ""
    """What stands in the place of the part."""


@dataclass(frozen=True, slots=True)
class Hint:
    """No command, but perhaps meant as one; for the end of the router, where no dialogue wants the text."""

    verb: str = ""
    """The nearest command, "" when none is near."""
    example: str = ""
    is_typed: bool = False
    """The command itself was written, and what follows it cannot be read."""


Read = Command | Question | Hint

_QUOTED = re.compile(r"\s*([\"“„«'‘])(.*)([\"”“»'’])\s*", re.DOTALL)
_PAIRS = {'"': '"', "“": "”", "„": "“", "«": "»", "'": "'", "‘": "’"}
_FIRST = re.compile(
    r"\s*+[/!]?\s*+([^\W\d_]++)(?=$|[\s:#+@]|[.,;!?]+(?:\s|$))"  # a whole word
    r"[.,;!?]*:?\s*(?::\s+)?(.*)",  # what people put behind it; a smile of two signs is text
    re.DOTALL,
)
_SIGN = re.compile(rf"\s*([{''.join(SIGNS)}])\s*(.*)", re.DOTALL)
_DROPPING = ("no",)
"""Words that are a command only while one waits for its code: they are the commonest of answers."""


def read_command(
    text: str,
    *,
    country: str | None = None,
    is_pending: bool = False,
    has_file: bool = False,
    events: Sequence[Event] = (),
) -> Read | None:
    """Read an operator's text; None when it holds no word at all. Never raises.

    `country` is that of phone numbers without a country code, `is_pending` says that a command of this operator waits
    for its code, `has_file` that a vCard or CSV file came with the text; `events` are those that there are.
    """
    said = words(text)
    if is_pending and said == _DROPPING:
        return Command("ABORT", {}, text)
    spec, rest, first = _verb(text)
    if spec is None:
        near = nearest(first)
        return (Hint(near.name, near.example) if near else Hint()) if said else None
    found = READERS[spec.grammar](Typed(rest.strip(), country, has_file, events))
    if found is None:
        return Hint(spec.name, spec.example, is_typed=True)
    if isinstance(found, Missing):
        return Question(spec.name, found.part, spec.example, found.typed)
    return Command(spec.name, found, text)


def _verb(text: str) -> tuple[Spec | None, str, str]:
    """Find the command, what follows it, and the first word."""
    text = _unquoted(text)
    sign = _SIGN.fullmatch(text)
    if sign is not None:
        # The number after @ is read like that of any other command.
        return SIGNS[sign[1]], sign[1] + sign[2] if sign[1] == "@" else sign[2], sign[1]
    found = _FIRST.fullmatch(text)
    return (BY_WORD.get(normalise(found[1])), found[2], found[1]) if found else (None, "", "")


def _unquoted(text: str) -> str:
    quoted = _QUOTED.fullmatch(text)
    return quoted[2] if quoted and _PAIRS[quoted[1]] == quoted[3] else text

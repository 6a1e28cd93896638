"""What one language says about consent in free words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from flows.consent.phrases import Phrases


@dataclass(frozen=True, slots=True)
class Guards:
    """Expressions that take a match back or weaken it; each is words followed by one blank."""

    denied: re.Pattern[str]
    """Ends where a match begins that is negated, asked about or somebody else's: it says nothing then."""
    insists: re.Pattern[str]
    """Ends where a match begins that only looks denied: why won't you stop."""
    narrow: re.Pattern[str]
    """Begins where a match ends that is about a time, a topic or a measure: it is doubtful then."""
    stays: re.Pattern[str]
    """Anywhere in the text: the person wants to stay, or jokes; nothing is sure then."""
    supports: re.Pattern[str]
    """In another clause: a reason that makes a bare stop sure."""


@dataclass(frozen=True, slots=True)
class Phrasebook:
    """The patterns of one language; each looks at one clause."""

    language: str
    stop: Phrases
    """Surely revokes consent."""
    bare: Phrases
    """Stop and nothing else: sure when nothing else is said, or the rest is doubtful too."""
    doubt: Phrases
    """May revoke consent."""
    person: Phrases
    """Asks for a human being."""
    guards: Guards

    @property
    def triggers(self) -> frozenset[str]:
        """Give words of which every text that this book can read has one."""
        return self.stop.triggers | self.bare.triggers | self.doubt.triggers | self.person.triggers


def make_guards(
    *,
    denied: Iterable[str],
    insists: Iterable[str],
    narrow: Iterable[str],
    stays: Iterable[str],
    supports: Iterable[str],
) -> Guards:
    """Compile a language's guards."""
    return Guards(
        denied=re.compile(rf"(?<= )(?:{'|'.join(denied)})\Z"),
        insists=re.compile(rf"(?<= )(?:{'|'.join(insists)})\Z"),
        narrow=re.compile(rf"(?:{'|'.join(narrow)}) "),
        stays=re.compile(rf"(?<= )(?:{'|'.join(stays)}) "),
        supports=re.compile(rf"(?<= )(?:{'|'.join(supports)})"),
    )

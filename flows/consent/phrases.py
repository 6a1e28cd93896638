"""A small notation for what people say: patterns of word classes, compiled to expressions that run in linear time.

A pattern is a line of elements between blanks; it is looked for in a clause: normalised words, a blank around each.

    stop|quit      one of these words; `_` stands for a blank inside an alternative: no_longer
    CEASE          one of the words or phrases of a class
    ME?            may be missing
    WHICH*         up to four times
    ...            up to three words of any kind
    -you|they      none of these words stands before
    ~of            none of these words follows
    =NEXT          one of these words follows, or the clause ends
    ^  $           the clause begins, ends
    !SEND          no text without one of these words can match: see `Phrases.triggers`
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from flows.language.text import normalise

Classes = Mapping[str, str]
"""Words and phrases per class, after commas."""

_MARKS = {"^": r"(?<=\A )", "$": r"\Z", "...": r"(?:\S+ ){0,3}"}
_HAN = re.compile(r"[\u3400-\u9fff]")
_COUNTS = {"?": "?", "*": "{0,4}"}


@dataclass(frozen=True, slots=True)
class Phrases:
    """Compiled patterns, and words of which every match has one."""

    found: re.Pattern[str]
    triggers: frozenset[str]


def compile_phrases(lines: str, classes: Classes) -> Phrases:
    """Compile patterns, one in a line; raises KeyError for an unknown class, ValueError where no word is marked."""
    patterns = [line.split() for line in lines.splitlines() if line.strip()]
    found = "|".join("".join(_expression(element, classes) for element in pattern) for pattern in patterns)
    triggers = frozenset(
        max(said.split(), key=len) for pattern in patterns for said in _alternatives(_marked(pattern), classes)
    )
    return Phrases(re.compile(rf"(?<= )(?:{found})"), triggers)


def inflect(stems: str, endings: str) -> str:
    """List every stem with every ending (`-` for none), as a class is written."""
    return ", ".join(stem + ending.strip("-") for stem in stems.split() for ending in endings.split())


def separate_signs(said: str) -> str:
    """Put blanks around every Chinese sign, which is a word of its own here."""
    return " ".join(_HAN.sub(r" \g<0> ", said).split())


def _marked(pattern: list[str]) -> str:
    for element in pattern:
        if element[0] == "!" and element[-1] not in _COUNTS:
            return element[1:]
    raise ValueError(f"no word of this pattern is marked as needed: {' '.join(pattern)}")


def _expression(element: str, classes: Classes) -> str:
    if element in _MARKS:
        return _MARKS[element]
    if element[0] == "-":
        return "".join(f"(?<! {said} )" for said in _alternatives(element[1:], classes))
    said = "|".join(_alternatives(element.lstrip("!~="), classes))
    if element[0] == "~":
        return f"(?!(?:{said}) )"
    if element[0] == "=":
        return rf"(?=\Z|(?:{said}) )"
    return f"(?:(?:{said}) ){_COUNTS.get(element[-1], '')}"


def _alternatives(names: str, classes: Classes) -> list[str]:
    said: list[str] = []
    for name in names.rstrip("?*").split("|"):
        said += classes[name].split(",") if name.isupper() else [name.replace("_", " ")]
    # The longest first: what follows is looked at only once per match.
    return sorted((separate_signs(normalise(one)) for one in said), key=len, reverse=True)

"""The command that a mistyped word may mean."""

from __future__ import annotations

from flows.commands.specs import BY_WORD, Spec
from flows.language.text import normalise

_LONGEST = 20
"""No verb is longer: nothing near it is either."""


def nearest(word: str) -> Spec | None:
    """Find the command nearest to a word, None when none is near; of equally near ones HELP's first.

    A word of up to four letters may have one slip and must begin like the verb; a longer one may have two.
    """
    typed = normalise(word)
    if not 2 < len(typed) <= _LONGEST:
        return None
    found = [(distance(typed, verb), place) for place, verb in enumerate(BY_WORD) if is_near(typed, verb)]
    return list(BY_WORD.values())[min(found)[1]] if found else None


def distance(one: str, other: str) -> int:
    """Count the letters to insert, drop, replace or swap with their neighbour to make one word the other."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for place, letter in enumerate(one, 1):
        older, before, row = before, row, [place]
        for column, wanted in enumerate(other, 1):
            cost = min(before[column] + 1, row[-1] + 1, before[column - 1] + (letter != wanted))
            if place > 1 and column > 1 and letter == other[column - 2] and one[place - 2] == wanted:
                cost = min(cost, older[column - 2] + 1)
            row.append(cost)
    return row[-1]


def is_near(typed: str, verb: str) -> bool:
    """Return whether a word may be a verb with a slip of the finger; both are normalised."""
    if not 2 < len(typed) <= _LONGEST:
        return False
    if min(len(typed), len(verb)) <= 4:
        return typed[0] == verb[0] and distance(typed, verb) <= 1
    return distance(typed, verb) <= 2

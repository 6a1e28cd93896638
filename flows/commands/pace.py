"""How many commands of one phone are answered: anybody can forge its number, and each answer costs and disturbs."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum, auto

from flows.values import MINUTE

MOST_ANSWERED, ANSWERED_WITHIN = 60, 10 * MINUTE
"""Commands of a phone that are answered within a time; those that come after them are carried out in silence."""


class Pace(Enum):
    """How a command is answered."""

    USUAL = auto()
    TOLD = auto()
    """With its answer, and with the news that there will be none for a while."""
    SILENT = auto()


def pace_of(created: Sequence[int]) -> Pace:
    """Judge a command by when it came and when those before it came from the same phone, the newest first."""
    if not _is_over(created):
        return Pace.USUAL
    return Pace.SILENT if _is_over(created[1:]) else Pace.TOLD


def _is_over(created: Sequence[int]) -> bool:
    return len(created) > MOST_ANSWERED and created[0] - created[MOST_ANSWERED] < ANSWERED_WITHIN

"""How many commands of one phone are answered."""

from __future__ import annotations

from flows.commands.pace import ANSWERED_WITHIN, MOST_ANSWERED, Pace, pace_of
from flows.values import SECOND


def times(count: int, apart: int = SECOND) -> list[int]:
    """Return when so many commands came, the newest first."""
    return [ANSWERED_WITHIN * 10 - number * apart for number in range(count)]


def test_a_flood_is_answered_for_a_while() -> None:
    """The first sixty as ever, the next one with the news, then silence."""
    assert pace_of(times(1)) is Pace.USUAL
    assert pace_of(times(MOST_ANSWERED)) is Pace.USUAL
    assert pace_of(times(MOST_ANSWERED + 1)) is Pace.TOLD
    assert pace_of(times(MOST_ANSWERED + 2)) is Pace.SILENT


def test_a_busy_operator_is_always_answered() -> None:
    """Five commands a minute, all day."""
    assert pace_of(times(MOST_ANSWERED + 2, apart=12 * SECOND)) is Pace.USUAL

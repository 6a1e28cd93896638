"""Lengths of time in words: 2h, 30 min, 1 day, 2 horas."""

from __future__ import annotations

from flows.schedules.grammar import Chart, readings
from flows.schedules.reading import GRAMMAR
from flows.schedules.tokens import MAX_TOKENS, tokens
from flows.values import DAY, SECOND

MAX_DAYS = 3_660


def parse_duration(text: str) -> int | None:
    """Read a whole text as a length of time in microseconds; None for anything else, and for months and years.

    A day is 24 hours. Ten years are the most.
    """
    pieces = tokens(text)
    if len(pieces) == MAX_TOKENS:
        return None
    spans = {span for span, end in readings(Chart(GRAMMAR, pieces), "duration", 0) if end == len(pieces)}
    lengths = {span.days * DAY + span.seconds * SECOND for span in spans if not span.months}
    length: int = lengths.pop() if len(lengths) == 1 else 0
    return length if 0 < length <= MAX_DAYS * DAY else None

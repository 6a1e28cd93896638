"""Words that belong to dates and times, in every language we read: a keyword must not be one of them."""

from __future__ import annotations

from flows.schedules.grammar import Chart, readings
from flows.schedules.lexicon import (
    DAYS_EACH,
    MONTHS,
    MONTHS_EACH,
    ORDINALS,
    SECONDS_EACH,
    SPANISH_WEEKDAYS,
    TENS,
    TWENTIES,
    WEEKDAYS,
    WEEKDAYS_PLURAL,
)
from flows.schedules.reading import GRAMMAR, find_times
from flows.schedules.tokens import tokens

_NAMED = frozenset().union(
    *(MONTHS, WEEKDAYS, WEEKDAYS_PLURAL, SPANISH_WEEKDAYS, ORDINALS, TENS, TWENTIES),
    *(SECONDS_EACH, DAYS_EACH, MONTHS_EACH),
    ("night", "weekend", "weekends", "yesterday", "noche", "noches", "tarde", "tardes", "madrugada", "finde", "ayer"),
)
_BESIDE = frozenset(
    word
    for ways in GRAMMAR.rules.values()
    for items, _ in ways
    for item in items
    if isinstance(item, frozenset)
    for word in item
)


def is_time_word(text: str) -> bool:
    """Return whether a text is a date or a time, or a word of one: TOMORROW, friday, hora, noon, 5pm."""
    if any(said.start == 0 and said.end == len(text) for said in find_times(text)):
        return True
    chart = Chart(GRAMMAR, tokens(text))
    if len(chart.tokens) != 1:
        return False
    return chart.tokens[0].text in _NAMED or any(end == 1 for _, end in readings(chart, "clause", 0))


def stands_in_times(word: str) -> bool:
    """Return whether a word belongs to dates and times, if only beside others: next, until, every."""
    return word in _BESIDE or is_time_word(word)

"""Reading words as a time: every reading is looked at, and only one meaning may be left."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from flows.schedules.clauses import Role
from flows.schedules.common import COMMON
from flows.schedules.english import ENGLISH
from flows.schedules.grammar import Chart, grammar, readings
from flows.schedules.lexicon import SPANISH_ONLY, TERMINALS
from flows.schedules.places import is_day_first
from flows.schedules.recurring import recurrence
from flows.schedules.resolving import Phrase, Saying, moment
from flows.schedules.spanish import SPANISH
from flows.schedules.tokens import tokens
from flows.schedules.values import Reason, Refusal, Unsure, When

GRAMMAR = grammar((*COMMON, *ENGLISH, *SPANISH), TERMINALS)

_TOGETHER = (
    frozenset({Role.DAY, Role.CLOCK, Role.PART, Role.ZONE, Role.OFFSET}),
    frozenset({Role.DAY, Role.BARE, Role.PART, Role.ZONE, Role.OFFSET}),
    frozenset({Role.ELAPSED, Role.ZONE}),
    *(
        frozenset({every, hour, end, Role.PART, Role.START, Role.COUNT, Role.ZONE, Role.OFFSET})
        for every in (Role.EVERY, Role.TOO_OFTEN)
        for hour in (Role.CLOCK, Role.BARE, Role.TIMES)
        for end in (Role.UNTIL, Role.LENGTH)
    ),
)
"""Which parts go together."""
_HEADS = frozenset({Role.DAY, Role.CLOCK, Role.ELAPSED, Role.EVERY, Role.TOO_OFTEN})
_SPACE = re.compile(r"[\s,;.!?]*")
_BREAK = re.compile(r"$|[\s,;.!?)]|:\s")


def parse_when(text: str, now_at: int, zone: str) -> When | Refusal:
    """Read words, all of them, as a time after `now_at` (UTC microseconds) in a zone, which must be an IANA name."""
    text = unicodedata.normalize("NFC", text)
    found = _phrases(text)
    whole = [phrase for end, phrases in found.items() if _SPACE.fullmatch(text, end) for phrase in phrases]
    return _meaning(whole, text, now_at, zone)


def split_when(text: str, now_at: int, zone: str) -> tuple[When, str] | Refusal:
    """Read the longest beginning of a text that is said like a time, and give the text after it as well.

    When that beginning is not surely a time that is still to come, the text is refused: a shorter one is not tried.
    """
    text = unicodedata.normalize("NFC", text)
    found = _phrases(text)
    end = max(found, default=0)
    when = _meaning(found.get(end, []), text[:end] or text, now_at, zone)
    rest = text[end:].lstrip(" \t\r\n,;")
    if isinstance(when, Refusal):
        return when
    return Refusal(Reason.NOT_A_TIME, text) if rest[:1].isdigit() else (when, rest)


def _meaning(phrases: list[Phrase], text: str, now_at: int, zone: str) -> When | Refusal:
    saying = Saying(now_at, ZoneInfo(zone), is_day_first(zone, _is_spanish(text)))
    meanings: set[When] = set()
    reasons = []
    for phrase in phrases:
        try:
            meanings.add(_resolve(phrase, saying))
        except Unsure as unsure:
            reasons.append(unsure.reason)
    if len(meanings) == 1:
        return meanings.pop()
    reason = Reason.AMBIGUOUS if meanings else min(reasons, default=Reason.NOT_A_TIME, key=list(Reason).index)
    return Refusal(reason, text.strip())


def _resolve(phrase: Phrase, saying: Saying) -> When:
    is_rule = Role.EVERY in phrase or Role.TOO_OFTEN in phrase
    try:
        return recurrence(phrase, saying) if is_rule else moment(phrase, saying)
    except (ValueError, OverflowError) as error:  # beyond the calendar
        raise Unsure(Reason.TOO_FAR) from error


def _phrases(text: str) -> dict[int, list[Phrase]]:
    """Give the phrases that a text can begin with, by the place where they end in it."""
    chart = Chart(GRAMMAR, tokens(text))
    found: dict[int, list[Phrase]] = {}
    for phrase, end in _sequences(chart, {}, 0):
        place = chart.tokens[end - 1].end if end else 0
        if _is_phrase(phrase) and _BREAK.match(text, place):
            found.setdefault(place, []).append(phrase)
    return found


def _sequences(chart: Chart, before: Phrase, start: int) -> Iterator[tuple[Phrase, int]]:
    """Give all rows of clauses that say nothing twice."""
    yield before, start
    for clauses, end in readings(chart, "clause", start):
        phrase = {**before, **{clause.role: clause.value for clause in clauses}}
        if len(phrase) == len(before) + len(clauses):
            yield from _sequences(chart, phrase, end)


def _is_phrase(phrase: Phrase) -> bool:
    """Say whether the parts go together and are enough for a time."""
    roles = phrase.keys()
    is_whole = any(roles <= together for together in _TOGETHER)
    is_hour_placed = Role.BARE in roles and Role.PART in roles
    return is_whole and (is_hour_placed or not roles.isdisjoint(_HEADS))


def _is_spanish(text: str) -> bool:
    return not SPANISH_ONLY.isdisjoint(token.text for token in tokens(text))

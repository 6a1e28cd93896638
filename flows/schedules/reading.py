"""Reading words as a time: every reading is looked at, and only one meaning may be left."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
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
_SURE_ROLES = frozenset({Role.CLOCK, Role.BARE, Role.TIMES, Role.EVERY})
_BEFORE = re.compile(r"[\s,;(]$")
_SPACE = re.compile(r"[\s,;.!?]*")
_BREAK = re.compile(r"$|[\s,;.!?)]|:\s")


def parse_when(text: str, now_at: int, zone: str) -> When | Refusal:
    """Read words, all of them, as a time after `now_at` (UTC microseconds) in a zone, which must be an IANA name."""
    text = unicodedata.normalize("NFC", text)
    found = _phrases(Chart(GRAMMAR, tokens(text)), text)
    whole = [phrase for end, phrases in found.items() if _SPACE.fullmatch(text, end) for phrase in phrases]
    return _meaning(whole, text, now_at, zone)


def split_when(text: str, now_at: int, zone: str) -> tuple[When, str] | Refusal:
    """Read the longest beginning of a text that is said like a time, and give the text after it as well.

    When that beginning is not surely a time that is still to come, the text is refused: a shorter one is not tried.
    """
    text = unicodedata.normalize("NFC", text)
    found = _phrases(Chart(GRAMMAR, tokens(text)), text)
    end = max(found, default=0)
    when = _meaning(found.get(end, []), text[:end] or text, now_at, zone)
    rest = text[end:].lstrip(" \t\r\n,;")
    if isinstance(when, Refusal):
        return when
    return Refusal(Reason.NOT_A_TIME, text) if rest[:1].isdigit() else (when, rest)


@dataclass(frozen=True, slots=True)
class Said:
    """A piece of a text that reads like a time, by its places in the text."""

    start: int
    end: int
    is_sure: bool
    """It names a day with its hour, or something that recurs: a title seldom says that."""


def find_times(text: str) -> tuple[Said, ...]:
    """Return the longest time that begins at each word of a text, whatever stands around it; no clock is needed."""
    chart = Chart(GRAMMAR, tokens(text))
    found = (_longest(chart, text, start) for start in range(len(chart.tokens)))
    return tuple(said for said in found if said is not None)


def _longest(chart: Chart, text: str, start: int) -> Said | None:
    first = chart.tokens[start]
    if text[: first.start] and not _BEFORE.search(text, 0, first.start):
        return None
    phrases = _phrases(chart, text, start)
    end = max(phrases, default=0)
    is_sure = any(not _SURE_ROLES.isdisjoint(phrase) and len(phrase) > 1 for phrase in phrases.get(end, ()))
    return Said(first.start, end, is_sure) if end else None


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


def _phrases(chart: Chart, text: str, start: int = 0) -> dict[int, list[Phrase]]:
    """Return the phrases that can begin with a token of a text, by the place where they end in it."""
    found: dict[int, list[Phrase]] = {}
    for phrase, end in _sequences(chart, {}, start):
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

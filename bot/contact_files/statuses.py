"""Which columns of a file say who may be written to, and how sure that is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.contact_files.headers import Column, Means
from bot.contact_files.standing import Asks, Standing, is_telling, standing_of, word_standing

_MOST_WORDS = 40
"""Different words of a column that are counted: one with more is free text."""
_SHOWN = 8
_WORD_LENGTH = 60


@dataclass(slots=True)
class Tally:
    """How often each word stands in a column."""

    words: Counter[str] = field(default_factory=Counter)
    is_free_text: bool = False

    def add(self, cell: str, cut: str | None) -> None:
        """Count a cell, or the parts of one that has several; of free text only the words that tell."""
        for text in (cell,) if cut is None else re.split(r"[;,]|:::", cell):
            word = text.strip()[:_WORD_LENGTH]
            if word in self.words or len(self.words) < _MOST_WORDS:
                self.words[word] += 1
            else:
                self.is_free_text = True
                if len(word) < 30 and is_telling(word):
                    self.words[word] += 1


@dataclass(frozen=True, slots=True)
class Word:
    """What a word of a column is taken for."""

    text: str
    standing: Standing
    count: int
    is_known: bool = True


@dataclass(frozen=True, slots=True)
class StatusColumn:
    """A column that says who may be written to."""

    place: int
    heading: str
    asks: Asks
    words: tuple[Word, ...]
    """Some of them: those first that keep messages from somebody, and of those the ones that are not known."""
    is_sure: bool
    unknown: Standing = Standing.INACTIVE
    """What a word that is not known is taken for."""
    is_groups: bool = False
    """It names groups, and some of their names say it."""


def status_columns(
    columns: Sequence[Column], tallies: Mapping[int, Tally], said: Mapping[str, str]
) -> tuple[tuple[StatusColumn, ...], tuple[Column, ...]]:
    """Find the columns that say who may be written to, by heading and by words; gives the columns as they are then."""
    found: list[StatusColumn] = []
    after: list[Column] = []
    for column in columns:
        status = _status(column, tallies.get(column.place), said)
        if status is not None:
            found.append(status)
        is_it = status is not None and status.is_sure and not status.is_groups
        after.append(replace(column, means=Means.STATUS) if is_it else column)
    return tuple(found), tuple(after)


def _status(column: Column, tally: Tally | None, said: Mapping[str, str]) -> StatusColumn | None:
    if tally is None:
        return None
    if column.means is Means.STATUS:
        return _by_heading(column, tally, said)
    telling = [word for word in tally.words if is_telling(word)]
    if column.is_said or not telling:
        return None
    if column.means is Means.GROUPS:
        words = tuple(Word(text, word_standing(text) or Standing.INACTIVE, tally.words[text]) for text in telling)
        return StatusColumn(column.place, column.heading, Asks.STATUS, words, is_sure=True, is_groups=True)
    is_sure = not tally.is_free_text and all(word_standing(word) for word in tally.words if word)
    return _column(column, Asks.STATUS, tally, said, is_sure=is_sure, unknown=Standing.ACTIVE)


def _by_heading(column: Column, tally: Tally, said: Mapping[str, str]) -> StatusColumn:
    asks = Asks(column.field) if column.field else Asks.STATUS
    known = {word.casefold() for word in said}
    are_known = all(standing_of(asks, word) or word.casefold() in known for word in tally.words)
    is_sure = column.is_said or (are_known and not tally.is_free_text)
    return _column(column, asks, tally, said, is_sure=is_sure, unknown=Standing.INACTIVE)


def _column(
    column: Column, asks: Asks, tally: Tally, said: Mapping[str, str], *, is_sure: bool, unknown: Standing
) -> StatusColumn:
    spoken = {word.casefold(): Standing(standing) for word, standing in said.items()}
    words = []
    for text, count in tally.words.most_common():
        standing = spoken.get(text.casefold()) or standing_of(asks, text)
        words.append(Word(text, standing or unknown, count, standing is not None))
    words.sort(key=lambda word: (word.standing is Standing.ACTIVE, word.is_known))
    return StatusColumn(column.place, column.heading, asks, tuple(words[:_SHOWN]), is_sure, unknown)

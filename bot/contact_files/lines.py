"""What a reading process tells the one that started it: a line of JSON for each thing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson

from bot.contact_files.entries import Entry, Read, Refused
from bot.contact_files.guessing import Guess
from bot.contact_files.reading import About
from bot.contact_files.standing import Asks, Standing
from bot.contact_files.statuses import StatusColumn, Word
from flows.effects import Template
from flows.values import ContactStatus


@dataclass(frozen=True, slots=True)
class Ended:
    """The reading is over: every row was told."""

    peak_mb: float
    """The most memory that the process had."""
    cpu_seconds: float


Line = About | Read | Template | Ended
"""What was found out first, then the rows, and an end or the reason why there is none."""


def write_line(line: Line) -> bytes:
    """Write a line, with its end."""
    return orjson.dumps(_written(line), option=orjson.OPT_APPEND_NEWLINE)


def _written(line: Line) -> list[Any]:
    if isinstance(line, Entry):
        person = (line.place, line.phone, line.name, line.language, line.time_zone, line.fields)
        return ["entry", *person, line.groups, line.opted_out, line.status]
    if isinstance(line, Refused):
        return ["refused", line.place, line.text, line.reason]
    if isinstance(line, Template):
        return ["problem", line.name, line.values]
    if isinstance(line, Ended):
        return ["end", line.peak_mb, line.cpu_seconds]
    guess = line.encoding
    return [
        "about",
        [guess.name, guess.is_sure, guess.sample] if guess else None,
        [[status.place, status.heading, status.asks, *_told(status)] for status in line.statuses],
    ]


def _told(status: StatusColumn) -> list[Any]:
    words = [[word.text, word.standing, word.count, word.is_known] for word in status.words]
    return [words, status.is_sure, status.unknown, status.is_groups]


def read_line(line: bytes) -> Line:
    """Read what `write_line` wrote; raises `ValueError` for anything else."""
    kind, *rest = orjson.loads(line)
    told: Line = _READERS[kind](*rest)
    return told


def _entry(*values: Any) -> Entry:
    *person, groups, opted_out, status = values
    place, phone, name, language, time_zone, fields = person
    return Entry(place, phone, name, language, time_zone, fields, tuple(groups), opted_out, ContactStatus(status))


def _about(guess: list[Any] | None, statuses: list[list[Any]]) -> About:
    encoding = Guess(guess[0], guess[1], tuple(guess[2])) if guess else None
    return About(encoding, tuple(_status(*one) for one in statuses))


def _status(place: int, heading: str, asks: str, words: list[list[Any]], *rest: Any) -> StatusColumn:
    is_sure, unknown, is_groups = rest
    found = tuple(Word(text, Standing(standing), count, is_known) for text, standing, count, is_known in words)
    return StatusColumn(place, heading, Asks(asks), found, is_sure, Standing(unknown), is_groups)


_READERS: dict[str, Any] = {"entry": _entry, "refused": Refused, "problem": Template, "end": Ended, "about": _about}

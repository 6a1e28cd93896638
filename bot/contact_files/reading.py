"""The people of a file of any kind, one after the other, in flat memory."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import chain
from typing import IO, BinaryIO

import orjson

from bot.contact_files.bounds import BY_SHELL, Bounds
from bot.contact_files.encodings import encoding_of, kind_of
from bot.contact_files.entries import Entry, Kind, Read, Refused
from bot.contact_files.guessing import Guess
from bot.contact_files.headers import Column, Means, columns_of, is_header
from bot.contact_files.people import group_names, is_yes, language_of, name_of, phone_of, unguarded, zone_of
from bot.contact_files.refusals import ENGLISH, FileRefused, written
from bot.contact_files.standing import (
    STATUSES,
    Asks,
    Standing,
    standing_of,
    standing_of_groups,
    strictest,
    word_standing,
)
from bot.contact_files.statuses import StatusColumn, Tally, status_columns
from bot.contact_files.tables import spreadsheet_rows, text_rows
from bot.contact_files.vcards import read_cards
from flows.effects import Template
from flows.errors import FlowError

_NAME_PARTS = (Means.FIRST, Means.MIDDLE, Means.LAST)
_MOBILE = ("mobile", "cell", "movil", "móvil", "celular", "whatsapp", "handy", "mobil")
_SHOWN = 60


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How a file is read, where that is said."""

    country: str | None = None
    """Of numbers without a country code."""
    mapping: Mapping[str, str] = field(default_factory=dict)
    """What columns mean, by heading."""
    encoding: str | None = None
    standings: Mapping[str, str] = field(default_factory=dict)
    """What words of a status column mean."""
    language: str = ENGLISH
    """Of the reasons for which rows are refused."""


@dataclass(frozen=True, slots=True)
class About:
    """What was found out about a file before its rows are taken."""

    encoding: Guess | None = None
    """None: it is told by the file itself or by whoever takes it in."""
    statuses: tuple[StatusColumn, ...] = ()
    columns: tuple[Column, ...] = ()
    has_header: bool = True
    rows: IO[bytes] | None = field(default=None, compare=False)
    """The rows of a spreadsheet, a line of JSON each."""


def read_contacts(
    file: BinaryIO,
    *,
    country: str | None = None,
    mapping: Mapping[str, str] | None = None,
    encoding: str | None = None,
) -> Generator[Read, None, None]:
    """Read a file that can be sought in: table, spreadsheet or vCard; numbers without a country are of `country`.

    Gives an `Entry` or a `Refused` per row; raises `FileRefused` where the file as a whole cannot be read.
    """
    options = ReadOptions(country, mapping or {}, encoding)
    return read_rows(file, examine(file, options), options)


def examine(file: BinaryIO, options: ReadOptions, bounds: Bounds = BY_SHELL, keep: IO[bytes] | None = None) -> About:
    """Read a file once, to find out what its columns mean; raises `FileRefused`.

    The rows of a spreadsheet, which take long to read, are written to `keep`, and read from there the second time.
    """
    kind = kind_of(file)
    guess = None if kind is Kind.SPREADSHEET or options.encoding else encoding_of(file)
    if guess is not None and not guess.sample:
        guess = None
    if kind is Kind.VCARD:
        return About(guess)
    kept = keep if kind is Kind.SPREADSHEET else None
    with closing(_numbered_rows(file, options, bounds, kept)) as rows:
        first = next(rows, None)
        if first is None:
            raise FileRefused("file_no_rows")
        has_header = bool(options.mapping) or is_header(first[1]) or not _has_phone(first[1], options.country)
        columns = columns_of(first[1], options.mapping) if has_header else _without_header(first[1], options.country)
        tallies = {column.place: Tally() for column in columns if column.means in _TALLIED}
        watched = [(column.place, tallies[column.place], _cut(column)) for column in columns if column.place in tallies]
        for _number, row in rows if has_header else chain([first], rows):
            for place, tally, cut in watched:
                if place < len(row) or cut is None:
                    tally.add(row[place] if place < len(row) else "", cut)
    found, columns = status_columns(columns, tallies, options.standings)
    return About(guess, found, columns, has_header, kept)


_TALLIED = (Means.STATUS, Means.FIELD, Means.GROUPS)


def _cut(column: Column) -> str | None:
    return ";" if column.means is Means.GROUPS else None


def read_rows(
    file: BinaryIO, about: About, options: ReadOptions, bounds: Bounds = BY_SHELL
) -> Generator[Read, None, None]:
    """Read the people of a file that was examined."""
    if kind_of(file) is Kind.VCARD:
        encoding = options.encoding or (about.encoding.name if about.encoding else None)
        yield from _within(read_cards(file, options.country, encoding, bounds, options.language), bounds)
        return
    with closing(_kept_rows(about.rows) if about.rows else _numbered_rows(file, options, bounds)) as rows:
        if about.has_header:
            next(rows, None)
        for number, row in rows:
            yield _person(f"row {number}", [unguarded(cell) for cell in row], about, options, bounds)


def _within(reads: Iterator[Read], bounds: Bounds) -> Iterator[Read]:
    for count, one in enumerate(reads, 1):
        if bounds.rows is not None and count > bounds.rows:
            raise FileRefused("file_too_many_rows", count=f"{bounds.rows:,}")
        yield one


def _kept_rows(kept: IO[bytes]) -> Generator[tuple[int, list[str]], None, None]:
    kept.seek(0)
    for line in kept:
        number, row = orjson.loads(line)
        yield number, row


def _numbered_rows(
    file: BinaryIO, options: ReadOptions, bounds: Bounds, keep: IO[bytes] | None = None
) -> Generator[tuple[int, list[str]], None, None]:
    """Read the rows of a table that have something in them, with their numbers, within the bounds."""
    is_sheet = kind_of(file) is Kind.SPREADSHEET
    rows = spreadsheet_rows(file, bounds) if is_sheet else text_rows(file, options.encoding)
    count = 0
    with closing(rows):
        for number, row in enumerate(rows, 1):
            if len(row) > bounds.columns:
                raise FileRefused("file_too_many_columns", count=bounds.columns, row=number)
            if not any(cell.strip() for cell in row):
                continue
            count += 1
            if bounds.rows is not None and count > bounds.rows + 1:  # the headings are a row, too
                raise FileRefused("file_too_many_rows", count=f"{bounds.rows:,}")
            if keep is not None:
                keep.write(orjson.dumps((number, row), option=orjson.OPT_APPEND_NEWLINE))
            yield number, row


def _has_phone(row: Sequence[str], country: str | None) -> bool:
    return any(_is_phone(cell, country) for cell in row)


def _is_phone(cell: str, country: str | None) -> bool:
    try:
        phone_of([cell], country)
    except FlowError:
        return False
    return True


def _without_header(row: Sequence[str], country: str | None) -> tuple[Column, ...]:
    """A plain list: phone, or name and phone in either order, or first name, last name and phone, and a status."""
    phone = next(place for place, cell in enumerate(row) if _is_phone(cell, country))
    others = [place for place, cell in enumerate(row) if place != phone and cell.strip()]
    statuses = [place for place in others if word_standing(row[place]) is not None]
    names = [place for place in others if place not in statuses][:2]
    means = (Means.FIRST, Means.LAST) if len(names) == 2 else (Means.NAME,)
    return (
        Column(phone, Means.PHONE),
        *(Column(place, one) for place, one in zip(names, means, strict=False)),
        *(Column(place, Means.STATUS, Asks.STATUS, heading=f"column {place + 1}") for place in statuses),
    )


def _person(place: str, row: Sequence[str], about: About, options: ReadOptions, bounds: Bounds) -> Read:
    shown = ", ".join(filter(None, (cell[:_SHOWN] for cell in row[:20])))[:_SHOWN]
    if sum(map(len, row)) > bounds.row_characters:
        says = Template("row_too_long", {"count": f"{bounds.row_characters:,}"})
        return Refused(place, shown, written(says, options.language))
    cells = [(column, row[column.place]) for column in about.columns if column.place < len(row) and row[column.place]]
    found = {column.means: text for column, text in cells}
    name = found.get(Means.NAME) or name_of([found.get(part, "") for part in _NAME_PARTS])
    try:
        phone = phone_of(_phones(cells), options.country)
    except FlowError as error:
        return Refused(place, shown, error.message)
    groups = tuple(dict.fromkeys(chain(*(_groups_of(column, text) for column, text in cells))))
    standing = strictest(_standings(row, groups, about, options))
    return Entry(
        place,
        phone,
        name_of([name or ""]),
        language_of(found.get(Means.LANGUAGE, "")),
        zone_of(found.get(Means.TIME_ZONE, "")),
        {column.field: text for column, text in cells if column.means is Means.FIELD},
        groups,
        standing is Standing.OPTED_OUT,
        STATUSES[standing],
    )


def _groups_of(column: Column, text: str) -> tuple[str, ...]:
    if column.means is Means.GROUPS:
        return group_names(text)
    return group_names(column.field) if column.means is Means.IN_GROUP and is_yes(text) else ()


def _standings(row: Sequence[str], groups: Sequence[str], about: About, options: ReadOptions) -> Iterator[Standing]:
    said = {word.casefold(): Standing(standing) for word, standing in options.standings.items()}
    for status in about.statuses:
        if status.is_groups:
            continue
        text = row[status.place].strip() if status.place < len(row) else ""
        yield said.get(text.casefold()) or standing_of(status.asks, text) or status.unknown
    yield standing_of_groups(groups)


def _phones(cells: Sequence[tuple[Column, str]]) -> list[str]:
    """Put the phones of a row in the order in which they are likely to take texts."""
    mobiles = {
        column.field for column, text in cells if column.means is Means.PHONE_KIND and _names_mobile(text)
    }  # of Google's numbered pairs
    phones = [
        (0 if column.field and column.field in mobiles else column.rank, column.place, text)
        for column, text in cells
        if column.means is Means.PHONE
    ]
    return [text for _rank, _place, text in sorted(phones)]


def _names_mobile(text: str) -> bool:
    return any(word in text.casefold() for word in _MOBILE)

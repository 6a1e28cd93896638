"""The people of a file of any kind, one after the other, in flat memory."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing
from itertools import chain
from typing import BinaryIO

from bot.contact_files.encodings import kind_of
from bot.contact_files.entries import Entry, Kind, Read, Refused
from bot.contact_files.headers import Column, Means, columns_of, is_header
from bot.contact_files.people import group_names, is_yes, language_of, name_of, phone_of, unguarded, zone_of
from bot.contact_files.tables import spreadsheet_rows, text_rows
from bot.contact_files.vcards import read_cards
from flows.errors import CommandError, FlowError

_NAME_PARTS = (Means.FIRST, Means.MIDDLE, Means.LAST)
_MOBILE = ("mobile", "cell", "movil", "móvil", "celular", "whatsapp")
_SHOWN = 60


def read_contacts(
    file: BinaryIO,
    *,
    country: str | None = None,
    mapping: Mapping[str, str] | None = None,
    encoding: str | None = None,
) -> Generator[Read, None, None]:
    """Read a file that can be sought in: table, spreadsheet or vCard; numbers without a country are of `country`.

    Gives an `Entry` or a `Refused` per row; raises `CommandError` where the file as a whole cannot be read.
    """
    kind = kind_of(file)
    if kind is Kind.VCARD:
        return read_cards(file, country, encoding)
    return _people(spreadsheet_rows(file) if kind is Kind.SPREADSHEET else text_rows(file, encoding), country, mapping)


def _people(
    rows: Generator[list[str], None, None], country: str | None, mapping: Mapping[str, str] | None
) -> Generator[Read, None, None]:
    with closing(rows):
        numbered: Iterator[tuple[int, list[str]]]
        numbered = ((number, row) for number, row in enumerate(rows, 1) if any(cell.strip() for cell in row))
        first = next(numbered, None)
        if first is None:
            raise CommandError("The file has no rows.")
        if mapping or is_header(first[1]) or not _has_phone(first[1], country):
            columns = columns_of(first[1], mapping)
        else:
            columns = _without_header(first[1], country)
            numbered = chain([first], numbered)
        for number, row in numbered:
            yield _person(f"row {number}", [unguarded(cell) for cell in row], columns, country)


def _has_phone(row: Sequence[str], country: str | None) -> bool:
    return any(_is_phone(cell, country) for cell in row)


def _is_phone(cell: str, country: str | None) -> bool:
    try:
        phone_of([cell], country)
    except FlowError:
        return False
    return True


def _without_header(row: Sequence[str], country: str | None) -> tuple[Column, ...]:
    """A plain list: phone, or name and phone in either order, or first name, last name and phone."""
    phone = next(place for place, cell in enumerate(row) if _is_phone(cell, country))
    names = [place for place, cell in enumerate(row) if place != phone and cell.strip()][:2]
    means = (Means.FIRST, Means.LAST) if len(names) == 2 else (Means.NAME,)
    return (Column(phone, Means.PHONE), *(Column(place, one) for place, one in zip(names, means, strict=False)))


def _person(place: str, row: Sequence[str], columns: Sequence[Column], country: str | None) -> Read:
    cells = [(column, row[column.place]) for column in columns if column.place < len(row) and row[column.place]]
    found = {column.means: text for column, text in cells}
    name = found.get(Means.NAME) or name_of([found.get(part, "") for part in _NAME_PARTS])
    try:
        phone = phone_of(_phones(cells), country)
    except FlowError as error:
        return Refused(place, ", ".join(filter(None, row))[:_SHOWN], error.message)
    return Entry(
        place,
        phone,
        name_of([name or ""]),
        language_of(found.get(Means.LANGUAGE, "")),
        zone_of(found.get(Means.TIME_ZONE, "")),
        {column.field: text for column, text in cells if column.means is Means.FIELD},
        tuple(dict.fromkeys(chain(*(group_names(text) for column, text in cells if column.means is Means.GROUPS)))),
        is_yes(found.get(Means.OPTED_OUT, "")),
    )


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

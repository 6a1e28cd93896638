"""Contacts written as a table, a spreadsheet, vCards or JSON lines, row by row."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import orjson

from bot.cells import guarded
from flows.errors import CommandError
from flows.values import ContactStatus

FORMATS = {".csv": "csv", ".tsv": "tsv", ".xlsx": "xlsx", ".vcf": "vcard", ".jsonl": "jsonl"}
COLUMNS = ("phone", "name", "language", "time_zone", "status", "opted_out", "groups")
XLSX_ROWS = 1_048_575
"""Below the headings, on one sheet."""
_CATEGORIES = {
    ContactStatus.INACTIVE: "Inactive",
    ContactStatus.BLOCKED: "Blocked",
    ContactStatus.INVALID: "Invalid number",
}
_BREAKS = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": ""})

Document = Mapping[str, Any]
"""A person: the COLUMNS, and `fields`."""


def format_of(path: Path, wanted: str | None) -> str:
    """Choose the format by name or by the end of the file's name; raises `CommandError`."""
    found = wanted or FORMATS.get(path.suffix.lower())
    if found is None:
        raise CommandError(f"{path.name}: say the format, or end the name in {', '.join(FORMATS)}.")
    return found


@contextmanager
def writing(path: Path, form: str, field_names: Sequence[str]) -> Iterator[Callable[[Document], None]]:
    """Open a file for people, each given to what this yields; it is there whole in the end, or not at all."""
    part = path.with_name(path.name + ".part")
    try:
        with _WRITERS[form](part, field_names) as write:
            yield write
        part.replace(path)
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror or error}.") from error
    finally:
        part.unlink(missing_ok=True)


def _row(one: Document, field_names: Sequence[str]) -> list[str]:
    return [_cell(one.get(name)) for name in COLUMNS] + [_cell(one["fields"].get(name)) for name in field_names]


def _cell_of_table(cell: str) -> str:
    return guarded(cell, numbers_stay=True)


def _cell(value: Any) -> str:
    if value is None or value is False:
        return ""
    if value is True:
        return "yes"
    if isinstance(value, list | tuple):
        return "; ".join(map(_cell, value))
    return value if isinstance(value, str) else orjson.dumps(value).decode()


@contextmanager
def _csv(path: Path, field_names: Sequence[str], delimiter: str = ",") -> Iterator[Callable[[Document], None]]:
    with path.open("w", encoding="utf-8-sig", newline="") as file:  # with the mark, which Excel needs
        table = csv.writer(file, delimiter=delimiter)
        table.writerow([*COLUMNS, *map(_cell_of_table, field_names)])
        yield lambda one: table.writerows([[_cell_of_table(cell) for cell in _row(one, field_names)]])


@contextmanager
def _xlsx(path: Path, field_names: Sequence[str]) -> Iterator[Callable[[Document], None]]:
    from openpyxl import Workbook  # noqa: PLC0415 - for those who want such a file
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE  # noqa: PLC0415

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Contacts")
    left = itertools.count(XLSX_ROWS, -1)

    def text(value: str) -> Any:
        cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", value))
        cell.data_type = "s"  # never a formula, and a phone keeps its plus
        return cell

    def write(one: Document) -> None:
        if next(left) <= 0:
            raise CommandError(f"A spreadsheet holds {XLSX_ROWS:,} people: export CSV.")
        sheet.append([text(cell) for cell in _row(one, field_names)])

    sheet.append([text(name) for name in (*COLUMNS, *field_names)])
    yield write
    book.save(path)


@contextmanager
def _vcards(path: Path, _field_names: Sequence[str]) -> Iterator[Callable[[Document], None]]:
    with path.open("w", encoding="utf-8", newline="") as file:
        yield lambda one: file.writelines(f"{line}\r\n" for line in _card(one))


def _card(one: Document) -> Iterator[str]:
    """Write a vCard 3.0 (RFC 2426), which old phones read as well; long lines stay whole, which all of them take."""
    name = str(one.get("name") or one["phone"]).translate(_BREAKS)
    yield from ("BEGIN:VCARD", "VERSION:3.0", f"FN:{name}", f"N:{name};;;;", f"TEL;TYPE=CELL:{one['phone']}")
    if email := one["fields"].get("email"):
        yield f"EMAIL:{_cell(email).translate(_BREAKS)}"
    if groups := [*(one.get("groups") or ()), *_standing(one)]:
        yield f"CATEGORIES:{','.join(name.translate(_BREAKS) for name in groups)}"
    yield "END:VCARD"


def _standing(one: Document) -> Iterator[str]:
    """Name as a category what a card has no property for, so that nobody who left is taken for somebody to write to."""
    if one.get("opted_out"):
        yield "Opted out"
    if one.get("status") not in (None, ContactStatus.ACTIVE):
        yield _CATEGORIES[ContactStatus(one["status"])]


@contextmanager
def _json(path: Path, _field_names: Sequence[str]) -> Iterator[Callable[[Document], None]]:
    with path.open("wb") as file:
        yield lambda one: file.writelines([orjson.dumps(one, option=orjson.OPT_APPEND_NEWLINE)])


_Opener = Callable[[Path, Sequence[str]], AbstractContextManager[Callable[[Document], None]]]
_WRITERS: Mapping[str, _Opener] = {
    "csv": _csv,
    "tsv": partial(_csv, delimiter="\t"),
    "xlsx": _xlsx,
    "vcard": _vcards,
    "jsonl": _json,
}

"""Rows of cells out of a table in text or a spreadsheet, one after the other."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Generator, Iterator
from datetime import date, datetime
from itertools import islice
from typing import Any, BinaryIO

from bot.contact_files.encodings import encoding_of
from flows.errors import CommandError

DELIMITERS = ",;\t|"
_SAMPLE_LINES = 50
_MAX_CELL = 131_072
"""Characters of one cell; a quotation mark that is never closed would swallow the whole file."""


def text_rows(file: BinaryIO, encoding: str | None = None) -> Generator[list[str], None, None]:
    """Read a table whose cells stand between commas, semicolons, tabs or bars; raises `CommandError`."""
    name = encoding or encoding_of(file)
    try:
        text = io.TextIOWrapper(file, name, errors="strict" if encoding else "replace", newline="")
    except LookupError as error:
        raise CommandError(f"'{encoding}' is no encoding: leave it out, or name one such as cp1252.") from error
    try:
        yield from _rows(text)
    except UnicodeError as error:
        raise CommandError(f"The file is not written in {name}: leave the encoding out.") from error
    except csv.Error as error:
        raise CommandError(f"The table cannot be read ({error}): is a quotation mark left open?") from error
    finally:
        text.detach()


def _rows(text: io.TextIOWrapper) -> Iterator[list[str]]:
    csv.field_size_limit(_MAX_CELL)
    sample = "".join(islice(text, _SAMPLE_LINES))
    text.seek(0)
    first = sample.partition("\n")[0]
    if first.lower().startswith("sep=") and len(first.strip()) == 5:  # Excel's own hint
        text.readline()
        yield from csv.reader(text, delimiter=first.strip()[-1])
        return
    yield from csv.reader(text, delimiter=delimiter_of(sample))


def delimiter_of(sample: str) -> str:
    """Find what stands between the cells: what cuts the most lines into as many cells as the first one."""
    return max(DELIMITERS, key=lambda sign: _fitness(sample, sign))


def _fitness(sample: str, sign: str) -> tuple[int, int]:
    try:
        widths = [len(row) for row in csv.reader(io.StringIO(sample, newline=""), delimiter=sign) if row]
    except csv.Error:
        return (0, 0)
    if not widths or widths[0] == 1:
        return (0, 0)
    return (sum(width == widths[0] for width in widths), widths[0])


def spreadsheet_rows(file: BinaryIO) -> Generator[list[str], None, None]:
    """Read the first sheet that has rows; raises `CommandError`."""
    from openpyxl import load_workbook  # noqa: PLC0415 - for those who have such a file
    from openpyxl.utils.exceptions import InvalidFileException  # noqa: PLC0415

    try:
        book = load_workbook(file, read_only=True, data_only=True)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        raise CommandError("The spreadsheet is damaged, or is no .xlsx file: save it again, or as CSV.") from error
    try:
        for sheet in book.worksheets:
            rows = ([_cell(value) for value in row] for row in sheet.iter_rows(values_only=True))
            first = next((row for row in rows if any(row)), None)
            if first is not None:
                yield first
                yield from rows
                return
    finally:
        book.close()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat(" ")
    return value.isoformat() if isinstance(value, date) else str(value)

"""Rows of cells out of a table in text or a spreadsheet, one after the other, within bounds."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Generator, Iterator
from datetime import date, datetime
from itertools import islice
from typing import Any, BinaryIO

from bot.contact_files.bounds import BY_SHELL, MB, Bounds
from bot.contact_files.encodings import encoding_of
from bot.contact_files.refusals import FileRefused

DELIMITERS = ",;\t|"
_SAMPLE_LINES, _SAMPLE_CHARACTERS = 50, 65_536
_MAX_CELL = 131_072
"""Characters of one cell; a quotation mark that is never closed would swallow the whole file."""
_MAX_PARTS = 5_000
"""Files in the packed folder that a spreadsheet is."""


def text_rows(file: BinaryIO, encoding: str | None = None) -> Generator[list[str], None, None]:
    """Read a table whose cells stand between commas, semicolons, tabs or bars; raises `FileRefused`."""
    name = encoding or encoding_of(file).name
    try:
        text = io.TextIOWrapper(file, name, errors="strict" if encoding else "replace", newline="")
    except LookupError as error:
        raise FileRefused("file_encoding_unknown", encoding=encoding) from error
    try:
        yield from _rows(text)
    except UnicodeError as error:
        raise FileRefused("file_encoding_wrong", encoding=name) from error
    except csv.Error as error:
        raise FileRefused("file_table_broken", problem=str(error)) from error
    finally:
        text.detach()


def _rows(text: io.TextIOWrapper) -> Iterator[list[str]]:
    csv.field_size_limit(_MAX_CELL)
    sample = "".join(islice(text, _SAMPLE_LINES))[:_SAMPLE_CHARACTERS]
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


def spreadsheet_rows(file: BinaryIO, bounds: Bounds = BY_SHELL) -> Generator[list[str], None, None]:
    """Read the first sheet that has rows; raises `FileRefused`."""
    from xml.etree.ElementTree import ParseError  # noqa: PLC0415 - for those who have such a file

    from openpyxl import load_workbook  # noqa: PLC0415
    from openpyxl.utils.exceptions import InvalidFileException  # noqa: PLC0415

    broken = (
        InvalidFileException,
        zipfile.BadZipFile,
        ParseError,
        LookupError,
        ValueError,
        TypeError,
        EOFError,
        OSError,
    )
    try:
        _check_size(file, bounds)
        book = load_workbook(file, read_only=True, data_only=True)
        for sheet in book.worksheets:
            sheet.reset_dimensions()  # what a sheet says about its size may be a lie, and is filled up with empty cells
            rows = (_cells(row) for row in sheet.iter_rows(values_only=True))
            first = next((row for row in rows if row), None)
            if first is not None:
                yield first
                yield from rows
                return
    except broken as error:
        raise FileRefused("file_spreadsheet_damaged") from error


def _check_size(file: BinaryIO, bounds: Bounds) -> None:
    """Refuse a packed folder that unpacks to more than the bound, before anything of it is unpacked."""
    parts = zipfile.ZipFile(file).infolist()
    if len(parts) > _MAX_PARTS:
        raise FileRefused("file_spreadsheet_damaged")
    if bounds.unpacked_mb is not None and sum(part.file_size for part in parts) > bounds.unpacked_mb * MB:
        raise FileRefused("file_too_large_unpacked", count=bounds.unpacked_mb)
    file.seek(0)


def _cells(row: tuple[Any, ...]) -> list[str]:
    """Write the cells of a row as texts, without the empty ones at its end."""
    cells = [_cell(value) for value in row]
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat(" ")
    return value.isoformat() if isinstance(value, date) else str(value)

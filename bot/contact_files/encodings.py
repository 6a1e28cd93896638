"""What a file is and how its text is written, by its bytes: names of files and types given by mail are often wrong."""

from __future__ import annotations

import codecs
from typing import BinaryIO

from bot.contact_files.entries import Kind
from flows.errors import CommandError

PIECE = 65_536
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_ZIP, _OLD_OFFICE, _PDF = b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF"
_CARD = "begin:vcard"


def kind_of(file: BinaryIO) -> Kind:
    """Tell a table, a spreadsheet and a vCard apart; raises `CommandError` for anything else."""
    start = _start(file)
    if start.startswith(_ZIP):
        return Kind.SPREADSHEET
    if start.startswith(_OLD_OFFICE):
        raise CommandError("The file is an Excel file of before 2007: save it as .xlsx or as CSV.")
    if start.startswith(_PDF):
        raise CommandError("The file is a PDF: send the list as CSV, .xlsx or vCard.")
    if not start.strip():
        raise CommandError("The file is empty.")
    text = start.decode(encoding_of(file), errors="ignore").lstrip("\ufeff \r\n\t").lower()
    if "\0" in text:
        raise CommandError("The file is no text: send the list as CSV, .xlsx or vCard.")
    return Kind.VCARD if text.startswith(_CARD) else Kind.TABLE


def encoding_of(file: BinaryIO) -> str:
    """Find the encoding: by its mark, by the empty half of UTF-16, as UTF-8 where all of it is, else Windows-1252."""
    start = _start(file)
    for mark, name in _MARKS:
        if start.startswith(mark):
            return name
    pairs = start[:200]
    if len(pairs) >= 4 and 0 in pairs:
        if not any(pairs[1::2]):
            return "utf-16-le"
        if not any(pairs[0::2]):
            return "utf-16-be"
    return "utf-8" if _is_utf_8(file) else "cp1252"


def _start(file: BinaryIO) -> bytes:
    file.seek(0)
    start = file.read(PIECE)
    file.seek(0)
    return start


def _is_utf_8(file: BinaryIO) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while piece := file.read(PIECE):
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    finally:
        file.seek(0)
    return True

"""What a file is and how its text is written, by its bytes: names of files and types given by mail are often wrong."""

from __future__ import annotations

import codecs
from typing import BinaryIO

from bot.contact_files.entries import Kind
from bot.contact_files.guessing import Guess, guess_of
from bot.contact_files.refusals import FileRefused

PIECE = 65_536
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_ZIP, _OLD_OFFICE, _PDF = b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF"
_CARD = "begin:vcard"


def kind_of(file: BinaryIO) -> Kind:
    """Tell a table, a spreadsheet and a vCard apart; raises `FileRefused` for anything else."""
    start = _start(file)
    if start.startswith(_ZIP):
        return Kind.SPREADSHEET
    if start.startswith(_OLD_OFFICE):
        raise FileRefused("file_old_excel")
    if start.startswith(_PDF):
        raise FileRefused("file_pdf")
    if not start.strip():
        raise FileRefused("file_empty")
    text = start.decode(_by_marks(start) or "utf-8", errors="ignore").lstrip("\ufeff \r\n\t").lower()
    if "\0" in text:
        raise FileRefused("file_no_text")
    return Kind.VCARD if text.startswith(_CARD) else Kind.TABLE


def encoding_of(file: BinaryIO) -> Guess:
    """Find the encoding: by its mark, by the empty half of UTF-16, as UTF-8 where all of it is; else it is a guess."""
    sure = _by_marks(_start(file))
    if sure is None and _is_utf_8(file):
        sure = "utf-8"
    return Guess(sure) if sure is not None else guess_of(file)


def _by_marks(start: bytes) -> str | None:
    for mark, name in _MARKS:
        if start.startswith(mark):
            return name
    pairs = start[:200]
    if len(pairs) >= 4 and 0 in pairs:
        if not any(pairs[1::2]):
            return "utf-16-le"
        if not any(pairs[0::2]):
            return "utf-16-be"
    return None


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

"""Cells of tables that spreadsheets open."""

from __future__ import annotations

import re

_COMPUTED = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"[+-]?[0-9][0-9 ().-]*")


def guarded(cell: str, *, numbers_stay: bool = False) -> str:
    """Keep a spreadsheet from computing a cell (OWASP, CSV injection): such a text gets an apostrophe before it.

    `numbers_stay` leaves phones and numbers as they are, which compute nothing, for files that are read again.
    """
    if not cell.startswith(_COMPUTED) or (numbers_stay and _NUMBER.fullmatch(cell)):
        return cell
    return f"'{cell}"

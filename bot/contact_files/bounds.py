"""How much a file may ask for while it is read."""

from __future__ import annotations

from dataclasses import dataclass

MB = 1_000_000


@dataclass(frozen=True, slots=True)
class Bounds:
    """The bounds of one reading; None: no bound."""

    memory_mb: int
    """Of the process that reads, with the program itself."""
    seconds: int | None
    """From the beginning to the last row, of time and of CPU."""
    rows: int | None
    """With something in them; cards of a vCard file count as rows."""
    columns: int
    unpacked_mb: int | None
    """Of a spreadsheet, which is a packed folder."""
    text_mb: int | None
    """Of all that is taken from the file."""
    stall_seconds: int
    """Until the next row comes."""
    entries: int = 100
    """Lines of one card that are looked at."""
    row_characters: int = 100_000


BY_CHAT = Bounds(memory_mb=256, seconds=20, rows=20_000, columns=200, unpacked_mb=50, text_mb=20, stall_seconds=20)
"""Of a file that somebody attaches to a text."""
BY_SHELL = Bounds(
    memory_mb=2_048, seconds=None, rows=None, columns=2_000, unpacked_mb=None, text_mb=None, stall_seconds=120
)
"""Of the owner's own files, however many rows they have."""

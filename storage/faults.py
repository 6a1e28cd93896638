"""Which errors of PostgreSQL are about a row, and which about the server: only those of a row are anybody's fault."""

from __future__ import annotations

ROW_CLASSES = ("21", "22", "23", "44")
"""Of SQLSTATE: cardinality, data, integrity and view-check violations."""
ROW_STATES = ("54000",)
"""A value is too long for an index."""


def is_about_a_row(error: BaseException | None) -> bool:
    """Return whether an error is about the values of a row: it comes back however often the statement runs."""
    state = getattr(error, "sqlstate", None) or ""
    return state in ROW_STATES or state[:2] in ROW_CLASSES

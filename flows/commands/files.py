"""Files of contacts that come with a command."""

from __future__ import annotations

from collections.abc import Iterable

from flows.values import Media

_TYPES = (
    *("text/vcard", "text/x-vcard", "text/directory", "text/csv", "text/tab-separated-values", "text/plain"),
    *("application/csv", "application/vnd.ms-excel"),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
)
"""As providers name vCards, tables and spreadsheets (RFC 6350, RFC 4180)."""


TAKE_PICTURES = ("BLAST", "SCHEDULE", "TEST", "REPLY", "@", "~")
"""The commands whose text a file may go out with, or that say why it does not."""


def contact_file(media: Iterable[Media]) -> Media | None:
    """Find the first file that may hold contacts among what came with a message."""
    return next((one for one in media if _kind(one) in _TYPES), None)


def _kind(media: Media) -> str:
    return (media.content_type or "").partition(";")[0].strip().lower()

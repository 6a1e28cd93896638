"""What a file of contacts says, row by row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from flows.values import ContactStatus


class Kind(StrEnum):
    """What a file is."""

    TABLE = "table"
    SPREADSHEET = "spreadsheet"
    VCARD = "vcard"


@dataclass(frozen=True, slots=True)
class Entry:
    """One person, as the file names one."""

    place: str
    """row 12, card 3"""
    phone: str
    """E.164"""
    name: str | None = None
    language: str | None = None
    time_zone: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    """Custom fields, e-mail and zip among them."""
    groups: tuple[str, ...] = ()
    opted_out: bool = False
    """The file says that this person wants no messages."""
    status: ContactStatus = ContactStatus.ACTIVE


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that names nobody who could be texted."""

    place: str
    text: str
    """What stands there, shortened."""
    reason: str


Read = Entry | Refused

"""The fields that every contact has, and what may be said about each."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from flows.audiences.folding import fold
from flows.audiences.tree import Operator
from flows.language.phones import PhoneError, parse_phone
from flows.values import ContactStatus

NAME = re.compile(r"[^\W\d_]\w*")
"""Of a field or a kind of record, after `field_name`."""
_DAY = re.compile(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})")
_NOT_DIGITS = re.compile(r"[^0-9+]")
_EQUAL = (Operator.IS, Operator.IS_NOT)


class Field(StrEnum):
    """What is known about every contact; all other fields are custom ones."""

    NAME = "name"
    PHONE = "phone"
    LANGUAGE = "language"
    STATUS = "status"
    TIME_ZONE = "time_zone"
    CREATED = "created"
    LAST_SEEN = "last_seen"
    """The last message from the contact."""
    LAST_MESSAGE = "last_message"
    """The last message from or to the contact."""


TIMES = frozenset({Field.CREATED, Field.LAST_SEEN, Field.LAST_MESSAGE})
_ALIASES: Mapping[str, Field] = {
    **{field.value: field for field in Field},
    "nombre": Field.NAME,
    "telefono": Field.PHONE,
    "idioma": Field.LANGUAGE,
    "lang": Field.LANGUAGE,
    "timezone": Field.TIME_ZONE,
    "created_at": Field.CREATED,
    "lastseen": Field.LAST_SEEN,
}
_LANGUAGES = {"english": "en", "ingles": "en", "spanish": "es", "espanol": "es", "castellano": "es"}


def field_name(text: str) -> str:
    """Give the one spelling of a field: small letters, `_` for blanks and dashes."""
    return re.sub(r"[\s-]+", "_", text.strip().lower())


def contact_field(name: str) -> Field | None:
    """Find the field that every contact has by this name; None: it is a custom one."""
    return _ALIASES.get(fold(name) or "")


def read_value(field: Field | None, operator: Operator, value: str, country: str | None) -> str | None:
    """Give the one form of a value that a field is compared with; None where it cannot be one of this field."""
    if not fold(value):
        return "" if operator in _EQUAL else None
    if field in TIMES:
        return None if operator is Operator.HAS else _day(value)
    if field is Field.PHONE:
        return _phone(operator, value, country)
    if field is Field.LANGUAGE:
        return _LANGUAGES.get(fold(value) or "", value)
    if field is Field.STATUS:
        return (fold(value) or "") if operator in _EQUAL and fold(value) in list(ContactStatus) else None
    return value


def wanted_value(field: Field | None) -> str:
    """Say what a field is compared with, for the sentence that refuses something else."""
    if field in TIMES:
        return "=, !=, >, >=, < or <= and a date such as 2026-11-01"
    if field is Field.PHONE:
        return "= and a phone such as +15550100101, or ~ and a part of one"
    if field is Field.STATUS:
        return f"= and one of {', '.join(ContactStatus)}"
    return "a value such as 94110"


def _day(value: str) -> str | None:
    found = _DAY.fullmatch(value)
    if found is None:
        return None
    try:
        return date(int(found[1]), int(found[2]), int(found[3])).isoformat()
    except ValueError:
        return None


def _phone(operator: Operator, value: str, country: str | None) -> str | None:
    if operator is Operator.HAS:
        return _NOT_DIGITS.sub("", value) or None
    if operator not in _EQUAL:
        return None
    try:
        return parse_phone(value, country)
    except PhoneError:
        return None

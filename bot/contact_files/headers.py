"""What the columns of a table mean, by the words above them.

The words are those of Google Contacts, Outlook, the phones' exports and plain lists, in English and Spanish.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from flows.errors import CommandError


class Means(StrEnum):
    """What a column holds; a field of the contact's own, or none of these: a custom field."""

    NAME = "name"
    FIRST = "first"
    MIDDLE = "middle"
    LAST = "last"
    PHONE = "phone"
    PHONE_KIND = "phone kind"
    LANGUAGE = "language"
    TIME_ZONE = "time zone"
    GROUPS = "groups"
    OPTED_OUT = "opted out"
    FIELD = "field"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Column:
    """One column; `rank` says which of several phones is the likeliest to take texts, the lowest first."""

    place: int
    means: Means
    field: str = ""
    rank: int = 0


_OWN: Mapping[Means, str] = {
    Means.NAME: "name|full name|display name|contact name|contact|file as|nombre y apellidos|nombre completo|contacto",
    Means.FIRST: "first name|firstname|first|given name|forename|nombre de pila|primer nombre|nombres",
    Means.MIDDLE: "middle name|additional name|segundo nombre",
    Means.LAST: "last name|lastname|last|family name|surname|apellido|apellidos",
    Means.LANGUAGE: "language|lang|idioma|lengua|preferred language",
    Means.TIME_ZONE: "time zone|timezone|zona horaria",
    Means.GROUPS: "group|groups|group membership|label|labels|categories|tags|grupo|grupos|etiqueta|etiquetas",
    Means.OPTED_OUT: "opted out|opt out|optout|unsubscribed|do not contact|do not text|dnc|baja|no contactar",
}
_PHONES: Sequence[tuple[int, str]] = (
    (0, "mobile|mobile phone|mobile number|cell|cellphone|cell phone|cell number|whatsapp|whatsapp number"),
    (0, "movil|celular|telefono movil|telefono celular|numero de movil|numero de celular"),
    (1, "phone|phone number|phonenumber|telephone|telephone number|tel|number|msisdn|primary phone|main phone"),
    (1, "telefono|numero|numero de telefono|phone e164|to|recipient"),
    (2, "home phone|home phone 2|other phone|telefono de casa|telefono particular|otro telefono"),
    (3, "business phone|business phone 2|work phone|company main phone|car phone|radio phone|telefono del trabajo"),
)
_FIELDS: Mapping[str, str] = {
    "email": "email|e mail|e mail address|email address|e mail 1 value|correo|correo electronico|email 1 value",
    "zip": "zip|zip code|zipcode|postal code|postcode|home postal code|address 1 postal code|codigo postal|cp",
    "city": "city|town|home city|address 1 city|ciudad",
    "website": "website|web site|web page|website 1 value|url|sitio web|pagina web",
}
_NAMES = "name|nombre"
"""A first name where a column of last names stands beside it."""
_ADDRESS_BOOKS = (
    {"phone 1 value"},
    {"given name", "family name", "e mail 1 value"},
    {"e mail address", "business phone"},
)
"""Exports with dozens of columns that nobody asked for: only what is known of them is taken."""
_OURS = {"phone", "name", "time zone", "status", "opted out"}
"""Our own export, whose status is no custom field."""
_NUMBERED_PHONE = re.compile(r"(?:phone|telefono) (\d+) value")
_NUMBERED_KIND = re.compile(r"(?:phone|telefono) (\d+) (?:type|label)")
_MAX_FIELD = 40


def plain(text: str) -> str:
    """Write a heading without case, accents and signs."""
    spelled = unicodedata.normalize("NFKD", text.lstrip("\ufeff")).casefold()
    letters = "".join(sign for sign in spelled if not unicodedata.combining(sign))
    return " ".join(re.sub(r"[^\w]+|_", " ", letters).split())


def _words() -> dict[str, tuple[Means, str, int]]:
    found = {word: (means, "", 0) for means, words in _OWN.items() for word in words.split("|")}
    found |= {word: (Means.PHONE, "", rank) for rank, words in _PHONES for word in words.split("|")}
    return found | {word: (Means.FIELD, name, 0) for name, words in _FIELDS.items() for word in words.split("|")}


_WORDS = _words()


def is_header(row: Sequence[str]) -> bool:
    """Say whether a row has a known heading in it."""
    return any((word := plain(cell)) in _WORDS or word in _NAMES.split("|") or _numbered(word, 0) for cell in row)


def columns_of(header: Sequence[str], mapping: Mapping[str, str] | None = None) -> tuple[Column, ...]:
    """Tell what each column means; `mapping` names a meaning or a custom field by heading ("" leaves a column out).

    Raises `CommandError` where a heading of the mapping is not there, or where no column can hold a phone.
    """
    wanted = {plain(heading): value.strip() for heading, value in (mapping or {}).items()}
    words = [plain(cell) for cell in header]
    for heading in mapping or {}:
        if plain(heading) not in words:
            raise CommandError(f"There is no column '{heading}': the file has {', '.join(filter(None, header))}.")
    is_book = any(marks <= set(words) for marks in _ADDRESS_BOOKS)
    if set(words) >= _OURS:
        wanted = {"status": "", **wanted}
    has_last = any(_WORDS.get(word, (None,))[0] is Means.LAST for word in words)
    found = [
        _mapped(place, wanted[word]) if word in wanted else _known(place, word, is_book=is_book, has_last=has_last)
        for place, word in enumerate(words)
    ]
    if not any(one.means is Means.PHONE for one in found):
        raise CommandError(
            f"No column is known to hold phones: the file has {', '.join(filter(None, header)) or 'no headings'}. "
            "Name it 'phone'."
        )
    return tuple(found)


def _mapped(place: int, value: str) -> Column:
    word = plain(value)
    if not word:
        return Column(place, Means.NOTHING)
    means, name, rank = _WORDS.get(word, (Means.FIELD, "", 0))
    return Column(place, means, name or field_key(value), rank)


def _known(place: int, word: str, *, is_book: bool, has_last: bool) -> Column:
    if not word:
        return Column(place, Means.NOTHING)
    if word in _NAMES.split("|"):
        return Column(place, Means.FIRST if has_last and not is_book else Means.NAME)
    if word in _WORDS:
        means, name, rank = _WORDS[word]
        return Column(place, means, name, rank)
    if numbered := _numbered(word, place):
        return numbered
    return Column(place, Means.NOTHING) if is_book else Column(place, Means.FIELD, field_key(word))


def _numbered(word: str, place: int) -> Column | None:
    """Read Google's pairs: Phone 1 - Label, Phone 1 - Value."""
    if found := _NUMBERED_PHONE.fullmatch(word):
        return Column(place, Means.PHONE, found[1], 1)
    found = _NUMBERED_KIND.fullmatch(word)
    return Column(place, Means.PHONE_KIND, found[1]) if found else None


def field_key(text: str) -> str:
    """Write a heading as the name of a custom field, as audiences name it: favourite_part."""
    key = plain(text).replace(" ", "_")[:_MAX_FIELD]
    return key if key[:1].isalpha() else f"field_{key}"

"""What the columns of a table mean, by the words above them.

The words are those of Google Contacts, Outlook, the phones' exports and plain lists, in English and Spanish.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.contact_files.refusals import FileRefused
from bot.contact_files.spelling import plain
from bot.contact_files.standing import HEADINGS


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
    IN_GROUP = "in group"
    STATUS = "status"
    FIELD = "field"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Column:
    """One column; `rank` says which of several phones is the likeliest to take texts, the lowest first."""

    place: int
    means: Means
    field: str = ""
    """Of a custom field its name, of a column that says who is in a group the group's, of a status what it asks."""
    rank: int = 0
    heading: str = ""
    is_said: bool = False
    """Whoever takes the file in said what the column means."""


_OWN: Mapping[Means, str] = {
    Means.NAME: "name|full name|display name|contact name|contact|file as|nombre y apellidos|nombre completo|contacto",
    Means.FIRST: "first name|firstname|first|given name|forename|nombre de pila|primer nombre|nombres",
    Means.MIDDLE: "middle name|additional name|segundo nombre",
    Means.LAST: "last name|lastname|last|family name|surname|apellido|apellidos",
    Means.LANGUAGE: "language|lang|idioma|lengua|preferred language",
    Means.TIME_ZONE: "time zone|timezone|zona horaria",
    Means.GROUPS: "group|groups|group membership|label|labels|categories|tags|grupo|grupos|etiqueta|etiquetas",
}
_PHONES: Sequence[tuple[int, str]] = (
    (0, "mobile|mobile phone|mobile number|mobile no|cell|cellphone|cell phone|cell number|cell no|whatsapp"),
    (0, "whatsapp number|sms|sms number|sms phone|sms phone number|text number|urn tel|gsm"),
    (0, "movil|celular|telefono movil|telefono celular|numero de movil|numero de celular"),
    (
        0,
        "handy|handynummer|handy nr|mobil|mobilnummer|mobiltelefon|mobil nr|portable|telephone portable",
    ),
    (
        0,
        "mobiel|mobiele nummer|cellulare|telefono cellulare|telemovel|telefon komorkowy|numero de portable",
    ),
    (1, "phone|phone number|phonenumber|phone no|telephone|telephone number|tel|tel no|number|msisdn|primary phone"),
    (1, "main phone|contact number|contact phone|phone e164|to|recipient|telefono|numero|numero de telefono"),
    (1, "telefon|telefonnummer|telefon nr|rufnummer|numero de telephone|telefone|telefoon|telefoonnummer|telefonszam"),
    (2, "urn whatsapp|whatsapp id|wa id"),
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
_PREFIXED = re.compile(
    r"\s*(group|grupo|gruppe|label|etiqueta|tag|list|lista|field|campo)\s*:\s*(\S.*?)\s*", re.IGNORECASE
)
"""RapidPro's headings: Group:Farmers says who is in a group, Field:Age is a custom field."""
_OF_FIELDS = ("field", "campo")
_NUMBERED_PHONE = re.compile(r"(?:phone|telefono) (\d+) value")
_NUMBERED_KIND = re.compile(r"(?:phone|telefono) (\d+) (?:type|label)")
_MAX_FIELD = 40


def _words() -> dict[str, tuple[Means, str, int]]:
    found = {word: (means, "", 0) for means, words in _OWN.items() for word in words.split("|")}
    found |= {word: (Means.STATUS, asks.value, 0) for asks, words in HEADINGS.items() for word in words.split("|")}
    found |= {word: (Means.PHONE, "", rank) for rank, words in _PHONES for word in words.split("|")}
    return found | {word: (Means.FIELD, name, 0) for name, words in _FIELDS.items() for word in words.split("|")}


_WORDS = _words()


def is_header(row: Sequence[str]) -> bool:
    """Return whether a row has a known heading in it; "active" alone may be what a list without headings says."""
    return any(_is_heading(cell) for cell in row)


def _is_heading(cell: str) -> bool:
    word = plain(cell)
    known = _WORDS.get(word)
    if known is not None and known[0] is not Means.STATUS:
        return True
    return word in _NAMES.split("|") or _numbered(word, 0) is not None or _PREFIXED.fullmatch(cell) is not None


def columns_of(header: Sequence[str], mapping: Mapping[str, str] | None = None) -> tuple[Column, ...]:
    """Tell what each column means; `mapping` names a meaning or a custom field by heading ("" leaves a column out).

    Raises `FileRefused` where a heading of the mapping is not there, or where no column can hold a phone.
    """
    wanted = {plain(heading): value.strip() for heading, value in (mapping or {}).items()}
    words = [plain(cell) for cell in header]
    shown = ", ".join(filter(None, header))
    for heading in mapping or {}:
        if plain(heading) not in words:
            raise FileRefused("file_no_column", heading=heading, headings=shown)
    is_book = any(marks <= set(words) for marks in _ADDRESS_BOOKS)
    has_last = any(_WORDS.get(word, (None,))[0] is Means.LAST for word in words)
    found = []
    for place, (word, cell) in enumerate(zip(words, header, strict=True)):
        if word in wanted:
            column = replace(_mapped(place, wanted[word] or "nothing", word), is_said=True)
        else:
            column = _prefixed(place, cell) or _known(place, word, is_book=is_book, has_last=has_last)
        found.append(replace(column, heading=cell.strip()))
    if not any(one.means is Means.PHONE for one in found):
        raise FileRefused("file_no_phone_column", headings=shown)
    return tuple(found)


def _prefixed(place: int, heading: str) -> Column | None:
    found = _PREFIXED.fullmatch(heading)
    if found is None:
        return None
    if found[1].casefold() in _OF_FIELDS:
        return Column(place, Means.FIELD, field_key(found[2]))
    return Column(place, Means.IN_GROUP, found[2].removeprefix("#"))


def _mapped(place: int, value: str, heading: str) -> Column:
    word = plain(value)
    if word == Means.NOTHING:
        return Column(place, Means.NOTHING)
    if word == Means.FIELD:
        return Column(place, Means.FIELD, field_key(heading))
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

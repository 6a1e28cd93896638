"""vCards 2.1, 3.0 and 4.0 (RFC 2426, RFC 6350), one card after the other; a broken card costs only itself."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Generator, Iterator
from typing import Any, BinaryIO

from bot.contact_files.encodings import encoding_of
from bot.contact_files.entries import Entry, Read, Refused
from bot.contact_files.people import group_names, language_of, phone_of
from flows.errors import FlowError

_PROPERTY = re.compile(r"(?:[\w-]+\.)?([A-Za-z][\w-]*)[;:]")
_HEAVY = frozenset(("PHOTO", "LOGO", "SOUND", "KEY"))
"""Pictures and the like, which nobody needs here, and whose many ways of folding break readers."""
_MAX_LINES = 2_000
_MOBILE = frozenset(("cell", "mobile", "iphone", "whatsapp"))
_PREFERRED = "pref"


def read_cards(file: BinaryIO, country: str | None, encoding: str | None = None) -> Generator[Read, None, None]:
    """Read the people of a vCard file; a card without a usable phone is refused with a reason."""
    text = io.TextIOWrapper(file, encoding or encoding_of(file), errors="replace", newline=None)
    try:
        for number, card in enumerate(_cards(text), 1):
            yield _person(f"card {number}", card, country)
    finally:
        text.detach()


def _cards(lines: Iterator[str]) -> Iterator[str]:
    """Cut a file into cards, without the pictures."""
    card: list[str] = []
    is_skipping = False
    for raw in lines:
        line = raw.lstrip("\ufeff")
        mark = line.strip().upper()
        if mark == "BEGIN:VCARD":
            card, is_skipping = [], False
        if found := _PROPERTY.match(line):
            is_skipping = found[1].upper() in _HEAVY
        if not is_skipping and len(card) < _MAX_LINES:
            card.append(line)
        if mark == "END:VCARD":
            yield "".join(card)
            card = []
    if any(line.strip() for line in card):
        yield "".join(card)


def _person(place: str, text: str, country: str | None) -> Read:
    from vobject import readOne  # type: ignore[import-untyped]  # noqa: PLC0415 - for those who have such a file
    from vobject.base import VObjectError  # type: ignore[import-untyped]  # noqa: PLC0415

    logging.getLogger("vobject.base").setLevel(logging.CRITICAL)  # it would write people's data into the log
    try:
        card = readOne(io.StringIO(text), ignoreUnreadable=True, allowQP=True)
        values = {name: [_text(one.value) for one in lines] for name, lines in card.contents.items()}
        phones = sorted(card.contents.get("tel", ()), key=_rank)
    except (VObjectError, ValueError, AttributeError, StopIteration, IndexError, KeyError, LookupError):
        return Refused(place, _shown(text), "The card is damaged.")
    name = next((value for value in (*values.get("fn", ()), *values.get("n", ())) if value), None)
    try:
        phone = phone_of([_text(one.value) for one in phones], country)
    except FlowError as error:
        return Refused(place, name or _shown(text), error.message)
    fields = {key: found[0] for key, found in (("email", values.get("email")), ("website", values.get("url"))) if found}
    codes = [one.value.code for one in card.contents.get("adr", ()) if getattr(one.value, "code", "")]
    if codes:
        fields["zip"] = str(codes[0])
    language = language_of("".join(values.get("lang", ())[:1]))
    return Entry(place, phone, name, language, None, fields, group_names(",".join(values.get("categories", ()))))


def _rank(line: Any) -> tuple[bool, bool]:
    """Put mobiles first, then what is preferred."""
    kinds = {kind.lower() for value in line.params.get("TYPE", ()) for kind in value.split(",")}
    kinds |= {name.lower() for name in line.singletonparams}
    return (not kinds & _MOBILE, _PREFERRED not in kinds and "PREF" not in line.params)


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ",".join(_text(one) for one in value)
    return " ".join(str(value).split())


def _shown(text: str) -> str:
    return " ".join(text.split())[:60]

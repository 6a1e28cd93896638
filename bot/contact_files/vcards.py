"""vCards 2.1, 3.0 and 4.0 (RFC 2426, RFC 6350), one card after the other; a broken card costs only itself.

Only what is used is read, and a card has a bound: what a card of a hundred lines costs is what any card costs.
"""

from __future__ import annotations

import io
import quopri
import re
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from bot.contact_files.bounds import BY_SHELL, Bounds
from bot.contact_files.encodings import encoding_of
from bot.contact_files.entries import Entry, Read, Refused
from bot.contact_files.people import group_names, language_of, name_of, phone_of
from bot.contact_files.refusals import ENGLISH, FileRefused, written
from bot.contact_files.standing import STATUSES, Standing, standing_of_groups
from flows.effects import Template
from flows.errors import FlowError

_PROPERTY = re.compile(r"(?:[\w-]+\.)?([A-Za-z][\w-]*)((?:;[^:;\"]*(?:\"[^\"]*\"[^:;\"]*)*)*):(.*)", re.DOTALL)
_USED = frozenset(("FN", "N", "TEL", "EMAIL", "URL", "ADR", "LANG", "CATEGORIES"))
_MOBILE = frozenset(("cell", "mobile", "iphone", "whatsapp"))
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_PART = re.compile(r"(?<!\\);")
_QUOTED_PRINTABLE = "quoted-printable"
_ZIP_PART = 5
"""Of an address: post box, extension, street, city, region, code, country."""


@dataclass(slots=True)
class _Line:
    """One property of a card."""

    name: str
    words: frozenset[str]
    """The parameters, in small letters: `cell`, `type=cell`, `pref=1`."""
    value: str

    @property
    def text(self) -> str:
        """The value as people read it."""
        return " ".join(_plain(self.value, self.words).split())

    @property
    def parts(self) -> list[str]:
        """The parts of a value that has several: of a name, of an address."""
        value = self.value if _QUOTED_PRINTABLE not in _values(self.words) else _unquoted(self.value, self.words)
        return [" ".join(_ESCAPED.sub(_unescape, part).split()) for part in _PART.split(value)]


@dataclass(slots=True)
class _Card:
    """One card: its used lines, and how much of it there is."""

    lines: list[str]
    shown: str = ""
    count: int = 0
    size: int = 0
    is_ended: bool = False


def read_cards(
    file: BinaryIO,
    country: str | None,
    encoding: str | None = None,
    bounds: Bounds = BY_SHELL,
    language: str = ENGLISH,
) -> Generator[Read, None, None]:
    """Read the people of a vCard file; a card without a usable phone is refused with a reason."""
    text = _opened(file, encoding)
    try:
        for number, card in enumerate(_cards(text, bounds), 1):
            yield _person(f"card {number}", card, country, bounds, language)
    finally:
        text.detach()


def _opened(file: BinaryIO, encoding: str | None) -> io.TextIOWrapper:
    try:
        return io.TextIOWrapper(file, encoding or encoding_of(file).name, errors="replace", newline=None)
    except LookupError as error:
        raise FileRefused("file_encoding_unknown", encoding=encoding) from error


def _cards(lines: Iterator[str], bounds: Bounds) -> Iterator[_Card]:
    """Cut a file into cards; of each only the lines that are used are kept, within the bounds."""
    card = _Card([])
    is_kept = False
    for raw in lines:
        line = raw.lstrip("\ufeff").rstrip("\r\n")
        mark = line.strip().upper()
        if mark == "BEGIN:VCARD":
            card, is_kept = _Card([]), False
        if len(card.shown) < 200:
            card.shown += f"{line[:200]} "
        if mark == "END:VCARD":
            card.is_ended = True
            yield card
            card, is_kept = _Card([]), False
            continue
        is_kept = _take(card, line, bounds, is_kept=is_kept)
    if card.shown.strip():
        yield card


def _take(card: _Card, line: str, bounds: Bounds, *, is_kept: bool) -> bool:
    """Add a line to a card, or to the line before it; says whether what follows belongs to a line that is kept."""
    if is_kept and (line[:1] in (" ", "\t") or _is_open(card.lines[-1])):
        more = line if _is_open(card.lines[-1]) else line[1:]
        card.size += len(more)
        if card.size <= bounds.row_characters:
            last = card.lines[-1]
            card.lines[-1] = f"{last[:-1]}{more}" if _is_open(last) else f"{last}{more}"
        return True
    if line[:1] in (" ", "\t"):
        return False
    name = re.split(r"[;:]", line, maxsplit=1)[0].rpartition(".")[2].strip().upper()
    if name not in _USED:
        return False
    card.count += 1
    card.size += len(line)
    if card.count > bounds.entries or card.size > bounds.row_characters:
        return False
    card.lines.append(line)
    return True


def _is_open(line: str) -> bool:
    """Return whether a line of quoted-printable goes on in the next one."""
    return line.endswith("=") and _QUOTED_PRINTABLE in line[:200].lower()


def _person(place: str, card: _Card, country: str | None, bounds: Bounds, language: str) -> Read:
    shown = " ".join(card.shown.split())[:60]
    if card.count > bounds.entries:
        return Refused(place, shown, written(Template("card_too_many_entries", {"count": bounds.entries}), language))
    if card.size > bounds.row_characters:
        return Refused(place, shown, written(Template("row_too_long", {"count": bounds.row_characters}), language))
    if not card.is_ended:
        return Refused(place, shown, "The card is damaged.")
    lines = [found for line in card.lines if (found := _read(line)) is not None]
    name = _name(lines)
    phones = sorted((one for one in lines if one.name == "TEL"), key=_rank)
    try:
        phone = phone_of([one.text for one in phones], country)
    except FlowError as error:
        return Refused(place, name or shown, error.message)
    groups = ",".join(one.text for one in lines if one.name == "CATEGORIES")
    spoken = next((one.text for one in lines if one.name == "LANG"), "")
    names = group_names(groups)
    standing = standing_of_groups(names)
    is_opted_out, status = standing is Standing.OPTED_OUT, STATUSES[standing]
    return Entry(place, phone, name, language_of(spoken), None, _fields(lines), names, is_opted_out, status)


def _name(lines: Sequence[_Line]) -> str | None:
    full = next((one.text for one in lines if one.name == "FN" and one.text), "")
    if full:
        return name_of([full])
    for one in lines:
        if one.name == "N":
            family, given, more, before, after = (*one.parts, "", "", "", "", "")[:5]
            return name_of([part for part in (before, given, more, family, after) if part])
    return None


def _fields(lines: Sequence[_Line]) -> dict[str, str]:
    found: dict[str, str] = {}
    for one in lines:
        if one.name == "ADR" and len(one.parts) > _ZIP_PART:
            found.setdefault("zip", one.parts[_ZIP_PART])
        elif one.name in ("EMAIL", "URL"):
            found.setdefault("email" if one.name == "EMAIL" else "website", one.text)
    return {key: value for key, value in found.items() if value}


def _read(line: str) -> _Line | None:
    found = _PROPERTY.fullmatch(line)
    if found is None:
        return None
    return _Line(found[1].upper(), frozenset(found[2].lower().split(";")[1:]), found[3])


def _values(words: frozenset[str]) -> set[str]:
    """Name the values of parameters, whatever they are of: TYPE=CELL,VOICE and the bare CELL of 2.1."""
    return {part.strip('" ') for word in words for part in word.rpartition("=")[2].split(",")}


def _rank(line: _Line) -> tuple[bool, bool]:
    """Put mobiles first, then what is preferred."""
    is_preferred = "pref" in _values(line.words) or any(word.startswith("pref=") for word in line.words)
    return (not _values(line.words) & _MOBILE, not is_preferred)


def _plain(value: str, words: frozenset[str]) -> str:
    text = _unquoted(value, words) if _QUOTED_PRINTABLE in _values(words) else value
    return _ESCAPED.sub(_unescape, text)


def _unquoted(value: str, words: frozenset[str]) -> str:
    charset = next((word.rpartition("=")[2].strip('"') for word in words if word.startswith("charset=")), "utf-8")
    plain = quopri.decodestring(value.encode("utf-8", "replace"))
    try:
        return plain.decode(charset, "replace")
    except LookupError:
        return plain.decode("utf-8", "replace")


def _unescape(found: re.Match[str]) -> str:
    return " " if found[1] in "nN" else found[1]

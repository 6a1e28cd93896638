"""EVENT NEW in one forgiving line: the title, then the date, the place, the seats and the keyword in any order."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from flows.commands.parts import Missing, Part, tidy
from flows.schedules.lexicon import MONTHS, WEEKDAYS
from flows.schedules.reading import find_times

_NAMES = {
    **dict.fromkeys(("on", "date", "fecha", "el"), "on"),
    **dict.fromkeys(("keyword", "palabra"), "keyword"),
    **dict.fromkeys(("place", "lugar"), "place"),
    **dict.fromkeys(("seats", "capacity", "plazas", "cupo"), "seats"),
}
"""The option by the word that begins it."""
_DAYS = "|".join(
    (*MONTHS, *WEEKDAYS, "every", "cada", "today", "tonight", "tomorrow", "next", "this", "hoy", "mañana", "próximo")
)
_DAYS = _DAYS.replace("miercoles", "mi[eé]rcoles").replace("sabado", "s[aá]bado")
_DATED = rf"(?=\s+(?:the\s+)?(?:\d|(?:{_DAYS})\b))"
"""What makes ON begin a date: in "Dinner on the Roof" it does not."""
_TEXTS, _COUNTS = r"date|fecha|keyword|palabra|place|lugar", r"seats|capacity|plazas|cupo"
_SURE = rf"\b(on|el){_DATED}|\b({_COUNTS})\b(?=\s*[:=]?\s*\d)|\b({_TEXTS}|{_COUNTS})\s*[:=]"
_FIRST = re.compile(rf"{_SURE}|(?:[,;]\s*)({_TEXTS}|{_COUNTS})\b", re.IGNORECASE)
_NEXT = re.compile(rf"{_SURE}|\b({_TEXTS}|{_COUNTS})\b", re.IGNORECASE)
_SEATS = re.compile(r"0*[1-9]\d{0,5}")
_QUOTED = re.compile(r"[\"“„«]([^\"”“»]+)[\"”“»](.*)", re.DOTALL)
_FOR = r"(?:for|para)\s+(\d{1,6})(?:\s+(?:people|persons|guests|seats|personas|invitados|plazas))?"
_AT = r"(?:at|in|@|en)\s+(\S.*?)"
_TAIL = re.compile(rf"[\s,;.)]*(?:{_FOR}(?![\w:]))?[\s,;]*(?:{_AT})?(?:[\s,;]+{_FOR})?[\s,;.!]*", re.IGNORECASE)
"""What may follow a date: for how many, where, or both in either order."""
_TO = re.compile(r"(?:to|para|al|a)\s+(?!las?\b)", re.IGNORECASE)
_NEW_NAME = re.compile(
    r"(?:(?:to|a|como)\s+)?(.*?)(?:(?:^|[\s,;]+)(?:keyword|palabra)\b[\s:=]*(\S.*))?", re.IGNORECASE | re.DOTALL
)
_PLACE = re.compile(_AT, re.IGNORECASE)
_OVER = re.compile(r"(?<=[\s,;])(?:yesterday|ayer|anteayer)\b[^,;]*$", re.IGNORECASE)
_LAST = re.compile(
    r"(?<!\bfor)(?<!\bpara)[\s,;]+(?:(?:keyword|palabra(?:\s+clave)?)\s+(\S+?)|(\d{1,6})\s+(?:seats|places|plazas|cupos))[\s.!]*$",
    re.IGNORECASE,
)
"""A keyword or seats that end a line without a comma: they are options where a date stands before them."""
_TITLE_AT = re.compile(r"(.*?\S)\s+(?:at|@)\s+(\S.*)", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Found:
    """A date in a text, with what stands before and after it."""

    before: str
    on: str = ""
    place: str = ""
    seats: str = ""

    @property
    def options(self) -> list[tuple[str, str]]:
        """List what was found as options."""
        named = (("on", self.on), ("place", self.place), ("seats", self.seats))
        return [(name, value) for name, value in named if value]


def read_event(text: str) -> Mapping[str, object] | Missing:
    """Read title and options: on (the date as it is written), keyword, place, seats; what is not given is None.

    The words of options may stand in a title: the first one counts after a comma, before a colon, or where a date or a
    number follows. A date at the end of the title needs no word before it, and "at Pier 4" and "for 50" may follow it.
    A title in quotes is taken as it stands.
    """
    line = _one_line(text)
    quoted = _QUOTED.fullmatch(line)
    if quoted is not None:
        return _with_options(tidy(quoted[1]), [*_loose(quoted[2])])
    line = _divided(line)
    first = _FIRST.search(line)
    head, rest = (line[: first.start()], line[first.start() :]) if first else (line, "")
    options = list(_spread(_options(rest)))
    taken = {name for name, _ in options}
    found = (None if "on" in taken else find_date(head)) or Found(_clean(head))
    if ("on" in taken or found.on) and "place" not in taken:
        found = _placed(found)
    return _with_options(found.before, [*options, *(one for one in found.options if one[0] not in taken)], text)


def _divided(line: str) -> str:
    """Put a comma before the keyword and the seats that end a line with a date: "friday 7pm, 12 seats"."""
    options = ""
    for _ in ("keyword", "seats"):
        found = _LAST.search(line)
        if found is None or find_date(line[: found.start()]) is None:
            break
        options = f", {f'keyword {found[1]}' if found[1] else f'seats {found[2]}'}{options}"
        line = line[: found.start()]
    return line + options


def read_changes(text: str) -> Mapping[str, str] | Missing:
    """Read the date and the place that an event moves to: "friday 7pm at Pier 4", "place Pier 4"."""
    line = _one_line(text)
    if to := _TO.match(line):
        line = line[to.end() :]
    options: dict[str, str] = {}
    for name, value in _loose(line):
        if name not in ("on", "place") or not value or name in options:
            return Missing(Part.OPTION, f"{name} {value}".strip())
        options[name] = value
    return options or Missing(Part.WHEN, text.strip())


def read_new_name(text: str) -> tuple[str, str]:
    """Read the title and the keyword that an event is to have: "to Summer Ball, keyword BALL"; "": it keeps its own."""
    found = _NEW_NAME.fullmatch(_one_line(text))
    return (tidy(found[1]), tidy(found[2] or "")) if found else ("", "")


def find_date(text: str) -> Found | None:
    """Find the date that a text ends with, place and seats after it aside; None where it ends with none.

    A day with its hour counts in the middle of a text, too, and what follows it is the place: "tomorrow 6pm Pier 4".
    """
    over = _OVER.search(text)
    if over is not None:
        return _found(text, over.start(), len(text), "", "")  # refused as it stands, for nothing comes of it
    times = find_times(text)
    for said in times:
        tail = _TAIL.fullmatch(text, said.end)
        if tail is not None:
            return _found(text, said.start, said.end, tidy(tail[2] or ""), tail[1] or tail[3] or "")
    sure = [said for said in times if said.is_sure]
    if not sure:
        return None
    last = max(said.end for said in sure)
    first = min(said.start for said in sure if said.end == last)
    return _found(text, first, last, tidy(text[last:]), "")


def _found(text: str, start: int, end: int, place: str, seats: str) -> Found:
    return Found(_clean(text[:start]), text[start:end].strip(), place, seats)


def _clean(title: str) -> str:
    return tidy(title).rstrip(" (:-–")


def _placed(found: Found) -> Found:
    """Take "Dinner at Pier 4" for a title and a place: a date stands behind it."""
    split = _TITLE_AT.fullmatch(found.before)
    if found.place or split is None:
        return found
    return Found(tidy(split[1]), found.on, tidy(split[2]), found.seats)


def _loose(text: str) -> Iterator[tuple[str, str]]:
    """Read options where no title stands before them; a date needs no word."""
    first = _NEXT.search(text)
    head, rest = (text[: first.start()], text[first.start() :]) if first else (text, "")
    if head := head.strip(" ,;:"):
        yield from _spread([("on", head)])
    yield from _spread(_options(rest))


def _spread(options: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Take "at Pier 4" and "for 50" out of a date."""
    for name, value in options:
        found = find_date(value) if name == "on" else None
        where = _PLACE.fullmatch(value) if name == "on" and found is None else None
        if where is not None:
            yield "place", tidy(where[1])
        elif found is None or found.before:
            yield name, value
        else:
            yield from found.options


def _with_options(title: str, options: list[tuple[str, str]], text: str = "") -> Mapping[str, object] | Missing:
    if not title:
        return Missing(Part.TITLE, text.strip())
    known: dict[str, str | None] = dict.fromkeys(("on", "keyword", "place", "seats"))
    for name, value in options:
        if not value or known[name] is not None:
            return Missing(Part.OPTION, f"{name} {value}".strip())
        known[name] = value
    seats = known.pop("seats")
    if seats is not None and not _SEATS.fullmatch(seats):
        return Missing(Part.OPTION, f"seats {seats}")
    return {"action": "new", "title": title, **known, "seats": int(seats) if seats else None}


def _one_line(text: str) -> str:
    return ", ".join(" ".join(line.split()) for line in text.splitlines() if line.strip())


def _options(text: str) -> list[tuple[str, str]]:
    """Cut a text at the words of options."""
    found = list(_NEXT.finditer(text))
    ends = [*(one.start() for one in found[1:]), len(text)]
    return [
        (_NAMES[word.lower()], tidy(text[one.end() : end]).lstrip(":= "))
        for one, end in zip(found, ends, strict=False)
        for word in one.groups()
        if word
    ]

"""EVENT NEW in one forgiving line: the title, then the date, keyword, place and seats in any order."""

from __future__ import annotations

import re
from collections.abc import Mapping

from flows.commands.parts import Missing, Part, tidy
from flows.schedules.lexicon import MONTHS, WEEKDAYS

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


def read_event(text: str) -> Mapping[str, object] | Missing:
    """Read title and options: on (the date as it is written), keyword, place, seats; what is not given is None.

    The words of options may stand in a title: the first one counts after a comma, before a colon, or where a date or a
    number follows; or the title stands in quotes.
    """
    title, rest = _title(_one_line(text))
    if not title:
        return Missing(Part.TITLE, text.strip())
    options: dict[str, str | None] = dict.fromkeys(("on", "keyword", "place", "seats"))
    for name, value in _options(rest):
        if not value or options[name] is not None:
            return Missing(Part.OPTION, f"{name} {value}".strip())
        options[name] = value
    seats = options.pop("seats")
    if seats is not None and not _SEATS.fullmatch(seats):
        return Missing(Part.OPTION, f"seats {seats}")
    return {"action": "new", "title": title, **options, "seats": int(seats) if seats else None}


def _one_line(text: str) -> str:
    return ", ".join(" ".join(line.split()) for line in text.splitlines() if line.strip())


def _title(text: str) -> tuple[str, str]:
    quoted = _QUOTED.fullmatch(text)
    if quoted is not None:
        return tidy(quoted[1]), quoted[2]
    first = _FIRST.search(text)
    return (tidy(text[: first.start()]), text[first.start() :]) if first else (tidy(text), "")


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

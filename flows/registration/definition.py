"""An event's definition, checked: from a plain mapping (YAML, JSON) to a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flows.consent.keywords import is_reserved
from flows.errors import FlowDefinitionError
from flows.language.text import normalise
from flows.registration.times import UTC_NAME, parse_times
from flows.registration.words import is_taken
from flows.surveys.fields import Fields, as_text, shown

MAX_TITLE = 200
MAX_KEYWORD = 40
MAX_KEYWORDS = 20
MAX_PLACE = 200
MAX_CAPACITY = 1_000_000


@dataclass(frozen=True, slots=True)
class EventDefinition:
    """An event as its author wrote it; times are UTC microseconds, shown in `time_zone`."""

    title: str
    keywords: tuple[str, ...]
    starts_at: int | None = None
    ends_at: int | None = None
    time_zone: str = UTC_NAME
    place: str | None = None
    capacity: int | None = None
    """None: no bound."""
    ask_name: bool = False
    active: bool = True


def parse_event(document: Mapping[str, object], now_at: int, time_zone: str = UTC_NAME) -> EventDefinition:
    """Read and check a definition; `time_zone` counts where it names none.

    Raises `FlowDefinitionError` that lists every problem with its place.
    """
    problems: list[str] = []
    fields = Fields(document, "", problems)
    title = fields.string("title", MAX_TITLE)
    if "title" not in fields:
        fields.problem("title", "a title is needed")
    times = parse_times(fields, now_at, time_zone)
    event = EventDefinition(
        title=title,
        keywords=_parse_keywords(fields),
        starts_at=times.starts_at,
        ends_at=times.ends_at,
        time_zone=times.time_zone,
        place=fields.string("place", MAX_PLACE) or None,
        capacity=fields.whole("capacity", (1, MAX_CAPACITY), 0) or None,
        ask_name=fields.flag("ask_name", False),
        active=fields.flag("active", True),
    )
    fields.finish()
    if problems:
        count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        raise FlowDefinitionError("\n- ".join([f"The event cannot be used: {count}.", *problems]))
    return event


def _parse_keywords(fields: Fields) -> tuple[str, ...]:
    single = fields.take("keyword")
    listed = fields.items("keywords", MAX_KEYWORDS) if single is None else [single]
    if not listed:
        fields.problem("keywords", "at least one keyword is needed, the word that registers")
    keywords: dict[str, str] = {}
    for content in listed:
        keyword = as_text(content) or ""
        wrong = _keyword_problem(keyword, keywords)
        if wrong:
            fields.problem("keywords", f"{shown(content)} {wrong}")
        keywords[normalise(keyword)] = keyword
    return tuple(keywords.values())


def _keyword_problem(keyword: str, earlier: Mapping[str, str]) -> str:
    said = normalise(keyword)
    if not said:
        return "is no keyword; use letters or digits, in quotes"
    if len(keyword) > MAX_KEYWORD:
        return f"is longer than {MAX_KEYWORD} characters; shorten it"
    if is_reserved(keyword) or is_taken(keyword):
        return "is reserved (stop, start, help, join and leave words); choose another word"
    return "is there twice; take one out" if said in earlier else ""

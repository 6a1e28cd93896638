"""The kind of answer of a question, read from a definition."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime

from flows.surveys.fields import Fields, as_text, shown
from flows.surveys.menu import Menu, Option, clashes
from flows.surveys.questions import (
    DEFAULT_TEXT_LENGTH,
    ChoiceAnswer,
    DateAnswer,
    EmailAnswer,
    Kind,
    LocationAnswer,
    MediaAnswer,
    MediaKind,
    MultiChoiceAnswer,
    NumberAnswer,
    PhoneAnswer,
    RatingAnswer,
    TextAnswer,
    YesNoAnswer,
)
from flows.surveys.words import Words, plain

MAX_TEXT_ANSWER = 10_000
MAX_OPTIONS = 50
MAX_LABEL = 120
MAX_SCALE = 100
MAX_STEPS = 11

_BOUND = re.compile(r"today(?:[+-]\d{1,5})?")


def parse_kind(fields: Fields) -> Kind:
    """Read the `type` of a question, free text where it has none, and the fields that belong to it."""
    name = fields.string("type", MAX_LABEL) or ("choice" if "choices" in fields else "text")
    parse = KINDS.get(name)
    if parse is None:
        fields.problem("type", f"{shown(name)} is not a type of question; known are {', '.join(KINDS)}")
        return TextAnswer()
    return parse(fields)


def _parse_text(fields: Fields) -> Kind:
    low = fields.whole("min_length", (1, MAX_TEXT_ANSWER), 1)
    high = fields.whole("max_length", (1, MAX_TEXT_ANSWER), max(low, DEFAULT_TEXT_LENGTH))
    _check_order(fields, "min_length", "max_length", low <= high)
    return TextAnswer(low, high)


def _parse_choice(fields: Fields) -> Kind:
    return ChoiceAnswer(_parse_menu(fields))


def _parse_multi_choice(fields: Fields) -> Kind:
    menu = _parse_menu(fields)
    count = max(1, len(menu.options))
    low = fields.whole("min_count", (0, count), 1)
    high = fields.whole("max_count", (1, count), count)
    _check_order(fields, "min_count", "max_count", low <= high)
    return MultiChoiceAnswer(menu, low, high)


def _parse_yes_no(_fields: Fields) -> Kind:
    return YesNoAnswer()


def _parse_number(fields: Fields) -> Kind:
    low, high = fields.number("min"), fields.number("max")
    _check_order(fields, "min", "max", low is None or high is None or low <= high)
    return NumberAnswer(low, high, fields.flag("integer", False))


def _parse_rating(fields: Fields) -> Kind:
    low = fields.whole("low", (0, MAX_SCALE), 1)
    high = fields.whole("high", (1, MAX_SCALE), max(5, low + 1))
    if not low < high < low + MAX_STEPS:
        fields.problem("high", f"a rating has from 2 to {MAX_STEPS} steps; use the type number for more")
        low, high = 1, 5
    labels = _parse_labels(fields, range(low, high + 1))
    answer = RatingAnswer(low, high, labels)
    _check_clashes(fields, "labels", answer.menu.options)
    return answer


def _parse_labels(fields: Fields, steps: range) -> dict[int, Words]:
    content = fields.take("labels")
    if content is None:
        return {}
    inner = Fields(content, f"{fields.place}.labels", fields.problems)
    labels = {step: words for step in steps if (words := inner.words(str(step), MAX_LABEL)).texts}
    inner.finish()
    return labels


def _parse_date(fields: Fields) -> Kind:
    return DateAnswer(_parse_bound(fields, "min"), _parse_bound(fields, "max"), fields.maybe("day_first"))


def _parse_bound(fields: Fields, name: str) -> str | None:
    value = fields.take(name)
    if value is None or (isinstance(value, str) and _BOUND.fullmatch(value)):
        return value
    day = iso_day(value)
    if day is None:
        fields.problem(name, f"a date such as 2026-12-31, today or today+30 is needed, not {shown(value)}")
    return day


def _parse_phone(_fields: Fields) -> Kind:
    return PhoneAnswer()


def _parse_email(_fields: Fields) -> Kind:
    return EmailAnswer()


def _parse_location(fields: Fields) -> Kind:
    return LocationAnswer(fields.flag("typed", True))


def _parse_media(fields: Fields) -> Kind:
    if "kinds" not in fields:
        return MediaAnswer()
    kinds = set()
    for name in fields.items("kinds", len(MediaKind)):
        if name in list(MediaKind):
            kinds.add(MediaKind(str(name)))
        else:
            fields.problem("kinds", f"{shown(name)} is not a kind of file; known are {', '.join(MediaKind)}")
    return MediaAnswer(frozenset(kinds or MediaKind))


def _parse_menu(fields: Fields) -> Menu:
    listed = fields.items("choices", MAX_OPTIONS)
    if not listed:
        fields.problem("choices", "at least one choice is needed; list them")
    options = tuple(_parse_option(fields, position, content) for position, content in enumerate(listed))
    _check_clashes(fields, "choices", options)
    return Menu(options)


def _parse_option(fields: Fields, position: int, content: object) -> Option:
    place = f"choices[{position}]"
    if not isinstance(content, Mapping):
        text = as_text(content)
        if not text or len(text) > MAX_LABEL:
            fields.problem(place, f"a text of 1 to {MAX_LABEL} characters in quotes is needed, not {shown(content)}")
        return Option(text or "", plain(text or ""))
    inner = Fields(content, f"{fields.place}.{place}", fields.problems)
    label = inner.words("label", MAX_LABEL)
    value = inner.string("value", MAX_LABEL) or label.text_in("en")
    if not value:
        inner.problem("", "a label or a value is needed")
    aliases = _parse_aliases(inner)
    inner.finish()
    return Option(value, label if label.texts else plain(value), aliases)


def _parse_aliases(fields: Fields) -> tuple[str, ...]:
    aliases = [as_text(alias) for alias in fields.items("aliases", MAX_OPTIONS)]
    if not all(aliases):
        fields.problem("aliases", "every alias must be a text; put it in quotes")
    return tuple(alias for alias in aliases if alias)


def _check_order(fields: Fields, low: str, high: str, is_ordered: bool) -> None:
    if not is_ordered:
        fields.problem(high, f"this must not be less than {low}")


def _check_clashes(fields: Fields, name: str, options: tuple[Option, ...]) -> None:
    for shared in clashes(options):
        fields.problem(name, f"{shown(shared)} names two choices; change one of them")


def iso_day(value: object) -> str | None:
    """Give the ISO text of a day that is written so, or that the YAML reader made a date; None for anything else."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    try:
        return date.fromisoformat(value).isoformat() if isinstance(value, str) and len(value) == 10 else None
    except ValueError:
        return None


KINDS: Mapping[str, Callable[[Fields], Kind]] = {
    "text": _parse_text,
    "choice": _parse_choice,
    "multi_choice": _parse_multi_choice,
    "yes_no": _parse_yes_no,
    "number": _parse_number,
    "rating": _parse_rating,
    "date": _parse_date,
    "phone": _parse_phone,
    "email": _parse_email,
    "location": _parse_location,
    "media": _parse_media,
}
"""What a definition calls each kind."""

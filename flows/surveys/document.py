"""A survey written back as the plain mapping that it was read from."""

from __future__ import annotations

from typing import Any

from flows.surveys.menu import Menu, Option
from flows.surveys.questions import (
    DEFAULT_TRIES,
    ChoiceAnswer,
    DateAnswer,
    EmailAnswer,
    Kind,
    LocationAnswer,
    MediaAnswer,
    MultiChoiceAnswer,
    NumberAnswer,
    PhoneAnswer,
    Question,
    RatingAnswer,
    Rule,
    Survey,
    TextAnswer,
    YesNoAnswer,
)
from flows.surveys.words import ANY, Words

Document = dict[str, Any]

TYPES: dict[type, str] = {
    TextAnswer: "text",
    ChoiceAnswer: "choice",
    MultiChoiceAnswer: "multi_choice",
    YesNoAnswer: "yes_no",
    NumberAnswer: "number",
    RatingAnswer: "rating",
    DateAnswer: "date",
    PhoneAnswer: "phone",
    EmailAnswer: "email",
    LocationAnswer: "location",
    MediaAnswer: "media",
}
"""What a definition calls each kind."""


def to_document(survey: Survey) -> Document:
    """Write a survey as a mapping of JSON values that `parse_survey` reads back to an equal survey."""
    return _without_none(
        name=survey.name,
        keywords=list(survey.keywords),
        keyword_match=survey.keyword_match.value,
        intro=_words(survey.intro),
        questions=[_question(question) for question in survey.questions],
        completion=_words(survey.completion),
        event=survey.event,
        active=survey.is_active,
        ignore_keywords=survey.ignores_keywords,
        remind_after_minutes=survey.remind_after_minutes,
        expire_after_minutes=survey.expire_after_minutes,
    )


def _question(question: Question) -> Document:
    return _without_none(
        id=question.id,
        text=_words(question.text),
        type=TYPES[type(question.kind)],
        **_kind(question.kind),
        optional=question.is_optional or None,
        retry=_words(question.retry),
        max_tries=None if question.max_tries == DEFAULT_TRIES else question.max_tries,
        next=[*map(_rule, question.rules), *([{"go": question.otherwise}] if question.otherwise else [])] or None,
    )


def _kind(kind: Kind) -> Document:  # noqa: PLR0911 one line per kind
    match kind:
        case TextAnswer():
            return {"min_length": kind.min_length, "max_length": kind.max_length}
        case ChoiceAnswer():
            return {"choices": _menu(kind.menu)}
        case MultiChoiceAnswer():
            return {"choices": _menu(kind.menu), "min_count": kind.min_count, "max_count": kind.max_count}
        case NumberAnswer():
            return {"min": kind.low, "max": kind.high, "integer": kind.integer or None}
        case RatingAnswer():
            labels = {str(step): _words(words) for step, words in kind.labels.items()}
            return {"low": kind.low, "high": kind.high, "labels": labels or None}
        case DateAnswer():
            return {"min": kind.earliest, "max": kind.latest, "day_first": kind.day_first}
        case LocationAnswer():
            return {"typed": kind.typed}
        case MediaAnswer():
            return {"kinds": sorted(kind.kinds)}
        case _:  # yes or no, a phone, an e-mail: nothing to set
            return {}


def _menu(menu: Menu) -> list[Any]:
    return [_option(option) for option in menu.options]


def _option(option: Option) -> object:
    if not option.aliases and option.label.by_language == {ANY: option.value}:
        return option.value
    return _without_none(value=option.value, label=_words(option.label), aliases=list(option.aliases) or None)


def _rule(rule: Rule) -> Document:
    if rule.values:
        condition: object = rule.values[0] if len(rule.values) == 1 else list(rule.values)
    else:
        condition = {key: bound for key, bound in (("from", rule.low), ("to", rule.high)) if bound is not None}
    return {"if": condition, "go": rule.go}


def _words(words: Words) -> object:
    """Give the text itself where it is one for all languages, None where there is none."""
    if tuple(words.by_language) == (ANY,):
        return words.by_language[ANY]
    return dict(words.by_language) or None


def _without_none(**fields: object) -> Document:
    return {name: value for name, value in fields.items() if value is not None}

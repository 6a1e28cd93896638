"""What the answers to a survey add up to, question by question."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flows.surveys.questions import NumberAnswer, Question, RatingAnswer, Survey, YesNoAnswer, menu_of
from flows.surveys.yes_no import yes_no_label

TOP = 6
"""Answers to a question that are named; the rest is counted."""

_WORDS = {"en": ("others", "skipped", "average"), "es": ("otras", "omitida", "media")}


@dataclass(frozen=True, slots=True)
class Given:
    """How often one value was the answer to a question."""

    question_id: str
    question: str
    value: Any
    """None: skipped; a list: several options."""
    count: int


@dataclass(frozen=True, slots=True)
class QuestionResult:
    """What came in for one question."""

    text: str
    counts: tuple[tuple[str, int], ...]
    """By answer: options in their order where the question has them, else the most frequent first."""
    answered_count: int
    """Without those who skipped it."""
    skipped_count: int = 0
    average: float | None = None
    """Of numbers and ratings."""
    is_countable: bool = False
    """The answers are a few that repeat: options, yes or no, a scale."""


def add_up(survey: Survey, given: Sequence[Given], language: str, fallback: str) -> tuple[QuestionResult, ...]:
    """Give a result for every question that has answers, those that the survey no longer asks at the end."""
    by_question: dict[str, list[Given]] = {question.id: [] for question in survey.questions}
    for one in given:
        by_question.setdefault(one.question_id, []).append(one)
    return tuple(
        _result(survey.question(question_id), found, language, fallback)
        for question_id, found in by_question.items()
        if found
    )


def line_of(result: QuestionResult, language: str) -> str:
    """Write a result on one line: Which one? Mushroom (12), Cheese (3)."""
    others, skipped, average = _WORDS.get(language.partition("-")[0], _WORDS["en"])
    shown = sorted((pair for pair in result.counts if pair[1]), key=lambda pair: -pair[1])
    rest = sum(count for _label, count in shown[TOP:])
    parts = [f"{label} ({count})" for label, count in shown[:TOP]]
    parts += [f"{others} ({rest})"] if rest else []
    parts += [f"{skipped} ({result.skipped_count})"] if result.skipped_count else []
    parts += [f"{average} {result.average:.1f}"] if result.average is not None else []
    question = result.text if result.text.endswith(("?", "!", ".", ":", ")")) else f"{result.text}:"
    return f"{question} {', '.join(parts)}"


def _result(question: Question | None, found: Sequence[Given], language: str, fallback: str) -> QuestionResult:
    counts: Counter[Any] = Counter()
    skipped = 0
    for one in found:
        if one.value is None:
            skipped += one.count
        for value in _values(one.value):
            counts[value] += one.count
    text = found[0].question or found[0].question_id
    answered = sum(one.count for one in found) - skipped
    labels = _labels(question, language, fallback)
    listed = [(label, counts.pop(value, 0)) for value, label in labels.items()]
    listed += [(str(value), count) for value, count in counts.most_common()]
    is_countable = bool(labels)
    return QuestionResult(text, tuple(listed), answered, skipped, _average(question, found), is_countable)


def _values(value: Any) -> Iterable[Any]:
    if value is None:
        return ()
    if isinstance(value, list):
        return value
    return (value if isinstance(value, str | bool | int | float) else str(value),)


def _labels(question: Question | None, language: str, fallback: str) -> Mapping[Any, str]:
    """Name the answers that a question offers, by value; empty where people answer in their own words."""
    if question is None:
        return {}
    if isinstance(question.kind, YesNoAnswer):
        return {answer: yes_no_label(answer, language) for answer in (True, False)}
    if isinstance(question.kind, RatingAnswer):
        return {step: str(step) for step in range(question.kind.low, question.kind.high + 1)}
    menu = menu_of(question.kind)
    return (
        {} if menu is None else {one.value: one.label.text_in(language, fallback) or one.value for one in menu.options}
    )


def _average(question: Question | None, found: Sequence[Given]) -> float | None:
    if question is None or not isinstance(question.kind, NumberAnswer | RatingAnswer):
        return None
    numbers = [(one.value, one.count) for one in found if isinstance(one.value, int | float)]
    count = sum(times for _value, times in numbers)
    return sum(value * times for value, times in numbers) / count if count else None

"""What a survey says: operators' texts with the names filled in, options, and answers as a person reads them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from flows.effects import Reply, Say, Template
from flows.language.fill import fill
from flows.surveys.answers.months import show_day
from flows.surveys.answers.numbers import show_number
from flows.surveys.questions import DateAnswer, Question, Survey, menu_of
from flows.surveys.words import Words
from flows.surveys.yes_no import yes_no_label
from flows.turn import Turn

Answers = Mapping[str, object]

MAX_SHOWN = 160
"""Of an answer that a message repeats, in characters."""


def prompt(turn: Turn, survey: Survey, question: Question, answers: Answers, *lead: Say) -> Reply:
    """Ask a question: what goes before, its text, its options."""
    listing = question.listing(turn.language, turn.workspace.language)
    return Reply((*lead, words_for(turn, survey, question.text, answers), listing.text), choices=listing.choices)


def retry_prompt(turn: Turn, survey: Survey, question: Question, answers: Answers, ours: Template) -> Reply:
    """Ask again after an answer that does not count: the question's own words for it or ours, and the options."""
    listing = question.listing(turn.language, turn.workspace.language)
    own = words_for(turn, survey, question.retry, answers)
    return Reply((own or ours, listing.text), choices=listing.choices)


def words_for(turn: Turn, survey: Survey, words: Words, answers: Answers) -> str:
    """Give a text in the contact's language, its placeholders filled."""
    text = words.text_in(turn.language, turn.workspace.language)
    return fill(text, _values(turn, survey, answers)) if "{" in text else text


def old_answer(turn: Turn, question: Question, answers: Answers) -> tuple[Template, ...]:
    """Say what was answered before; nothing where the question was not answered, or skipped."""
    value = answers.get(question.id)
    if isinstance(value, dict) and "files" in value:
        return (Template("survey_old_files", {"file_count": len(value["files"])}),)
    shown = show_answer(turn, question, value)
    return (Template("survey_old_answer", {"answer": shown}),) if shown else ()


def show_answer(turn: Turn, question: Question, value: object) -> str:
    """Write an answer's value as a person reads it, a long one cut; "" for a skipped one and for files."""
    shown = _show(turn, question, value)
    return shown if len(shown) <= MAX_SHOWN else f"{shown[: MAX_SHOWN - 3]}..."


def _show(turn: Turn, question: Question, value: object) -> str:
    language, fallback = turn.language, turn.workspace.language
    if isinstance(value, dict):
        return _show_place(value)
    if isinstance(value, bool):
        return yes_no_label(value, language)
    if isinstance(value, int | float):
        return show_number(value)
    if isinstance(question.kind, DateAnswer) and isinstance(value, str):
        return show_day(date.fromisoformat(value), language)
    menu = menu_of(question.kind)
    values = value if isinstance(value, list) else [value] if value is not None else []
    return ", ".join(str(one) if menu is None else menu.label(str(one), language, fallback) for one in values)


def _show_place(value: Mapping[str, object]) -> str:
    for name in ("label", "address", "text"):
        if value.get(name):
            return str(value[name])
    return f"{value['latitude']}, {value['longitude']}" if "latitude" in value else ""


def _values(turn: Turn, survey: Survey, answers: Answers) -> dict[str, object]:
    name = turn.contact.name or ""
    values: dict[str, object] = {
        "name": name,
        "first_name": name.partition(" ")[0],
        "phone": turn.contact.address,
    }
    for question in survey.questions:
        values[f"answer.{question.id}"] = show_answer(turn, question, answers.get(question.id))
    return values

"""Definitions: what is read, what is refused and where, and the way back to a document."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from flows.errors import FlowDefinitionError
from flows.surveys.definition import KeywordMatch, Survey, parse_survey, to_document
from flows.surveys.questions import (
    ChoiceAnswer,
    DateAnswer,
    Kind,
    LocationAnswer,
    MediaAnswer,
    MediaKind,
    MultiChoiceAnswer,
    NumberAnswer,
    RatingAnswer,
    TextAnswer,
    YesNoAnswer,
)
from flows.surveys.words import Words, plain
from tests.flows.surveys.scene import problems_of, survey_of

UNKNOWN_NAME = " is not known; known are name, first_name, phone and answer.<question id>."
NO_ID = " is no id; use a letter, then letters, digits and _ (not 'end')."


def _kind(**fields: object) -> Kind:
    return survey_of({"text": "Well?", **fields}).questions[0].kind


def test_the_least_survey() -> None:
    """A name, a keyword and an empty list; everything else has a default."""
    survey = parse_survey({"name": "Test", "keyword": "TESTING", "questions": []})
    assert survey == Survey("Test", ("TESTING",))
    assert (survey.keyword_match, survey.is_active, survey.expire_after_minutes) == (KeywordMatch.FIRST, True, 4320)


def test_plain_strings_are_free_text_questions() -> None:
    """The old systems' form."""
    survey = survey_of("What is your name?", "And your town?")
    assert [(question.id, question.text, question.kind) for question in survey.questions] == [
        ("q1", plain("What is your name?"), TextAnswer()),
        ("q2", plain("And your town?"), TextAnswer()),
    ]


def test_every_field_of_a_survey() -> None:
    """Each where it belongs; empty ones count as absent."""
    survey = survey_of(
        {"text": {"en": "Why?", "es": "¿Por qué?"}, "id": "why", "optional": True, "retry": "Hm?", "max_tries": 5},
        "More?",
        keywords=["ASK ME", 2026],
        keyword_match="whole",
        intro="Hi {name|friend}",
        completion="Bye {answer.why}",
        event="GALA",
        active=False,
        ignore_keywords=True,
        remind_after_minutes=60,
        expire_after_minutes=120,
        max_tries=2,
    )
    assert (survey.keywords, survey.keyword_match, survey.event) == (("ASK ME", "2026"), KeywordMatch.WHOLE, "GALA")
    assert (survey.is_active, survey.ignores_keywords) == (False, True)
    assert (survey.remind_after_minutes, survey.expire_after_minutes) == (60, 120)
    first, second = survey.questions
    assert (first.text, first.is_optional, first.retry) == (
        Words({"en": "Why?", "es": "¿Por qué?"}),
        True,
        plain("Hm?"),
    )
    assert (first.max_tries, second.max_tries) == (5, 2)
    assert survey_of("Why?", intro="", event=None) == survey_of("Why?")


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"type": "text"}, TextAnswer(1, 2000)),
        ({"min_length": 3000}, TextAnswer(3000, 3000)),
        ({"type": "yes_no"}, YesNoAnswer()),
        ({"type": "number", "min": 1, "max": 2.5}, NumberAnswer(1, 2.5)),
        ({"type": "number", "integer": True}, NumberAnswer(integer=True)),
        ({"type": "rating"}, RatingAnswer(1, 5)),
        ({"type": "rating", "low": 0, "high": 10, "labels": {0: "No"}}, RatingAnswer(0, 10, {0: plain("No")})),
        ({"type": "date", "min": "today-1", "max": date(2030, 1, 2)}, DateAnswer("today-1", "2030-01-02")),
        ({"type": "date", "day_first": False}, DateAnswer(day_first=False)),
        ({"type": "location", "typed": False}, LocationAnswer(typed=False)),
        ({"type": "media"}, MediaAnswer()),
        ({"type": "media", "kinds": ["image"]}, MediaAnswer(frozenset({MediaKind.IMAGE}))),
    ],
)
def test_kinds(fields: Mapping[str, object], kind: Kind) -> None:
    """Each type with its bounds."""
    assert _kind(**fields) == kind


def test_choices() -> None:
    """As texts or numbers, or as mappings with labels and aliases; a list of choices needs no type."""
    kind = _kind(choices=["Red", 2, {"label": {"en": "Blue", "es": "Azul"}, "aliases": ["navy", 9]}, {"value": "x"}])
    assert isinstance(kind, ChoiceAnswer)
    assert [option.value for option in kind.menu.options] == ["Red", "2", "Blue", "x"]
    assert [kind.menu.find(text) for text in ("azul", "navy", "9", "x")] == ["Blue", "Blue", "Blue", "x"]
    several = _kind(type="multi_choice", choices=["a", "b", "c"], max_count=2)
    assert isinstance(several, MultiChoiceAnswer)
    assert (several.min_count, several.max_count) == (1, 2)


ROUND_TRIPS: tuple[dict[str, Any], ...] = (
    {"type": "text", "min_length": 2},
    {
        "choices": ["Red", {"value": "b", "label": {"en": "Blue"}, "aliases": ["navy"]}],
        "next": [{"if": "b", "go": "end"}],
    },
    {"type": "multi_choice", "choices": ["a", "b"], "min_count": 0, "next": [{"if": ["a", "b"], "go": "end"}]},
    {"type": "yes_no", "next": [{"if": "sí", "go": "end"}, {"go": "last"}]},
    {"type": "number", "min": 1, "integer": True, "next": [{"if": {"from": 3}, "go": "end"}]},
    {
        "type": "rating",
        "labels": {"1": "Bad", "5": {"en": "Good", "es": "Bien"}},
        "next": [{"if": [1, "good"], "go": "end"}],
    },
    {"type": "date", "min": "today", "day_first": True, "next": [{"if": {"to": "2030-01-01"}, "go": "end"}]},
    {"type": "phone", "optional": True},
    {"type": "email", "retry": {"es": "¿Correo?"}, "max_tries": 1},
    {"type": "location", "typed": False, "next": "end"},
    {"type": "media", "kinds": ["audio"]},
)


@pytest.mark.parametrize("fields", ROUND_TRIPS)
def test_the_way_back_and_forth(fields: dict[str, Any]) -> None:
    """A document of JSON values, read back to an equal survey."""
    survey = survey_of({"text": {"en": "Well?"}, "id": "first", **fields}, *_rest(fields), event="GALA", intro="Hi")
    document = json.loads(json.dumps(to_document(survey)))
    assert parse_survey(document) == survey


def _rest(fields: dict[str, Any]) -> list[dict[str, str]]:
    return [] if fields.get("next") == "end" else [{"id": "last", "text": "Last?"}]


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"name": None}, "name: a name is needed."),
        ({"name": True}, "name: a text is needed, not True; put it in quotes."),
        ({"name": "x" * 121}, "name: the text has 121 characters, at most 120 are possible; shorten it."),
        ({"keywords": []}, "keywords: at least one keyword is needed, the word that starts the survey."),
        ({"keywords": "FEEDBACK"}, "keywords: a list is needed, not 'FEEDBACK'."),
        ({"keyword": True}, "keywords: True is no keyword; use letters or digits, in quotes."),
        ({"keywords": ["?!"]}, "keywords: '?!' is no keyword; use letters or digits, in quotes."),
        ({"keywords": ["Stop"]}, "keywords: 'Stop' is reserved (stop, start and help words); choose another word."),
        ({"keywords": ["join"]}, "keywords: 'join' is a word of joining, leaving or steering; choose another word."),
        ({"keywords": ["Atrás"]}, "keywords: 'Atrás' is a word of joining, leaving or steering; choose another word."),
        ({"keywords": ["one", "ONE!"]}, "keywords: 'one' is there twice; take one out."),
        ({"keyword_match": "any"}, "keyword_match: 'first' or 'whole' is needed, not 'any'."),
        ({"questions": None}, "questions: a list of questions is needed; it may be empty."),
        ({"questions": "Why?"}, "questions: a list is needed, not 'Why?'."),
        ({"questions": ["?"] * 101}, "questions: at most 100 are possible, not 101."),
        ({"active": "yes"}, "active: true or false is needed, not 'yes'."),
        ({"expire_after_minutes": 0}, "expire_after_minutes: a whole number from 1 to 43200 is needed, not 0."),
        ({"remind_after_minutes": True}, "remind_after_minutes: a whole number from 1 to 43200 is needed, not True."),
        (
            {"remind_after_minutes": 10, "expire_after_minutes": 10},
            "remind_after_minutes: this must be less than expire_after_minutes (10).",
        ),
        ({"intro": {"english": "Hi"}}, "intro.english: a language code such as en or es is needed."),
        ({"intro": {"en": ["Hi"]}}, "intro.en: a text is needed, not ['Hi']; put it in quotes."),
        ({"completion": "{foo}"}, "completion: {foo}" + UNKNOWN_NAME),
        ({"intro": "{name}" * 11}, "intro: at most 10 places can be filled in; take some out."),
        ({"inntro": "Hi"}, "inntro: this field is not known; 'intro' may be meant."),
    ],
)
def test_what_is_wrong_with_a_survey(fields: dict[str, object], problem: str) -> None:
    """The place, what is wrong, what to do."""
    assert problem in problems_of(**fields)


def test_a_long_keyword_is_refused() -> None:
    """Nobody types forty letters."""
    (problem,) = problems_of(keywords=["k" * 41])
    assert problem.startswith("keywords: 'kkkk")
    assert problem.endswith("is longer than 40 characters; shorten it.")


@pytest.mark.parametrize(
    ("question", "problem"),
    [
        (7, "questions[0]: a mapping of fields is needed here, not 7."),
        ({}, "questions[0].text: the question's text is needed."),
        ("", "questions[0].text: the question's text is needed."),
        ({"text": {"en": " "}}, "questions[0].text: the question's text is needed."),
        ({"text": "?", "id": "end"}, "questions[0].id: 'end'" + NO_ID),
        ({"text": "?", "id": "a-b"}, "questions[0].id: 'a-b'" + NO_ID),
        (
            {"text": "?", "type": "essay"},
            "questions[0].type: 'essay' is not a type of question; known are text, choice, multi_choice, "
            "yes_no, number, rating, date, phone, email, location, media.",
        ),
        ({"text": "?", "max_tries": 0}, "questions[0].max_tries: a whole number from 1 to 20 is needed, not 0."),
        (
            {"text": "?", "min_length": 5, "max_length": 4},
            "questions[0].max_length: this must not be less than min_length.",
        ),
        ({"text": "?", "type": "choice"}, "questions[0].choices: at least one choice is needed; list them."),
        (
            {"text": "?", "choices": ["a", False]},
            "questions[0].choices[1]: a text of 1 to 120 characters in quotes is needed, not False.",
        ),
        ({"text": "?", "choices": ["a", {"label": ""}]}, "questions[0].choices[1]: a label or a value is needed."),
        (
            {"text": "?", "choices": [{"value": "a", "aliases": [True]}]},
            "questions[0].choices[0].aliases: every alias must be a text; put it in quotes.",
        ),
        ({"text": "?", "choices": ["a", "A"]}, "questions[0].choices: 'a' names two choices; change one of them."),
        (
            {"text": "?", "type": "multi_choice", "choices": ["a", "b"], "min_count": 2, "max_count": 1},
            "questions[0].max_count: this must not be less than min_count.",
        ),
        ({"text": "?", "type": "number", "min": "x"}, "questions[0].min: a number is needed, not 'x'."),
        ({"text": "?", "type": "number", "min": float("nan")}, "questions[0].min: a number is needed, not nan."),
        ({"text": "?", "type": "number", "min": 2, "max": 1}, "questions[0].max: this must not be less than min."),
        (
            {"text": "?", "type": "rating", "high": 20},
            "questions[0].high: a rating has from 2 to 11 steps; use the type number for more.",
        ),
        (
            {"text": "?", "type": "rating", "labels": {"9": "Bad"}},
            "questions[0].labels.9: this field is not known; known are 1, 2, 3, 4, 5.",
        ),
        (
            {"text": "?", "type": "rating", "labels": {"1": "five"}},
            "questions[0].labels: 'five' names two choices; change one of them.",
        ),
        (
            {"text": "?", "type": "date", "min": "soon"},
            "questions[0].min: a date such as 2026-12-31, today or today+30 is needed, not 'soon'.",
        ),
        (
            {"text": "?", "type": "date", "min": "2026-02-30"},
            "questions[0].min: a date such as 2026-12-31, today or today+30 is needed, not '2026-02-30'.",
        ),
        (
            {"text": "?", "type": "media", "kinds": ["image", "smell"]},
            "questions[0].kinds: 'smell' is not a kind of file; known are image, audio, video, document.",
        ),
        ({"text": "?", "choices": ["x" * 121]}, None),
        ({"text": "{answer.nope}"}, "questions[0].text: {answer.nope}" + UNKNOWN_NAME),
        ({"text": "?", "retry": "{x}"}, "questions[0].retry: {x}" + UNKNOWN_NAME),
    ],
)
def test_what_is_wrong_with_a_question(question: object, problem: str | None) -> None:
    """The place, what is wrong, what to do."""
    found = problems_of(questions=[question])
    assert problem in found if problem else found[0].startswith("questions[0].choices[0]: a text of 1 to 120")


def test_ids_are_unique() -> None:
    """Two questions of one id would answer each other."""
    assert problems_of(questions=[{"id": "a", "text": "?"}, {"id": "a", "text": "!"}]) == [
        "questions: the id 'a' is there 2 times; every question needs its own."
    ]


def test_a_message_fits() -> None:
    """Intro, question and options together are one message."""
    (problem,) = problems_of(intro="i" * 900, questions=["q" * 900])
    assert problem == "questions[0]: the message would have 1802 characters, at most 1500 are possible."


def test_all_problems_are_told_at_once() -> None:
    """An operator mends a file in one go."""
    with pytest.raises(FlowDefinitionError, match=r"The survey cannot be used: 3 problems\.\n- .*\n- .*\n- "):
        parse_survey({"name": "x", "keywords": ["stop"], "questions": [{"type": "rating", "high": 1}]})
    with pytest.raises(FlowDefinitionError, match="A mapping of fields is needed here"):
        parse_survey([])  # type: ignore[arg-type]

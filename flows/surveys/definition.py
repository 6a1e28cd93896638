"""A survey's definition, checked: from plain mappings (YAML, JSON) to values; `to_document` is the way back."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

from flows.consent.keywords import is_reserved
from flows.errors import FlowDefinitionError
from flows.language.fill import placeholders
from flows.language.text import normalise
from flows.registration.words import is_taken
from flows.surveys.document import to_document
from flows.surveys.fields import Fields, as_text, shown
from flows.surveys.menu import Option
from flows.surveys.parse_kinds import parse_kind
from flows.surveys.parse_rules import MAX_ID, parse_rules
from flows.surveys.paths import check_paths
from flows.surveys.questions import (
    DEFAULT_EXPIRY_MINUTES,
    DEFAULT_TRIES,
    END,
    KeywordMatch,
    Kind,
    Question,
    Rule,
    Survey,
)
from flows.surveys.verbs import verb_of
from flows.surveys.words import NO_WORDS, Words

__all__ = [
    "KeywordMatch",
    "Kind",
    "Option",
    "Question",
    "Rule",
    "Survey",
    "Words",
    "parse_survey",
    "to_document",
]

MAX_NAME = 120
MAX_KEYWORD = 40
MAX_KEYWORDS = 20
MAX_QUESTIONS = 100
MAX_TEXT = 1000
"""Of one text, in characters."""
MAX_MESSAGE = 1500
"""Of a whole prompt: a provider takes 1,600 characters, and a line of ours may go before."""
MAX_PLACEHOLDERS = 10
"""In one text; filled, it stays below what `fill` takes."""
MAX_TRIES = 20
MAX_MINUTES = 30 * 24 * 60

_ID = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_CONTACT_NAMES = frozenset({"name", "first_name", "phone"})


def parse_survey(document: Mapping[str, object]) -> Survey:
    """Read and check a whole definition; raises `FlowDefinitionError` that lists every problem with its place."""
    problems: list[str] = []
    fields = Fields(document, "", problems)
    survey = _parse(fields)
    fields.finish()
    problems += _check_ids(survey) or check_paths(survey)
    problems += _check_texts(survey)
    if problems:
        count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        raise FlowDefinitionError("\n- ".join([f"The survey cannot be used: {count}.", *problems]))
    return survey


def _parse(fields: Fields) -> Survey:
    name = fields.string("name", MAX_NAME)
    if not name:
        fields.problem("name", "a name is needed")
    remind = fields.whole("remind_after_minutes", (1, MAX_MINUTES), 0) or None
    expire = fields.whole("expire_after_minutes", (1, MAX_MINUTES), DEFAULT_EXPIRY_MINUTES)
    if remind is not None and remind >= expire:
        fields.problem("remind_after_minutes", f"this must be less than expire_after_minutes ({expire})")
    return Survey(
        name=name,
        keywords=_parse_keywords(fields),
        questions=_parse_questions(fields),
        intro=fields.words("intro", MAX_TEXT),
        completion=fields.words("completion", MAX_TEXT),
        keyword_match=_parse_match(fields),
        event=fields.string("event", MAX_KEYWORD) or None,
        is_active=fields.flag("active", True),
        ignores_keywords=fields.flag("ignore_keywords", False),
        remind_after_minutes=remind,
        expire_after_minutes=expire,
    )


def _parse_keywords(fields: Fields) -> tuple[str, ...]:
    single = fields.take("keyword")
    listed = [*([] if single is None else [single]), *fields.items("keywords", MAX_KEYWORDS)]
    keywords = [as_text(keyword) for keyword in listed]
    if not keywords:
        fields.problem("keywords", "at least one keyword is needed, the word that starts the survey")
    for keyword, content in zip(keywords, listed, strict=True):
        _check_keyword(fields, keyword, content)
    repeated = [keyword for keyword, count in Counter(normalise(one or "") for one in keywords).items() if count > 1]
    if repeated:
        fields.problem("keywords", f"{shown(repeated[0])} is there twice; take one out")
    return tuple(keyword for keyword in keywords if keyword)


def _check_keyword(fields: Fields, keyword: str | None, content: object) -> None:
    if keyword is None or not normalise(keyword):
        fields.problem("keywords", f"{shown(content)} is no keyword; use letters or digits, in quotes")
    elif len(keyword) > MAX_KEYWORD:
        fields.problem("keywords", f"{shown(keyword)} is longer than {MAX_KEYWORD} characters; shorten it")
    elif is_reserved(keyword):
        fields.problem("keywords", f"{shown(keyword)} is reserved (stop, start and help words); choose another word")
    elif is_taken(keyword) or verb_of(keyword) is not None:
        fields.problem("keywords", f"{shown(keyword)} is a word of joining, leaving or steering; choose another word")


def _parse_match(fields: Fields) -> KeywordMatch:
    value = fields.string("keyword_match", MAX_KEYWORD) or KeywordMatch.FIRST
    if value in list(KeywordMatch):
        return KeywordMatch(value)
    fields.problem("keyword_match", f"'first' or 'whole' is needed, not {shown(value)}")
    return KeywordMatch.FIRST


def _parse_questions(fields: Fields) -> tuple[Question, ...]:
    tries = fields.whole("max_tries", (1, MAX_TRIES), DEFAULT_TRIES)
    if "questions" not in fields:
        fields.problem("questions", "a list of questions is needed; it may be empty")
    listed = fields.items("questions", MAX_QUESTIONS)
    return tuple(_parse_question(content, position, tries, fields.problems) for position, content in enumerate(listed))


def _parse_question(content: object, position: int, tries: int, problems: list[str]) -> Question:
    place = f"questions[{position}]"
    fields = Fields({"text": content} if isinstance(content, str) else content, place, problems)
    text = fields.words("text", MAX_TEXT)
    if not text.texts:
        fields.problem("text", "the question's text is needed")
    kind = parse_kind(fields)
    rules, otherwise = parse_rules(fields, kind)
    question = Question(
        id=_parse_id(fields, position),
        text=text,
        kind=kind,
        is_optional=fields.flag("optional", False),
        retry=fields.words("retry", MAX_TEXT),
        max_tries=fields.whole("max_tries", (1, MAX_TRIES), tries),
        rules=rules,
        otherwise=otherwise,
    )
    fields.finish()
    return question


def _parse_id(fields: Fields, position: int) -> str:
    identifier = fields.string("id", MAX_ID) or f"q{position + 1}"
    if not _ID.fullmatch(identifier) or identifier == END:
        fields.problem("id", f"{shown(identifier)} is no id; use a letter, then letters, digits and _ (not '{END}')")
    return identifier


def _check_ids(survey: Survey) -> list[str]:
    counts = Counter(question.id for question in survey.questions)
    return [
        f"questions: the id '{identifier}' is there {count} times; every question needs its own."
        for identifier, count in counts.items()
        if count > 1
    ]


def _check_texts(survey: Survey) -> list[str]:
    allowed = _CONTACT_NAMES | {f"answer.{question.id}" for question in survey.questions}
    problems = _check_names("intro", survey.intro, allowed) + _check_names("completion", survey.completion, allowed)
    for position, question in enumerate(survey.questions):
        place = f"questions[{position}]"
        problems += _check_names(f"{place}.text", question.text, allowed)
        problems += _check_names(f"{place}.retry", question.retry, allowed)
        intro = NO_WORDS if position else survey.intro
        length = max((len(text) for text in _prompts(question, intro)), default=0)
        if length > MAX_MESSAGE:
            problems.append(f"{place}: the message would have {length} characters, at most {MAX_MESSAGE} are possible.")
    return problems


def _check_names(place: str, words: Words, allowed: frozenset[str]) -> list[str]:
    named = {name for text in words.texts for name in placeholders(text)}
    known = "name, first_name, phone and answer.<question id>"
    problems = [f"{place}: {{{name}}} is not known; known are {known}." for name in sorted(named - allowed)]
    if any(text.replace("{{", "{").count("{") > MAX_PLACEHOLDERS for text in words.texts):
        problems.append(f"{place}: at most {MAX_PLACEHOLDERS} places can be filled in; take some out.")
    return problems


def _prompts(question: Question, intro: Words) -> list[str]:
    languages = {*question.text.by_language, *intro.by_language, *question.languages}
    return [
        "\n".join([intro.text_in(code), question.text.text_in(code), question.listing(code, code).text])
        for code in languages
    ]

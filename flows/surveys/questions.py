"""What a survey asks: the kinds of answer, a question, the rules that branch, and the survey itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from flows.surveys.menu import NUMERALS, Listing, Menu, Option
from flows.surveys.words import NO_WORDS, Words
from flows.surveys.yes_no import yes_no_listing

END = "end"
"""Where a rule leads that ends the survey."""

DEFAULT_TRIES = 3
DEFAULT_EXPIRY_MINUTES = 3 * 24 * 60
DEFAULT_TEXT_LENGTH = 2000


class KeywordMatch(StrEnum):
    """Whether a keyword may be followed by more words."""

    FIRST = "first"
    WHOLE = "whole"


class MediaKind(StrEnum):
    """What a file is."""

    IMAGE = "image"
    AUDIO = "audio"
    VIDEO = "video"
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True)
class TextAnswer:
    """Free text, its length in characters."""

    min_length: int = 1
    max_length: int = DEFAULT_TEXT_LENGTH


@dataclass(frozen=True, slots=True)
class ChoiceAnswer:
    """One of some options; the value is the option's."""

    menu: Menu


@dataclass(frozen=True, slots=True)
class MultiChoiceAnswer:
    """Several of some options; the value is the list of the options' values, in the options' order."""

    menu: Menu
    min_count: int
    max_count: int


@dataclass(frozen=True, slots=True)
class YesNoAnswer:
    """Yes or no; the value is a bool."""


@dataclass(frozen=True, slots=True)
class NumberAnswer:
    """A number within bounds, both included."""

    low: float | None = None
    high: float | None = None
    integer: bool = False


@dataclass(frozen=True, slots=True)
class RatingAnswer:
    """A whole number on a short scale, some of its steps with a label."""

    low: int = 1
    high: int = 5
    labels: Mapping[int, Words] = field(default_factory=dict)
    menu: Menu = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        steps = range(self.low, self.high + 1)
        options = (Option(str(step), self.labels.get(step, NO_WORDS), NUMERALS.get(step, ())) for step in steps)
        object.__setattr__(self, "menu", Menu(tuple(options), is_scale=True))


@dataclass(frozen=True, slots=True)
class DateAnswer:
    """A day; the value is its ISO text. A bound is an ISO date, `today`, or `today+N` or `today-N` days."""

    earliest: str | None = None
    latest: str | None = None
    day_first: bool | None = None
    """How 03/04/2026 is meant; None: ask."""


@dataclass(frozen=True, slots=True)
class PhoneAnswer:
    """A phone number; the value is E.164."""


@dataclass(frozen=True, slots=True)
class EmailAnswer:
    """An e-mail address."""


@dataclass(frozen=True, slots=True)
class LocationAnswer:
    """A place: shared as a location, or its name where typing is allowed."""

    typed: bool = True


@dataclass(frozen=True, slots=True)
class MediaAnswer:
    """One or more files of certain kinds."""

    kinds: frozenset[MediaKind] = frozenset(MediaKind)


Kind = (
    TextAnswer
    | ChoiceAnswer
    | MultiChoiceAnswer
    | YesNoAnswer
    | NumberAnswer
    | RatingAnswer
    | DateAnswer
    | PhoneAnswer
    | EmailAnswer
    | LocationAnswer
    | MediaAnswer
)
"""What a question takes as its answer."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Where an answer leads: one of some values, or a value within bounds, both included."""

    go: str
    """A question's id or `END`."""
    values: tuple[object, ...] = ()
    low: float | str | None = None
    high: float | str | None = None

    def matches(self, value: Any) -> bool:
        """Say whether the rule is about a value (of the question's kind); a list matches by any of its values."""
        if value is None:
            return False
        if self.values:
            return any(one in self.values for one in (value if isinstance(value, list) else (value,)))
        return (self.low is None or self.low <= value) and (self.high is None or value <= self.high)


@dataclass(frozen=True, slots=True)
class Question:
    """One thing a survey asks."""

    id: str
    text: Words
    kind: Kind = field(default_factory=TextAnswer)
    is_optional: bool = False
    retry: Words = NO_WORDS
    """What to say when an answer is not understood; without it our own text for the kind."""
    max_tries: int = DEFAULT_TRIES
    rules: tuple[Rule, ...] = ()
    """The first that matches leads on."""
    otherwise: str | None = None
    """Where every other answer leads; None: to the question that follows."""

    def listing(self, language: str, fallback: str) -> Listing:
        """Give the options as shown, empty for kinds without."""
        if isinstance(self.kind, YesNoAnswer):
            return yes_no_listing(language)
        menu = menu_of(self.kind)
        return Listing() if menu is None else menu.listing(language, fallback)

    @property
    def languages(self) -> frozenset[str]:
        """The languages in which the options have labels of their own."""
        menu = menu_of(self.kind)
        return frozenset() if menu is None else frozenset(menu.listings)


@dataclass(frozen=True, slots=True)
class Survey:
    """A dialogue that asks questions in order, with branches."""

    name: str
    keywords: tuple[str, ...]
    questions: tuple[Question, ...] = ()
    intro: Words = NO_WORDS
    completion: Words = NO_WORDS
    keyword_match: KeywordMatch = KeywordMatch.FIRST
    event: str | None = None
    """The keyword of the event that completion registers for."""
    is_active: bool = True
    ignores_keywords: bool = False
    """True: while it runs, keywords of other flows are answers."""
    remind_after_minutes: int | None = None
    expire_after_minutes: int = DEFAULT_EXPIRY_MINUTES
    positions: Mapping[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        positions = {question.id: position for position, question in enumerate(self.questions)}
        object.__setattr__(self, "positions", positions)

    def question(self, question_id: str) -> Question | None:
        """Find a question by its id."""
        position = self.positions.get(question_id)
        return None if position is None else self.questions[position]

    def following(self, question: Question) -> str:
        """Give the id of the question after this one in order, or `END`."""
        position = self.positions[question.id] + 1
        return self.questions[position].id if position < len(self.questions) else END

    def leads_to(self, question: Question, value: object) -> str:
        """Give the id of the question that an answer leads to, or `END`."""
        for rule in question.rules:
            if rule.matches(value):
                return rule.go
        return question.otherwise or self.following(question)


def menu_of(kind: Kind) -> Menu | None:
    """Give the options of a kind of answer that has some."""
    return kind.menu if isinstance(kind, ChoiceAnswer | MultiChoiceAnswer | RatingAnswer) else None

"""Reads the answer to the open question by its kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flows.surveys.answers.addresses import read_email, read_phone
from flows.surveys.answers.attachments import read_location, read_media
from flows.surveys.answers.dates import read_date
from flows.surveys.answers.numbers import read_number, read_number_text
from flows.surveys.answers.options import read_choice, read_multi_choice, read_rating, read_yes_or_no
from flows.surveys.answers.result import Answer, Understood
from flows.surveys.answers.texts import read_text
from flows.surveys.questions import (
    ChoiceAnswer,
    DateAnswer,
    EmailAnswer,
    LocationAnswer,
    MediaAnswer,
    MultiChoiceAnswer,
    NumberAnswer,
    PhoneAnswer,
    Question,
    RatingAnswer,
    TextAnswer,
    YesNoAnswer,
    menu_of,
)
from flows.surveys.yes_no import read_yes_no
from flows.turn import Turn
from flows.values import InboundMessage

Reader = Callable[[Any, InboundMessage, Turn], Answer]
"""Takes the kind (its bounds and options), the message and the turn."""

READERS: Mapping[type, Reader] = {
    TextAnswer: read_text,
    ChoiceAnswer: read_choice,
    MultiChoiceAnswer: read_multi_choice,
    YesNoAnswer: read_yes_or_no,
    NumberAnswer: read_number,
    RatingAnswer: read_rating,
    DateAnswer: read_date,
    PhoneAnswer: read_phone,
    EmailAnswer: read_email,
    LocationAnswer: read_location,
    MediaAnswer: read_media,
}


def read_answer(question: Question, message: InboundMessage, turn: Turn) -> Answer:
    """Read a message as the answer to a question."""
    return READERS[type(question.kind)](question.kind, message, turn)


def is_allowed_choice(question: Question, text: str) -> bool:
    """Say whether a whole text is an answer that a question offers: an option by name or number, yes, no, a number."""
    kind = question.kind
    menu = menu_of(kind)
    if menu is not None:
        return menu.is_allowed(text)
    if isinstance(kind, YesNoAnswer):
        return read_yes_no(text) is not None
    return isinstance(kind, NumberAnswer) and isinstance(read_number_text(kind, text), Understood)

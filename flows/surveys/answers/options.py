"""Answers that pick from what is offered: one option, several, yes or no, a step of a scale."""

from __future__ import annotations

import re

from flows.surveys.answers.result import Answer, Misunderstood, Understood, spellings
from flows.surveys.folding import fold
from flows.surveys.menu import Menu
from flows.surveys.questions import ChoiceAnswer, MultiChoiceAnswer, RatingAnswer, YesNoAnswer
from flows.surveys.yes_no import read_yes_no
from flows.turn import Turn
from flows.values import InboundMessage

MAX_LENGTH = 1000
"""Of a text that names options; no longer one does."""

_BREAKS = re.compile(r"[,;/+&\n|，；、،]")
_AND = re.compile(r"\s(?:and|y|e|et|und|plus|or|o|u)\s", re.IGNORECASE)
_ALL = frozenset({"all", "all of them", "everything", "todo", "toda", "todos", "todas"})
_NONE = frozenset({"none", "none of them", "nothing", "ninguno", "ninguna", "nada"})
_OUT_OF = re.compile(r"(\d{1,3}) ?(?:/|out of|of|de|sobre) ?(\d{1,3})(?: (?:stars?|points?|estrellas?|puntos?))?")
_STARS = re.compile(r"[⭐★🌟 ]+")


def read_choice(kind: ChoiceAnswer, message: InboundMessage, _turn: Turn) -> Answer:
    """Find the one option that the button, number or words name."""
    value = _find(kind.menu, message)
    return Misunderstood("choice") if value is None else Understood(value)


def read_yes_or_no(_kind: YesNoAnswer, message: InboundMessage, _turn: Turn) -> Answer:
    """Take every usual word for yes and no, and thumbs."""
    for text in spellings(message):
        answer = read_yes_no(text[:MAX_LENGTH])
        if answer is not None:
            return Understood(answer)
    return Misunderstood("yes_no")


def read_rating(kind: RatingAnswer, message: InboundMessage, _turn: Turn) -> Answer:
    """Take a step by its number, word or label, as "4/5" where 5 is the highest, or as that many stars."""
    value = _find(kind.menu, message)
    if value is None:
        value = kind.menu.names.get(_scored(kind, fold(message.text[:MAX_LENGTH])))
    return Misunderstood("rating", {"low": kind.low, "high": kind.high}) if value is None else Understood(int(value))


def read_multi_choice(kind: MultiChoiceAnswer, message: InboundMessage, _turn: Turn) -> Answer:
    """Find every option named; one unknown piece makes the whole answer unclear."""
    texts = [text for text in spellings(message) if text.strip()]
    found = next((values for text in texts if (values := _several(kind.menu, text[:MAX_LENGTH])) is not None), None)
    if found is None or len(message.text) > MAX_LENGTH:
        return Misunderstood("multi_choice")
    if not kind.min_count <= len(found) <= kind.max_count:
        bounds = {"min_count": kind.min_count, "max_count": kind.max_count, "count": len(found)}
        return Misunderstood("multi_count", bounds)
    return Understood([option.value for option in kind.menu.options if option.value in found])


def _find(menu: Menu, message: InboundMessage) -> str | None:
    if message.button is None and len(message.text) <= MAX_LENGTH:  # the usual case, kept short
        return menu.find(message.text)
    found = (menu.find(text) for text in spellings(message) if len(text) <= MAX_LENGTH)
    return next((value for value in found if value is not None), None)


def _scored(kind: RatingAnswer, folded: str) -> str:
    scored = _OUT_OF.fullmatch(folded)
    if scored is not None:
        return scored[1] if int(scored[2]) == kind.high else ""
    return str(len(folded.replace(" ", ""))) if _STARS.fullmatch(folded) else ""


def _several(menu: Menu, text: str) -> set[str] | None:
    folded = fold(text)
    if folded in menu.answers:  # a name may hold an "and" or a comma itself
        return {menu.answers[folded]}
    if folded in _ALL:
        return {option.value for option in menu.options}
    if folded in _NONE:
        return set()
    found: set[str] = set()
    for piece in _BREAKS.split(text):
        values = _piece(menu, piece.strip(" .!?"))
        if values is None:
            return None
        found |= values
    return found or None


def _piece(menu: Menu, piece: str) -> set[str] | None:
    """Read what stands between two separators: one option, options joined by "and", or options side by side."""
    piece = piece.removeprefix("and ").removeprefix("y ")
    if not piece:
        return set()
    for parts in ([piece], _AND.split(piece), _AND.sub(" ", piece).split()):
        values = [menu.find(part) for part in parts]
        if None not in values:
            return {value for value in values if value is not None}
    return None

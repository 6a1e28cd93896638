"""An audience in plain words, as previews show it: people who are in #roofers and have zip 94110."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flows.audiences.canonical import group_text
from flows.audiences.fields import TIMES
from flows.audiences.tree import (
    COMMUNITY,
    And,
    Answered,
    Compare,
    Event,
    Everybody,
    Except,
    Group,
    Node,
    NoReply,
    Not,
    Operator,
    Or,
    People,
    Record,
    Survey,
    children,
)

Words = Mapping[str, str]
"""By name: what joins conditions, then each condition and its opposite (`_not`), all with a verb after `people who`."""

ENGLISH: Words = {
    "people": "people who {}",
    "and": " and ",
    "or": " or ",
    "not": "are not those who {}",
    "except": "{}, except those who {}",
    "all": "are active contacts",
    "community": "are in the community",
    "community_not": "are not in the community",
    "group": "are in {}",
    "group_not": "are not in {}",
    "registered": "are registered for {}",
    "registered_not": "are not registered for {}",
    "waiting": "are on the waiting list of {}",
    "waiting_not": "are not on the waiting list of {}",
    "withdrawn": "left {}",
    "withdrawn_not": "did not leave {}",
    "answered": "completed {}",
    "answered_not": "have not completed {}",
    "started": "began {}",
    "started_not": "have not begun {}",
    "unfinished": "began {} and did not complete it",
    "unfinished_not": "did not leave {} unfinished",
    "no_reply": "got campaign {} and have not replied",
    "question": "answered question {} of {}",
    "question_not": "did not answer question {} of {}",
    "given": "gave to question {} of {} an answer {}",
    "phone": "have the phone {}",
    "phone_not": "do not have the phone {}",
    "field": "have {}",
    "record": "have a {} with {}",
    "record_not": "have no {} with {}",
    "none": "no {}",
    "some": "any {}",
    "=": "{} {}",
    "!=": "{} other than {} or none",
    "~": "{} containing {}",
    ">": "{} over {}",
    ">=": "{} from {} up",
    "<": "{} under {}",
    "<=": "{} up to {}",
    "time=": "{} on {}",
    "time!=": "{} not on {} or none",
    "time>": "{} after {}",
    "time>=": "{} since {}",
    "time<": "{} before {}",
    "time<=": "{} until {}",
    "created": "entry date",
    "last_seen": "last message of theirs",
    "last_message": "last message",
}
SPANISH: Words = {
    "people": "personas que {}",
    "and": " y ",
    "or": " o ",
    "not": "no son las que {}",
    "except": "{}, excepto las que {}",
    "all": "son contactos activos",
    "community": "están en la comunidad",
    "community_not": "no están en la comunidad",
    "group": "están en {}",
    "group_not": "no están en {}",
    "registered": "están inscritas en {}",
    "registered_not": "no están inscritas en {}",
    "waiting": "están en la lista de espera de {}",
    "waiting_not": "no están en la lista de espera de {}",
    "withdrawn": "dejaron {}",
    "withdrawn_not": "no dejaron {}",
    "answered": "completaron {}",
    "answered_not": "no han completado {}",
    "started": "empezaron {}",
    "started_not": "no han empezado {}",
    "unfinished": "empezaron {} y no la completaron",
    "unfinished_not": "no dejaron {} sin completar",
    "no_reply": "recibieron la campaña {} y no han respondido",
    "question": "respondieron a la pregunta {} de {}",
    "question_not": "no respondieron a la pregunta {} de {}",
    "given": "dieron a la pregunta {} de {} una respuesta {}",
    "phone": "tienen el teléfono {}",
    "phone_not": "no tienen el teléfono {}",
    "field": "tienen {}",
    "record": "tienen un {} con {}",
    "record_not": "no tienen ningún {} con {}",
    "none": "{} sin valor",
    "some": "{} con algún valor",
    "=": "{} {}",
    "!=": "{} distinto de {} o ninguno",
    "~": "{} que contiene {}",
    ">": "{} más de {}",
    ">=": "{} desde {}",
    "<": "{} menos de {}",
    "<=": "{} hasta {}",
    "time=": "{} el {}",
    "time!=": "{} no el {} o ninguno",
    "time>": "{} después de {}",
    "time>=": "{} desde {}",
    "time<": "{} antes de {}",
    "time<=": "{} hasta {}",
    "created": "fecha de alta",
    "last_seen": "último mensaje suyo",
    "last_message": "último mensaje",
}
LANGUAGES: Mapping[str, Words] = {"en": ENGLISH, "es": SPANISH}
"""Others get English."""


def describe(node: Node, language: str) -> str:
    """Say in a language who is meant: people who are in #roofers and have zip 94110."""
    words = LANGUAGES.get(language.partition("-")[0], ENGLISH)
    return words["people"].format(_who(node, words))


def _who(node: Node, words: Words) -> str:
    return _SPEAKERS[type(node)](node, words, "")


def _within(node: Node, words: Words) -> str:
    said = _who(node, words)
    return f"({said})" if isinstance(node, And | Or | Except) else said


def _joined(node: And | Or, words: Words, _not: str) -> str:
    joiner = words["and" if isinstance(node, And) else "or"]
    return joiner.join(_within(one, words) for one in node.nodes)


def _except(node: Except, words: Words, _not: str) -> str:
    return words["except"].format(_who(node.node, words), _who(node.without, words))


def _opposite(node: Not, words: Words, _not: str) -> str:
    if isinstance(node.node, Group | Event | Survey | People | Record) or _is_question(node.node):
        return _SPEAKERS[type(node.node)](node.node, words, "_not")
    return words["not"].format(_within(node.node, words))


def _is_question(node: Node) -> bool:
    return isinstance(node, Answered) and node.operator is None


def _group(node: Group, words: Words, is_not: str) -> str:
    return words[f"{'community' if node.name == COMMUNITY else 'group'}{is_not}"].format(group_text(node.name))


def _event(node: Event, words: Words, is_not: str) -> str:
    return words[f"{node.status}{is_not}"].format(node.name)


def _survey(node: Survey, words: Words, is_not: str) -> str:
    return words[f"{node.progress}{is_not}"].format(node.name)


def _answered(node: Answered, words: Words, is_not: str) -> str:
    if node.operator is None:
        return words[f"question{is_not}"].format(node.question, node.survey)
    compared = words[node.operator].format("", node.value).strip()
    return words["given"].format(node.question, node.survey, compared)


def _people(node: People, words: Words, is_not: str) -> str:
    return words[f"phone{is_not}"].format(words["or"].join(node.phones))


def _field(node: Compare, words: Words, _not: str) -> str:
    return words["field"].format(_compared(node, words))


def _record(node: Record, words: Words, is_not: str) -> str:
    return words[f"record{is_not}"].format(node.kind, _of_record(node.where, words))


def _of_record(node: Node, words: Words) -> str:
    if isinstance(node, Compare):
        return _compared(node, words)
    said = [(_of_record(one, words), isinstance(one, Compare)) for one in children(node)]
    return words["and" if isinstance(node, And) else "or"].join(text if alone else f"({text})" for text, alone in said)


def _compared(node: Compare, words: Words) -> str:
    is_time = node.field in TIMES
    label = words[node.field] if is_time else node.field.replace("_", " ")
    if not node.value:
        return words["none" if node.operator is Operator.IS else "some"].format(label)
    return words[f"{'time' if is_time else ''}{node.operator}"].format(label, node.value)


_SPEAKERS: Mapping[type, Callable[[Any, Words, str], str]] = {
    Everybody: lambda _node, words, _not: words["all"],
    Group: _group,
    Event: _event,
    Survey: _survey,
    NoReply: lambda node, words, _not: words["no_reply"].format(node.number),
    Answered: _answered,
    People: _people,
    Compare: _field,
    Record: _record,
    Not: _opposite,
    And: _joined,
    Or: _joined,
    Except: _except,
}

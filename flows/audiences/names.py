"""From the names in an audience to what they stand for; what does not exist is refused, with what is near."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Any, TypeVar

from flows.audiences.canonical import group_text, name_text
from flows.audiences.tree import And, Answered, Event, Except, Group, Node, NoReply, Not, Operator, Or, Survey
from flows.errors import CommandError
from flows.language.text import normalise
from flows.registration.wording import short_name
from flows.surveys.questions import Question, YesNoAnswer, menu_of
from flows.surveys.yes_no import read_yes_no
from flows.turn import Catalogue, LoadedSurvey
from flows.values import Key

T = TypeVar("T")
SHOWN = 5
"""Names that a refusal lists."""
_EQUAL = (Operator.IS, Operator.IS_NOT)


@dataclass(frozen=True, slots=True)
class Known:
    """Everything that names in an audience can stand for."""

    catalogue: Catalogue = field(default_factory=Catalogue)
    groups: Mapping[str, Key] = field(default_factory=dict)
    """By name."""
    campaigns: Mapping[int, Key] = field(default_factory=dict)
    """By number: those that are asked for, and the latest."""


def resolve(node: Node, known: Known) -> Node:
    """Give every name its key and its own spelling; raises `CommandError` for one that does not exist."""
    if isinstance(node, And | Or):
        return replace(node, nodes=tuple(resolve(one, known) for one in node.nodes))
    if isinstance(node, Except):
        return Except(resolve(node.node, known), resolve(node.without, known))
    if isinstance(node, Not):
        return Not(resolve(node.node, known))
    find = _FINDERS.get(type(node))
    return node if find is None else find(node, known)


def did_you_mean(name: str, shown_by_name: Mapping[str, str]) -> str:
    """Show what is near a name, else what there is: Did you mean #roofers?"""
    plain = {normalise(one): shown for one, shown in shown_by_name.items()}
    near = [plain[one] for one in get_close_matches(normalise(name), plain, n=3, cutoff=0.6)]
    if near:
        return f"Did you mean {' or '.join(dict.fromkeys(near))}?"
    there = list(dict.fromkeys(plain.values()))
    more = " and more" if len(there) > SHOWN else ""
    return f"There is {', '.join(there[:SHOWN])}{more}." if there else "There is none yet."


def _group(node: Group, known: Known) -> Node:
    exact = {name.casefold(): name for name in known.groups}
    loose = {normalise(name): name for name in known.groups}
    name = exact.get(node.name.casefold()) or loose.get(normalise(node.name) or node.name)
    if name is not None:
        return Group(name, known.groups[name])
    groups = {name: group_text(name) for name in known.groups}
    hint = did_you_mean(node.name, groups | _shown_events(known) | _shown_surveys(known))
    raise CommandError(f"There is no group '{node.name}'. {hint}")


def _event(node: Event, known: Known) -> Node:
    wanted = normalise(node.name)
    found = _first(known.catalogue.events.values(), lambda one: wanted in map(normalise, one.keywords))
    found = found or _first(known.catalogue.events.values(), lambda one: wanted == str(one.number))
    found = found or _first(known.catalogue.events.values(), lambda one: wanted == normalise(one.title))
    if found is None:
        raise CommandError(f"There is no event '{node.name}'. {did_you_mean(node.name, _shown_events(known))}")
    return Event(short_name(found), node.status, found.id)


def _survey(node: Survey, known: Known) -> Node:
    found = _find_survey(node.name, known)
    return Survey(_survey_name(found), node.progress, found.flow_id)


def _no_reply(node: NoReply, known: Known) -> Node:
    if node.number in known.campaigns:
        return NoReply(node.number, known.campaigns[node.number])
    latest = ", ".join(str(number) for number in sorted(known.campaigns, reverse=True)[:SHOWN])
    raise CommandError(f"There is no campaign {node.number}. {f'The latest: {latest}.' if latest else ''}".rstrip())


def _answered(node: Answered, known: Known) -> Node:
    found = _find_survey(node.survey, known)
    question = _question(found, node.question)
    value = _answer_value(question, node.value) if node.operator in _EQUAL else node.value
    return Answered(_survey_name(found), question.id, node.operator, value, found.flow_id)


def _find_survey(name: str, known: Known) -> LoadedSurvey:
    wanted = normalise(name)
    surveys = known.catalogue.surveys.values()
    found = _first(surveys, lambda one: wanted in map(normalise, one.survey.keywords))
    found = found or _first(surveys, lambda one: wanted == normalise(one.survey.name))
    if found is None:
        raise CommandError(f"There is no survey '{name}'. {did_you_mean(name, _shown_surveys(known))}")
    return found


def _survey_name(survey: LoadedSurvey) -> str:
    return survey.survey.keywords[0]


def _question(survey: LoadedSurvey, wanted: str) -> Question:
    """Find a question by its id, or by its place from 1."""
    questions = survey.survey.questions
    by_place = {str(place): question for place, question in enumerate(questions, start=1)}
    found = {question.id.casefold(): question for question in questions}.get(wanted.casefold()) or by_place.get(wanted)
    if found is None:
        places = ", ".join(f"{place} ({question.id})" for place, question in by_place.items())
        raise CommandError(f"{_survey_name(survey)} has no question '{wanted}'. It has: {places or 'none'}.")
    return found


def _answer_value(question: Question, value: str) -> str:
    """Give an answer as it is stored: the option that a label or its number stands for, yes or no."""
    if isinstance(question.kind, YesNoAnswer):
        said = read_yes_no(value)
        return value if said is None else "yes" if said else "no"
    menu = menu_of(question.kind)
    return (menu.find(value) if menu else None) or value


def _shown_events(known: Known) -> dict[str, str]:
    events = known.catalogue.events.values()
    return {name: f"event {name_text(short_name(one))}" for one in events for name in (*one.keywords, one.title)}


def _shown_surveys(known: Known) -> dict[str, str]:
    surveys = known.catalogue.surveys.values()
    return {name: f"survey {name_text(_survey_name(one))}" for one in surveys for name in one.survey.keywords}


def _first(candidates: Iterable[T], is_it: Callable[[T], bool]) -> T | None:
    return next((one for one in candidates if is_it(one)), None)


_FINDERS: dict[type, Callable[[Any, Known], Node]] = {
    Group: _group,
    Event: _event,
    Survey: _survey,
    NoReply: _no_reply,
    Answered: _answered,
}

"""The ways through a survey: every target exists, every question can be reached, and every way can end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from flows.surveys.questions import END, Survey

Edges = Mapping[str, frozenset[str]]


def check_paths(survey: Survey) -> list[str]:
    """List what is wrong with where the answers lead, each problem with its place."""
    missing = [
        f"questions[{position}].next: there is no question '{target}'; use a question's id or '{END}'."
        for position, question in enumerate(survey.questions)
        for target in dict.fromkeys([*(rule.go for rule in question.rules), question.otherwise or END])
        if target != END and survey.question(target) is None
    ]
    if missing or not survey.questions:
        return missing
    edges = _edges(survey)
    reached = _reach(edges, survey.questions[0].id)
    problems = [
        f"questions[{position}]: no answer leads to the question '{question.id}'; lead to it or take it out."
        for position, question in enumerate(survey.questions)
        if question.id not in reached
    ]
    endless = [identifier for identifier in edges if identifier in reached and END not in _reach(edges, identifier)]
    if endless:
        problems.append(f"questions: from '{endless[0]}' no way leads to the end; let an answer go to '{END}'.")
    return problems


def _edges(survey: Survey) -> Edges:
    return {
        question.id: frozenset(
            [*(rule.go for rule in question.rules), question.otherwise or survey.following(question)]
        )
        for question in survey.questions
    }


def _reach(edges: Edges, start: str) -> set[str]:
    reached: set[str] = set()
    waiting: list[str] = [start]
    while waiting:
        place = waiting.pop()
        if place not in reached:
            reached.add(place)
            waiting += _after(edges, place)
    return reached


def _after(edges: Edges, place: str) -> Iterable[str]:
    return edges.get(place, frozenset())

"""Branches: where answers lead, what is refused, and that every survey can end."""

from datetime import date

import pytest

from flows.surveys.questions import Rule
from tests.flows.surveys.scene import problems_of, survey_of

NO_ANSWER = " is not an answer that this question can have; "


def test_rules_lead_on() -> None:
    """The first that matches, else the default, else the next question."""
    survey = survey_of(
        {"id": "a", "type": "number", "text": "?", "next": [{"if": 1, "go": "c"}, {"if": {"to": 5}, "go": "end"}]},
        {"id": "b", "type": "multi_choice", "choices": ["x", "y"], "text": "?", "next": [{"if": "x", "go": "end"}]},
        {"id": "c", "text": "?", "next": "end"},
    )
    first, second, third = survey.questions
    assert [survey.leads_to(first, value) for value in (1, 5, 6, None)] == ["c", "end", "b", "b"]
    assert [survey.leads_to(second, value) for value in (["x", "y"], ["y"], [])] == ["end", "c", "c"]
    assert survey.leads_to(third, "anything") == "end"
    assert Rule("end", (), "2026-01-01", None).matches("2026-02-01")


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"next": "nowhere"}, "questions[0].next: there is no question 'nowhere'; use a question's id or 'end'."),
        (
            {"next": [{"if": "a", "go": "x"}]},
            "questions[0].next: there is no question 'x'; use a question's id or 'end'.",
        ),
        ({"next": [{"if": "a"}]}, "questions[0].next[0].go: a question's id or 'end' is needed."),
        ({"next": [{"if": "c", "go": "end"}]}, "questions[0].next[0].if: 'c'" + NO_ANSWER + "use one of 'a', 'b'."),
        (
            {"next": [{"go": "end"}, {"if": "a", "go": "end"}]},
            "questions[0].next[0]: a rule without 'if' takes every answer; put it last.",
        ),
        (
            {"next": [{"if": {"from": 1}, "go": "end"}]},
            "questions[0].next[0].if: only a number, a rating or a date has a range; list the answers instead.",
        ),
        (
            {"type": "number", "next": [{"if": {"over": 1}, "go": "end"}]},
            "questions[0].next[0].if.over: this field is not known; known are from, to.",
        ),
        (
            {"type": "number", "next": [{"if": {}, "go": "end"}]},
            "questions[0].next[0].if: a range needs 'from', 'to' or both.",
        ),
        (
            {"type": "number", "next": [{"if": "1", "go": "end"}]},
            "questions[0].next[0].if: '1'" + NO_ANSWER + "use a number or a range.",
        ),
        (
            {"type": "yes_no", "next": [{"if": "maybe", "go": "end"}]},
            "questions[0].next[0].if: 'maybe'" + NO_ANSWER + "use yes or no.",
        ),
        (
            {"type": "multi_choice", "next": [{"if": [], "go": "end"}]},
            "questions[0].next[0].if: []" + NO_ANSWER + "use any of 'a', 'b'.",
        ),
        (
            {"type": "rating", "next": [{"if": 6, "go": "end"}]},
            "questions[0].next[0].if: 6" + NO_ANSWER + "use one of '1', '2', '3', '4', '5'.",
        ),
        (
            {"type": "date", "next": [{"if": "may", "go": "end"}]},
            "questions[0].next[0].if: 'may'" + NO_ANSWER + "use a date such as 2026-12-31.",
        ),
        (
            {"type": "date", "next": [{"if": {"to": "may"}, "go": "end"}]},
            "questions[0].next[0].if.to: a date such as 2026-12-31 is needed, not 'may'.",
        ),
        (
            {"type": "text", "next": [{"if": "a", "go": "end"}]},
            "questions[0].next[0].if: 'a'" + NO_ANSWER + "answers of this type do not branch.",
        ),
    ],
)
def test_what_is_wrong_with_a_branch(fields: dict[str, object], problem: str) -> None:
    """Targets that do not exist, answers that cannot come."""
    choices = {} if fields.get("type") in {"number", "yes_no", "rating", "date", "text"} else {"choices": ["a", "b"]}
    assert problem in problems_of(questions=[{"text": "?", **choices, **fields}])


def test_branches_by_every_kind() -> None:
    """Bare YAML words, numbers and dates are answers too."""
    survey = survey_of(
        {"id": "a", "text": "?", "type": "yes_no", "next": [{"if": False, "go": "c"}]},
        {"id": "b", "text": "?", "type": "date", "next": [{"if": date(2026, 1, 2), "go": "end"}]},
        {"id": "c", "text": "?", "type": "rating", "next": [{"if": {"from": 2, "to": 3}, "go": "end"}]},
        "Last?",
    )
    assert survey.leads_to(survey.questions[0], False) == "c"
    assert survey.leads_to(survey.questions[1], "2026-01-02") == "end"
    assert [survey.leads_to(survey.questions[2], value) for value in (1, 2, 3, 4)] == ["q4", "end", "end", "q4"]


def test_every_question_can_be_reached() -> None:
    """What no answer leads to is a mistake."""
    assert problems_of(
        questions=[{"id": "a", "text": "?", "next": "c"}, {"id": "b", "text": "?"}, {"id": "c", "text": "?"}]
    ) == ["questions[1]: no answer leads to the question 'b'; lead to it or take it out."]


def test_every_way_can_end() -> None:
    """A loop is fine while some answer leaves it."""
    assert problems_of(questions=[{"id": "a", "text": "?"}, {"id": "b", "text": "?", "next": "a"}]) == [
        "questions: from 'a' no way leads to the end; let an answer go to 'end'."
    ]
    survey_of({"id": "a", "text": "?"}, {"id": "b", "text": "?", "type": "yes_no", "next": [{"if": "no", "go": "a"}]})

"""Texts that name a template: how they are read, filled and refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flows.campaigns.templates import (
    Content,
    MessageTemplate,
    Parameter,
    described,
    fill_template,
    fill_variables,
    read_call,
)
from flows.errors import CommandError

ORDER = MessageTemplate(
    "order", "approved", "Order {{1}} for {{who}}: {{ 2 }}.", (Parameter("number", "number"), Parameter("who"))
)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("template welcome", ("welcome", ())),
        (" Template order-ready: {name} | 42 ", ("order-ready", ("{name}", "42"))),
        ("template hello: {name|friend} | x", ("hello", ("{name|friend}", "x"))),
        ("template empty:", ("empty", ())),
        ("template gap: a | ", ("gap", ("a", ""))),
        ("Template changes tomorrow", None),
        ("our template: see below", None),
        ("templates", None),
    ],
)
def test_what_names_a_template(text: str, read: tuple[str, tuple[str, ...]] | None) -> None:
    """A name alone or with values between bars; ordinary sentences are texts."""
    assert read_call(text) == read


def test_gaps_are_filled_once() -> None:
    """By place and by name; a value that looks like a gap stays as it is."""
    assert fill_template(ORDER, ("7", "{{1}}")).text == "Order 7 for {{1}}: {{1}}."
    assert fill_template(ORDER, ("{order}", "Bo")).text == "Order {order} for Bo: Bo."
    plain = MessageTemplate("plain", "approved", "Hi {{name}} {{2}} {{1}}", content_sid="HX1")
    content = fill_template(plain, ("a", "b"))
    assert content == Content("Hi {{name}} b a", "HX1", {"2": "b", "1": "a"}, "plain")


def test_every_gap_becomes_a_variable() -> None:
    """BLAST of a template sent `{"1": name}` whatever its gaps were: each gap has its own value, as it is named."""
    content = fill_template(replace(ORDER, content_sid="HX1"), ("{order}", "{name|friend}"))
    assert content.variables == {"1": "{order}", "who": "{name|friend}", "2": "{name|friend}"}
    assert fill_variables(content.variables, {"order": 7, "name": ""}) == {"1": "7", "who": "friend", "2": "friend"}
    assert fill_variables({"1": "{name}"}, {"name": " Ada \n  Lovelace"}) == {"1": "Ada Lovelace"}
    assert fill_variables({"1": "{zip}", "2": "x"}, {"name": "Ada"}) is None


def test_gaps_that_nobody_described() -> None:
    """A campaign that was taken over names a template alone: its first gap is the name, a named one that field."""
    old = Content("Hi {{1}} of {{zip}}, {{2}}", "HX1")
    assert described(old) == Content("Hi {name} of {zip}, ", "HX1", {"1": "{name}", "zip": "{zip}", "2": ""})
    assert described(replace(old, content_sid=None)) == replace(old, content_sid=None)
    known = Content("Hi Bo", "HX1", {})
    assert described(known) is known


@pytest.mark.parametrize(
    ("template", "values", "said"),
    [
        (MessageTemplate("new", "pending", "x"), (), "is pending: only approved"),
        (MessageTemplate("bad", "rejected", "x"), (), "is rejected: only approved"),
        (ORDER, ("7",), "has gaps for 2, not for 1. Write: template order: number | who"),
        (MessageTemplate("plain", "approved", "x"), ("a",), "has gaps for 0, not for 1. Write: template plain$"),
        (ORDER, ("seven", "Bo"), "needs a number for number, not 'seven'"),
        (ORDER, ("7", ""), "needs a value for who"),
    ],
)
def test_what_is_not_sent(template: MessageTemplate, values: tuple[str, ...], said: str) -> None:
    """Only approved templates, with a value of its kind for each gap."""
    with pytest.raises(CommandError, match=said.replace("|", r"\|")):
        fill_template(template, values)

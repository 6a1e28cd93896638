"""Texts that name a template: how they are read, filled and refused."""

from __future__ import annotations

import pytest

from flows.campaigns.templates import MessageTemplate, Parameter, fill_template, read_call
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
    assert fill_template(ORDER, ("7", "{{1}}")) == "Order 7 for {{1}}: {{1}}."
    assert fill_template(ORDER, ("{order}", "Bo")) == "Order {order} for Bo: Bo."
    assert (
        fill_template(MessageTemplate("plain", "approved", "Hi {{name}} {{2}} {{1}}"), ("a", "b")) == "Hi {{name}} b a"
    )


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

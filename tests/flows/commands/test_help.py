"""HELP and the reference."""

from __future__ import annotations

import pytest

from bot.texts import Texts, shipped_texts
from flows.commands.forms import EVENT_FORMS, Form
from flows.commands.help import help_about, help_for, reference
from flows.commands.parse import Command, read_command
from flows.commands.roles import ROLES, allowed
from flows.commands.specs import SPECS, Spec
from flows.language.segments import measure
from flows.values import Event


@pytest.fixture(scope="module")
def texts() -> Texts:
    """The texts that ship."""
    return shipped_texts()


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("role", ROLES)
def test_help_fits_in_two_segments_and_names_what_the_role_may(texts: Texts, role: str, language: str) -> None:
    """Every command of the role is listed, none of another, in two SMS segments."""
    text = texts.render(help_for(role), language)
    print(role, language, measure(text), text)
    assert measure(text).segments <= 2
    listed = set(text.replace(".", " ").replace(",", " ").split())
    for spec in SPECS:
        assert (("@id" if spec.name == "@" else spec.name) in listed) == (spec in allowed(role))


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_help_about_one_command(texts: Texts, spec: Spec, language: str) -> None:
    """It shows usage, what it does and every example, in two SMS segments."""
    template = help_about("admin", spec.name)
    assert template is not None
    text = texts.render(template, language)
    assert measure(text).segments <= 2
    assert (spec.summary in text) is not (bool(spec.forms) and language == "es")  # it was English for everybody
    for shown in (spec.usage, *spec.examples):
        assert shown in text


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("form", EVENT_FORMS, ids=lambda form: form.action)
def test_help_about_one_form(texts: Texts, form: Form, language: str) -> None:
    """HELP EVENT MOVE shows how it is written, what it does in the language of the reader, and an example."""
    template = help_about("manager", "EVENT", form.action)
    assert template is not None
    text = texts.render(template, language)
    assert measure(text).segments <= (2 if language == "en" else 5)
    assert text.startswith(f"{form.usage}\n")
    assert text.endswith(f": {form.example}")
    assert len(text.splitlines()) == 3
    read = read_command(form.example, events=(Event(b"g" * 16, 1, "Gala", ("GALA",)),))
    assert isinstance(read, Command)
    assert read.arguments["action"] == form.action


def test_help_explains_nothing_that_the_role_may_not_use() -> None:
    """A command of another role is as unknown as one that does not exist."""
    assert help_about("viewer", "BLAST") is None
    assert help_about("admin", "DESTROY") is None


def test_the_reference_names_everything() -> None:
    """Every usage, summary and example stands in the page once, below its role."""
    page = reference()
    assert [line for line in page.splitlines() if line.startswith("## ")] == [f"## {role}" for role in ROLES]
    for spec in SPECS:
        assert page.count(f"### `{spec.usage}`\n\n{spec.summary}") == 1
        assert all(f"\n{example}\n" in page for example in spec.examples)
        assert all(f"`{word.upper()}`" in page for word in spec.aliases)
    assert page.count("*code*") == 1 + sum(spec.needs_code for spec in SPECS)
    assert page.endswith("```\n")

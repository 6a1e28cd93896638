"""The table of commands and who may use them."""

from __future__ import annotations

import pytest

from flows.commands.parse import Command, read_command
from flows.commands.readers import READERS
from flows.commands.roles import ROLES, allowed, may
from flows.commands.specs import BY_NAME, BY_WORD, SIGNS, SPECS, Grammar, Spec
from flows.consent.keywords import is_reserved
from flows.language.segments import measure
from flows.language.text import normalise

LOOKS = {"HELP", "STATUS", "LIST", "RESULTS", "EVENTS", "SURVEYS", "WHOAMI", "MORE", "ABORT"}
STOPS = {"CANCEL", "REMOVE", "OPTOUT", "HELP"}
"""Verbs that alone are a published word of consent, which wins."""


def test_no_word_begins_two_commands() -> None:
    """Every name, sign and alias belongs to one command."""
    words = [normalise(word) for spec in SPECS if spec.name not in SIGNS for word in (spec.name, *spec.aliases)]
    assert len(words) == len(set(words)) == len(BY_WORD)
    assert set(SIGNS) == {"@", "~"}
    assert len(BY_NAME) == len(SPECS)


def test_every_grammar_has_its_reader() -> None:
    """No command is without a reader and no reader without a command."""
    assert set(READERS) == set(Grammar) == {spec.grammar for spec in SPECS}


def test_only_known_verbs_are_stop_or_help_words() -> None:
    """Alone a few verbs are words of consent; with their arguments none is."""
    assert {spec.name for spec in SPECS if is_reserved(spec.name)} == STOPS
    examples = [example for spec in SPECS for example in spec.examples if example != "HELP"]
    assert not [example for example in examples if is_reserved(example)]


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_examples_are_read_as_the_command_they_explain(spec: Spec) -> None:
    """What HELP shows works, with a file where it says so."""
    for example in spec.examples:
        read = read_command(example.replace(" (with a file)", ""), has_file="file" in example)
        assert isinstance(read, Command), example
        assert read.verb == spec.name
    assert spec.example == spec.examples[0]
    assert spec.summary.endswith(".")
    assert measure(spec.usage + spec.summary).encoding == "GSM-7"


def test_what_reaches_many_or_cannot_be_undone_waits_for_a_code() -> None:
    """Sending, emptying the inbox and changing who may command do; looking, holding and ending do not."""
    assert {spec.name for spec in SPECS if spec.needs_code} == {
        "BLAST",
        "SCHEDULE",
        "MOVE",
        "RETRY",
        "OPERATOR",
        "FORGET",
        "INBOX",
        "EVENT",
    }
    asked = {
        "OPERATOR LIST": False,
        "OPERATOR ADD +15550100102 viewer": True,
        "OPERATOR REMOVE +15550100102": True,
        "BLAST community: hi": True,
        "CANCEL 12": False,
        "INBOX DONE 12": False,
        "INBOX DONE ALL": True,
        "EVENT NEW Gala": True,
        "EVENT CLOSE GALA": False,
        "EVENT CANCEL GALA": True,
        "EVENT ADD GALA @12": False,
    }
    for text, needs_code in asked.items():
        read = read_command(text)
        assert isinstance(read, Command)
        assert read.needs_code is needs_code


def test_roles() -> None:
    """A viewer looks, a manager does all but change operators, an admin all."""
    assert {spec.name for spec in allowed("viewer")} == LOOKS
    assert {spec.name for spec in SPECS} - {spec.name for spec in allowed("manager")} == {"FORGET", "OPERATOR"}
    assert allowed("admin") == SPECS
    assert ROLES == ("viewer", "manager", "admin")


@pytest.mark.parametrize(("role", "verb"), [("boss", "HELP"), ("", "HELP"), ("admin", "DESTROY"), ("admin", "help")])
def test_the_unknown_is_not_allowed(role: str, verb: str) -> None:
    """An unknown role may nothing, and nobody an unknown verb."""
    assert not may(role, verb)

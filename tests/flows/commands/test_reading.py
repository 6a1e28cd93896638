"""Reading what operators text."""

from __future__ import annotations

import pytest

from flows.commands.reading import first_word, read_code, read_command, split_audience
from flows.commands.verbs import BY_NAME, VERBS, may, near_verb


@pytest.mark.parametrize(
    ("text", "verb", "rest"),
    [
        ("STATUS", "STATUS", ""),
        ("  status   12 ", "STATUS", "12"),
        ("/blast community: Hi: you", "BLAST", "community: Hi: you"),
        ("!Blast\ncommunity\nHi", "BLAST", "community\nHi"),
        ("PAUSE:12", "PAUSE", "12"),
    ],
)
def test_the_first_word_decides(text: str, verb: str, rest: str) -> None:
    """Case, blanks, a sign before it and a colon after it do not matter."""
    read = read_command(text)
    assert read is not None
    assert (read.verb.name, read.rest) == (verb, rest)


@pytest.mark.parametrize("text", ["", "12", "ADDRESS unknown", "STATUSES", "hello BLAST community: hi", "…"])
def test_nothing_else_is_a_command(text: str) -> None:
    """A longer word, or a verb somewhere in the text, is none."""
    assert read_command(text) is None


@pytest.mark.parametrize("text", ["123456", " 123 456 ", "123-456.", "code 123456", "CODE: 123 456"])
def test_a_code_alone(text: str) -> None:
    """Six digits alone are a code, however they are spaced."""
    assert read_code(text) == "123456"


@pytest.mark.parametrize("text", ["12345", "1234567", "123456 please", "", "my code is 123456"])
def test_no_code(text: str) -> None:
    """More or fewer digits, and digits in a sentence, are none."""
    assert read_code(text) is None


@pytest.mark.parametrize(
    ("rest", "audience", "text"),
    [
        ("community: Hi: you", "community", "Hi: you"),
        ("#choir\nHi\nyou", "#choir", "Hi\nyou"),
        ("  event   GALA :Hi", "event GALA", "Hi"),
        ("community", "community", ""),
        ("“choir”: ‘Hi’", '"choir"', "‘Hi’"),
    ],
)
def test_an_audience_and_its_text(rest: str, audience: str, text: str) -> None:
    """The first colon or line break parts them; the text stays as it was written."""
    assert split_audience(rest) == (audience, text)


def test_near_verbs() -> None:
    """A mistyped verb is near, another word is not."""
    assert near_verb(first_word("BLSAT x")) is BY_NAME["BLAST"]
    assert near_verb(first_word("good morning")) is None
    assert near_verb(first_word("…")) is None


def test_roles() -> None:
    """An admin may do all, a manager all but change operators, a viewer only look."""
    assert {verb.name for verb in VERBS if not may("manager", verb)} == {"OPERATOR"}
    looks = {"HELP", "WHOAMI", "STATUS", "LIST", "GROUPS", "EVENTS", "SURVEYS", "RESULTS", "MORE", "OPTOUTS"}
    assert {verb.name for verb in VERBS if may("viewer", verb)} == looks
    assert all(may("admin", verb) for verb in VERBS)

"""Which text answers."""

from __future__ import annotations

import pytest

from bot.texts import Texts, shipped_texts
from flows.commands.confirm import CodeOutcome, Pending, Verdict
from flows.commands.parse import Hint, Question, read_command
from flows.commands.parts import Part
from flows.commands.specs import SPECS
from flows.commands.wording import say_hint, say_outcome, say_question
from flows.effects import Template
from flows.language.segments import measure

PENDING = Pending(b"c" * 16, "+15550100101", b"f" * 32, b"h" * 32, 1)


@pytest.fixture(scope="module")
def texts() -> Texts:
    """The texts that ship."""
    return shipped_texts()


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("part", sorted(set(Part) - {Part.EVENT, Part.EVENT_ACTION}))
def test_every_part_can_be_asked_for(texts: Texts, part: Part, language: str) -> None:
    """With the longest example and anything typed in its place, or nothing, the question has an example."""
    longest = max((spec.example for spec in SPECS), key=len)
    for typed in ("", "x" * 500):
        text = texts.render(say_question(Question("SCHEDULE", part, longest, typed)), language)
        assert longest in text
        assert "x" * 41 not in text


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("BLAST community", "What should it say? There is no text after community. For example: BLAST "),
        ("PAUSE", "PAUSE which one? Its number alone, for example: PAUSE 12. LIST shows the numbers."),
        ("ADD +1555 Ada", "+1555 is not surely one phone number: write it like +15550100101: with a colon, or @12. "),
        ("EVENT", "EVENT can NEW, MOVE, RENAME, SEATS, CLOSE, OPEN, CANCEL, DELETE, ADD and DROP, or show one"),
        ("EVENT CANCELL GALA", "EVENT does not know 'CANCELL'.\nEVENT can NEW, "),
        ("EVENT CLOSE", "Which event? Write its keyword or its number, for example: EVENT CLOSE GALA."),
        ("REPLY", "REPLY: which person? For example: REPLY +15550100101 See you at six!"),
        ("OPERATOR ADD +15550100101 boss", "boss is no role. In which role: viewer, manager or admin? For example: "),
    ],
)
def test_questions_read_well(texts: Texts, text: str, answer: str) -> None:
    """What is missing is named, with an example, in two segments at most."""
    read = read_command(text)
    assert isinstance(read, Question)
    said = texts.render(say_question(read), "en")
    assert said.startswith(answer)
    assert measure(said).segments <= 2


def test_hints_read_well(texts: Texts) -> None:
    """A mistyped verb gets a suggestion, plain text the way to write to people."""
    assert texts.render(say_hint(Hint("LIST", "LIST")), "en") == "Did you mean LIST? Example: LIST"
    typed = say_hint(Hint("BOT", "BOT OFF @12 2h", is_typed=True))
    assert (
        texts.render(typed, "en")
        == "I don't understand what follows BOT: nothing was done. For example: BOT OFF @12 2h"
    )
    assert texts.render(say_hint(Hint()), "en").startswith("Nothing was sent.")


def test_outcomes() -> None:
    """The right code has no text of its own; every other says what is left."""
    tried = Pending(b"c" * 16, "+15550100101", b"f" * 32, b"h" * 32, 1, tries=2)
    dead = Pending(b"c" * 16, "+15550100101", b"f" * 32, b"h" * 32, 1, tries=3)
    wrong = "operator_code_wrong"
    assert say_outcome(CodeOutcome(Verdict.RIGHT, PENDING)) is None
    assert say_outcome(CodeOutcome(Verdict.LATE, PENDING)) == Template("operator_code_late")
    assert say_outcome(CodeOutcome(Verdict.WRONG, tried)) == Template(wrong, {"left": 1, "locked": False})
    assert say_outcome(CodeOutcome(Verdict.DEAD, dead)) == Template(wrong, {"left": 0, "locked": False})
    assert say_outcome(CodeOutcome(Verdict.DEAD, dead), is_locked=True) == Template(wrong, {"left": 0, "locked": True})

"""Which text says what was understood, what is missing, what a code did, and why nothing was answered."""

from __future__ import annotations

from flows.commands.confirm import CodeOutcome, Verdict
from flows.commands.parse import Hint, Question
from flows.effects import Template
from flows.silence import SilenceReason


def say_question(question: Question) -> Template:
    """Ask for the part that is missing, with an example."""
    values = {"verb": question.verb, "example": question.example, "text": _short(question.typed)}
    return Template(f"operator_ask_{question.part.value}", values)


def say_hint(hint: Hint) -> Template:
    """Name the command that may have been meant."""
    return Template("operator_hint", {"near": hint.verb, "example": hint.example, "typed": hint.is_typed})


def say_outcome(outcome: CodeOutcome, *, is_locked: bool = False) -> Template | None:
    """Refuse a code; None for the right one, whose command answers for itself."""
    if outcome.verdict is Verdict.RIGHT:
        return None
    if outcome.verdict is Verdict.LATE:
        return Template("operator_code_late")
    return Template("operator_code_wrong", {"left": outcome.left_count, "locked": is_locked})


def say_silence(reason: SilenceReason) -> Template:
    """Return the text that says why a message got no answer."""
    return Template(f"silence_{reason}")


def _short(text: str) -> str:
    """Show the beginning of what was typed, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= 40 else f"{line[:37]}..."

"""HELP and the reference of commands, both made of the commands themselves."""

from __future__ import annotations

from collections.abc import Iterator

from flows.commands.roles import ROLES, allowed, may
from flows.commands.specs import BY_NAME, SPECS, Spec
from flows.effects import Template

_HEAD = """# Commands

What operators text from their phones. A command begins with exactly its word or one of its other words; case, extra
blanks, a `/` or `!` before it and smart quotes do not matter. An audience and its text are parted by a colon or a line
break. What is not understood is asked back with an example; nothing is guessed.

Where it says *code*, the answer is a preview with a six-digit code: only that code, from that phone, within five
minutes and three tries, sets the command off.
"""
_MAY = {
    "viewer": "Everybody who may command.",
    "manager": "What a viewer may, and:",
    "admin": "What a manager may, and:",
}


def help_for(role: str) -> Template:
    """List the commands of a role."""
    example = "BLAST" if may(role, "BLAST") else "RESULTS"
    return Template("operator_help", {"names": [_shown(spec) for spec in allowed(role)], "example": example})


def help_about(role: str, verb: str, action: str = "") -> Template | None:
    """Explain one command with its examples; None where there is none of that name that the role may use.

    `action` names one of the things that a command with many can do.
    """
    if not may(role, verb):
        return None
    spec = BY_NAME[verb]
    for form in spec.forms:
        if form.action == action:
            values = {"action": action, "usage": form.usage, "example": form.example}
            return Template("operator_help_event", values)
    if spec.forms:
        values = {"action": "", "usage": spec.usage, "example": "\n".join(spec.examples)}
        return Template("operator_help_event", values)
    values = {"usage": spec.usage, "summary": spec.summary, "example": "\n".join(spec.examples)}
    return Template("operator_help_one", values)


def reference() -> str:
    """Write the page of all commands in Markdown, by role."""
    sections = (_section(role) for role in ROLES)
    return "\n".join([_HEAD, *sections])


def _section(role: str) -> str:
    specs = [spec for spec in SPECS if spec.role == role]
    return "\n".join([f"## {role}", "", _MAY[role], "", *(line for spec in specs for line in _entry(spec))])


def _entry(spec: Spec) -> Iterator[str]:
    yield f"### `{spec.usage}`"
    yield ""
    also = f" Also: {', '.join(f'`{word.upper()}`' for word in spec.aliases)}." if spec.aliases else ""
    code = " *code*" if spec.needs_code else ""
    yield f"{spec.summary}{also}{code}"
    yield ""
    yield "```text"
    yield from spec.examples
    yield "```"
    yield ""
    for form in spec.forms:
        yield f"- `{form.usage}`: {form.summary} For example: `{form.example}`"
    if spec.forms:
        yield ""


def _shown(spec: Spec) -> str:
    return f"{spec.name}id" if spec.name == "@" else spec.name

"""The reference of commands, made of the verbs themselves."""

from __future__ import annotations

from flows.commands.verbs import VERBS

HEAD = """# Commands

What operators text from their phones. Made by `python -m bot.reference > docs/reference/commands.md`.
Case, extra blanks and a leading `/` do not matter; each role may do what those before it may: viewer, manager, admin.
What reaches more than one person is answered with a preview and a six-digit code; only that code, from that phone,
within five minutes and three tries, sets it off.

| command | role | what it does | example |
|---|---|---|---|
"""


def write_reference() -> str:
    """Give the page in Markdown."""
    rows = [f"| `{_cell(one.usage)}` | {one.role} | {one.summary} | `{_cell(one.example)}` |" for one in VERBS]
    return HEAD + "\n".join(rows) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    print(write_reference(), end="")

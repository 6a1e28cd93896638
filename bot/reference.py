"""Prints the reference of commands: `python -m bot.reference > docs/reference/commands.md`."""

from __future__ import annotations

from bot.runtime.terminal import echo
from flows.commands.help import reference

if __name__ == "__main__":
    echo(reference(), end="")

"""ADD with a file: everybody whom an attached vCard or table names."""

from __future__ import annotations

from bot.actions.base import Call, Result
from flows.errors import CommandError


async def add_many(call: Call) -> Result:
    """Put everybody of an attached file into a group, after a preview and a code."""
    raise CommandError(f"{call.argument('file_url')} cannot be read.")

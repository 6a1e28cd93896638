"""Single messages, read outside a turn."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam, select

from flows.values import Key
from storage.documents import load
from storage.plan import Plan, Query, Statement
from storage.schema import messages


@dataclass(frozen=True, slots=True)
class Stored:
    """A message as it is stored."""

    body: str
    file_count: int
    """Pictures, sounds and documents that came with it."""


_READ = Statement(
    ("message_id",), select(messages.c.body, messages.c.extras).where(messages.c.id == bindparam("message_id"))
)


def read_message(message_id: Key) -> Plan[Stored | None]:
    """Read a message; None where there is none."""
    rows = yield Query(_READ, (message_id,))
    if not rows:
        return None
    body, extras = rows[0]
    document = load(extras) if isinstance(extras, str) else extras or {}
    return Stored(body, len(document.get("media", ())))

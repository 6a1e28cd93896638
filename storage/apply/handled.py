"""What came of the turns of a batch, and its effects by kind."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from flows.effects import Effect, Outcome
from flows.values import Contact, InboundMessage, Key, Purpose, RecentReplies
from storage.channels import Channel
from storage.load import Counts
from storage.plan import Plan, Statement, Values, Write


@dataclass(frozen=True, slots=True)
class Draft:
    """A reply as it will be stored: rendered and measured."""

    body: str
    purpose: Purpose
    segments: int
    encoding: str
    choices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Handled:
    """One message (or timer) of a batch after its turn."""

    id: Key
    """The stored message's id; of a timer, which stores none, only what its replies are tied to."""
    now_at: int
    channel: Channel
    address: str
    """Where answers go, as the provider writes it."""
    message: InboundMessage | None
    before: Contact | None
    """None: stored without a turn (a short code, a word that names no person)."""
    after: Contact | None
    outcome: Outcome
    drafts: tuple[Draft, ...] = ()
    recent: RecentReplies = RecentReplies()
    """The bound on automatic replies after this turn."""
    counts: Counts = Counts()
    """Of the conversation, as the batch found it."""
    error: str | None = None
    """Why the step failed; the message is stored as `failed`."""

    @property
    def contact(self) -> Contact:
        """The contact of a turn that was taken."""
        if self.before is None:
            raise ValueError("there was no turn")
        return self.before


Found = tuple[Handled, Any]
"""An effect with the turn it came from."""


class Effects:
    """The effects of a batch by kind, each kind in the order of the batch."""

    def __init__(self, batch: Sequence[Handled]) -> None:
        self._kinds: dict[type, list[Found]] = {}
        for handled in batch:
            for effect in handled.outcome.effects:
                self._kinds.setdefault(type(effect), []).append((handled, effect))

    def of(self, kind: type[Effect]) -> list[Found]:
        """Give one kind."""
        return self._kinds.get(kind, [])


def write_all(parts: Iterable[tuple[Statement, Sequence[Values]]]) -> Plan[None]:
    """Run each statement that has rows."""
    for statement, rows in parts:
        if rows:
            yield Write(statement, rows)

"""What the simulator's phones show: the newest messages of some people, read from the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, select

from bot.texts import FALLBACK, shipped_texts
from flows.commands.wording import say_silence
from flows.language.phones import canonical
from flows.values import Key, Transport
from storage.database import Database
from storage.messages import silence_of
from storage.schema import channels, contacts, messages

NEWEST = 100
"""How many messages of a person a phone shows."""


@dataclass(frozen=True, slots=True)
class Bubble:
    """A message as a phone shows it."""

    id: str
    """Hexadecimal; later messages sort after earlier ones."""
    contact: str
    """The person's phone, E.164."""
    direction: str
    status: str
    text: str
    choices: tuple[tuple[str, str], ...]
    """Label and value of each button."""
    media: tuple[str, ...]
    """URLs."""
    location: tuple[float, float] | None
    """Latitude and longitude, in degrees."""
    error: str | None
    silence: str | None
    """Why the person's message got no answer, in words."""
    created_at: int
    updated_at: int


@dataclass(frozen=True, slots=True)
class Feed:
    """Reads the messages between people and one simulated number."""

    database: Database
    workspace_id: Key
    channel_address: str

    async def newest(self, phones: Sequence[str], after: Key = b"") -> list[Bubble]:
        """Read each phone's newest messages with an id above `after`, in order; raises `StorageError`."""
        bubbles: list[Bubble] = []
        async with self.database.read() as connection:
            for phone in phones:
                rows = await connection.execute(self._query(phone, after))
                bubbles += [_bubble(phone, row) for row in reversed(rows.all())]
        return bubbles

    def _query(self, phone: str, after: Key) -> Select[Any]:
        contact = (
            select(contacts.c.id)
            .where(contacts.c.workspace_id == self.workspace_id, contacts.c.address == canonical(phone))
            .where(contacts.c.deleted_at.is_(None))
        )
        channel = select(channels.c.id).where(
            channels.c.workspace_id == self.workspace_id,
            channels.c.transport == Transport.SIMULATOR.value,
            channels.c.address == self.channel_address,
        )
        return (
            select(messages)
            .where(messages.c.contact_id.in_(contact), messages.c.channel_id.in_(channel), messages.c.id > after)
            .order_by(messages.c.id.desc())
            .limit(NEWEST)
        )


def _bubble(phone: str, row: Row[Any]) -> Bubble:
    extras: Mapping[str, Any] = row.extras or {}
    location = extras.get("location")
    return Bubble(
        id=row.id.hex(),
        contact=phone,
        direction=row.direction,
        status=row.status,
        text=row.body,
        choices=tuple((label, value) for label, value in extras.get("choices", ())),
        media=tuple(media["url"] for media in extras.get("media", ())),
        location=(location["latitude"], location["longitude"]) if location else None,
        error=row.error_text or extras.get("error"),
        silence=_silence(extras, row.status) if row.direction == "inbound" else None,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def _silence(extras: Mapping[str, Any], status: str) -> str | None:
    reason = silence_of(extras, status)
    return None if reason is None else shipped_texts().render(say_silence(reason), FALLBACK)

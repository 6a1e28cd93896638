"""Single messages, read and annotated outside a turn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Text, bindparam, cast, func, literal, select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.sql import ClauseElement

from flows.language.reactions import Sent
from flows.silence import SilenceReason
from flows.values import Key
from storage.documents import load
from storage.plan import Plan, Query, Statement, Write
from storage.schema import messages

SILENCE = "silence"
"""The key in a message's extras of why it got no answer (`flows.silence.SilenceReason`)."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A message as it is stored."""

    body: str
    file_count: int
    """Pictures, sounds and documents that came with it."""


_READ = Statement(
    ("message_id",), select(messages.c.body, messages.c.extras).where(messages.c.id == bindparam("message_id"))
)

RECENT = 100
"""Messages of a conversation, both ways, among which a reaction finds what it quotes."""
_RECENT = Statement(
    ("contact_id", "limit"),
    select(messages.c.direction, messages.c.body, messages.c.extras)
    .where(messages.c.contact_id == bindparam("contact_id"))
    .order_by(messages.c.id.desc())
    .limit(bindparam("limit")),
)


def _note(engine: str) -> ClauseElement:
    reason = cast(bindparam("reason", type_=Text), Text)
    extras: Any
    if engine == "sqlite":
        extras = func.json_set(func.coalesce(messages.c.extras, literal("{}", Text)), f"$.{SILENCE}", reason)
    else:
        known = func.coalesce(messages.c.extras, cast(literal("{}", Text), JSONB))
        extras = known.op("||")(func.jsonb_build_object(SILENCE, reason))
    return update(messages).where(messages.c.id == bindparam("message_id")).values(extras=extras)


_NOTE = Statement(("message_id", "reason"), _note)


def note_silence(message_id: Key, reason: SilenceReason) -> Plan[None]:
    """Store why a message that is here already gets no answer; its other extras stay."""
    yield Write(_NOTE, [(message_id, reason.value)])


def silence_of(extras: object, status: str) -> SilenceReason | None:
    """Read why a message got no answer from its extras and status; None where nothing is known, or it was answered."""
    document = load(extras) if isinstance(extras, str) else extras
    reason = document.get(SILENCE) if isinstance(document, dict) else None
    if reason in set(SilenceReason):
        return SilenceReason(reason)
    return SilenceReason.FAILED if status == "failed" else None


def recently_sent(contact_id: Key) -> Plan[tuple[Sent, ...]]:
    """Read our messages among the newest with a person, newest first."""
    rows = yield Query(_RECENT, (contact_id, RECENT))
    return tuple(Sent(body, bool(_media(extras))) for direction, body, extras in rows if direction == "outbound")


def read_message(message_id: Key) -> Plan[Stored | None]:
    """Read a message; None where there is none."""
    rows = yield Query(_READ, (message_id,))
    if not rows:
        return None
    body, extras = rows[0]
    return Stored(body, len(_media(extras)))


def _media(extras: object) -> Sequence[object]:
    document = load(extras) if isinstance(extras, str) else extras
    media: Sequence[object] = document.get("media", ()) if isinstance(document, dict) else ()
    return media

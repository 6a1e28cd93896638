"""The messages of a batch: what came in, and the replies that wait to be sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from flows.effects import OPERATOR, Flag, OptOut, RunCommand, Silence
from flows.silence import SilenceReason
from flows.values import PRIORITY, InboundMessage, Key, MessageStatus, Purpose
from storage.apply.handled import Draft, Effects, Handled, write_all
from storage.documents import dump
from storage.keys import new_key
from storage.messages import SILENCE
from storage.plan import Plan, Values, insertion
from storage.schema import messages

_COMMON = (
    "id",
    "workspace_id",
    "channel_id",
    "contact_id",
    "direction",
    "status",
    "address",
    "body",
    "extras",
    "provider_id",
)
_INBOUND = insertion(messages, (*_COMMON, "purpose", "sent_at"), stamps=("created_at", "updated_at"))
_OUTBOUND = insertion(
    messages,
    (*_COMMON, "reply_to_id", "purpose", "priority", "segments", "encoding", "error_text"),
    stamps=("created_at", "updated_at"),
)


def apply_messages(batch: Sequence[Handled], effects: Effects) -> Plan[None]:
    """Write the inbound messages and queue the replies; a reply that a later STOP overtook is stored as cancelled."""
    flags = {handled.id: effect.reason for handled, effect in effects.of(Flag)}
    silences = {handled.id: effect.reason for handled, effect in effects.of(Silence)}
    stopped = {handled.contact.id: handled.id for handled, effect in effects.of(OptOut) if effect.scope == "all"}
    commands = {handled.id for handled, effect in effects.of(RunCommand) if effect.is_typed}
    inbound = [
        _inbound_row(handled, flags.get(handled.id), silences.get(handled.id), is_command=handled.id in commands)
        for handled in batch
        if handled.message is not None
    ]
    outbound = [_outbound_row(handled, draft, stopped) for handled in batch for draft in handled.drafts]
    yield from write_all(((_INBOUND, inbound), (_OUTBOUND, outbound)))


def _inbound_row(handled: Handled, flag: str | None, silence: SilenceReason | None, *, is_command: bool) -> Values:
    message: Any = handled.message
    is_operators = is_command or flag == OPERATOR
    return (
        handled.id,
        handled.channel.workspace_id,
        handled.channel.id,
        handled.before.id if handled.before else None,
        "inbound",
        "received" if handled.error is None else "failed",
        handled.address,
        message.text,
        _extras(message, flag, silence, handled.error),
        message.provider_id,
        Purpose.COMMAND.value if is_operators else None,
        message.sent_at,
        handled.now_at,
    )


def _outbound_row(handled: Handled, draft: Draft, stopped: dict[Key, Key]) -> Values:
    overtaken = draft.purpose is not Purpose.CONFIRMATION and handled.id < stopped.get(handled.contact.id, b"")
    return (
        new_key(),
        handled.channel.workspace_id,
        handled.channel.id,
        handled.contact.id,
        "outbound",
        MessageStatus.CANCELLED.value if overtaken else MessageStatus.QUEUED.value,
        handled.address,
        draft.body,
        dump({"choices": draft.choices}) if draft.choices else None,
        None,
        handled.id if handled.message is not None else None,
        draft.purpose.value,
        PRIORITY[draft.purpose],
        draft.segments,
        draft.encoding,
        "opted out" if overtaken else None,
        handled.now_at,
    )


def _extras(message: InboundMessage, flag: str | None, silence: SilenceReason | None, error: str | None) -> str | None:
    extras: dict[str, Any] = {}
    if message.media:
        extras["media"] = [asdict(media) for media in message.media]
    if message.button is not None:
        extras["button"] = asdict(message.button)
    if message.location is not None:
        extras["location"] = asdict(message.location)
    if message.opt_out_type:
        extras["opt_out_type"] = message.opt_out_type
    if message.metadata:
        extras["provider"] = dict(message.metadata)
    if flag:
        extras["flag"] = flag
    if silence:
        extras[SILENCE] = silence.value
    if error:
        extras["error"] = error
    return dump(extras) if extras else None

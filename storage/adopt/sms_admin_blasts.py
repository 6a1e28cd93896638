"""Blasts of SMS Admin: those that were sent, with who got them, and those that were to come."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flows.values import MessageStatus
from storage.adopt.report import Held
from storage.adopt.talk import GONE_EVENT, OldCampaign, OldRecipient
from storage.adopt.target import Target
from storage.adopt.values import (
    UNDATED,
    Refused,
    Row,
    read_json,
    read_phone,
    read_time,
    stable_key,
    text_of,
    without_empty,
)
from storage.adopt.words import Place, Unknown, folded, read_word

NAME = "sms-admin"
_SCHEDULED = {
    "pending": "scheduled",
    "processing": "failed",
    "sent": "completed",
    "failed": "failed",
    "expired": "expired",
    "cancelled": "cancelled",
}
_LOGGED = {"processing": "failed", "sent": "completed", "failed": "failed"}
_TARGETS = {"community": "community", "event": "event"}
_HELD_TARGET = Unknown("", "not known, so it goes to nobody")
_HELD_LOG = Unknown("completed", "not known; the log is kept, and nothing of it goes out")
_HELD_SCHEDULED = Unknown("cancelled", "not known, so it is cancelled: send it with SCHEDULE")


def read_log(row: Row, _target: Target) -> Iterable[Any]:
    """Read a log of a blast as a campaign that is over."""
    key = stable_key(NAME, "message_logs", row["id"])
    read = read_word(_LOGGED, row["status"] or "sent", _HELD_LOG, Place(str(row["id"]), "status", key))
    at = read_time(row["created_at"])
    counts = {name: row[name] for name in ("total_recipients", "success_count", "failure_count")}
    reason = "it was being sent when this database was taken over" if folded(row["status"]) == "processing" else None
    yield from (*read.held, *(aim := _aim(row, key)).held)
    yield OldCampaign(
        key,
        str(row["id"]),
        None,
        text_of(row["message_body"]) or "",
        aim.audience,
        read.value,
        started_at=at,
        completed_at=at,
        created_at=at,
        stopped_reason=reason,
        event=aim.event,
        extras=without_empty(
            {**counts, "target": row["target"], "event_id": row["event_id"], "status_before": row["status"]}
        ),
    )


@dataclass(frozen=True, slots=True)
class _Aim:
    """Whom a blast was for."""

    audience: str
    event: bytes | None
    held: tuple[Held, ...]
    is_known: bool


def _aim(row: Row, key: bytes) -> _Aim:
    read = read_word(_TARGETS, row["target"], _HELD_TARGET, Place(str(row["id"]), "target", key))
    is_event = read.value == "event"
    event = stable_key(NAME, "events", "none" if row["event_id"] is None else row["event_id"]) if is_event else None
    return _Aim("community" if read.value == "community" else GONE_EVENT, event, read.held, bool(read.value))


def read_detail(row: Row, target: Target) -> Iterable[Any]:
    """Read the details of a log as the people who got it; yields a refusal for what is none."""
    details = read_json(row["details"])
    if not isinstance(details, list):
        raise Refused("its details are no list")
    at = read_time(row["created_at"]) or UNDATED
    for place, entry in enumerate(details):
        label = f"{row['id']}[{place}]"
        if not isinstance(entry, dict):
            yield Refused(f"{label}: it is no object")
            continue
        try:
            phone = read_phone(entry.get("phone"), target.country)
        except Refused as refused:
            yield Refused(f"{label}: {refused.reason}")
            continue
        yield OldRecipient(
            stable_key(NAME, "message_logs.details", row["id"], place, at=at),
            label,
            stable_key(NAME, "message_logs", row["id"]),
            phone,
            MessageStatus.SENT if folded(entry.get("success")) in ("true", "1", "yes") else MessageStatus.FAILED,
            text_of(row["message_body"]) or "",
            None,
            at,
            text_of(entry.get("error")),
            extras=without_empty({"name": text_of(entry.get("name"))}),
        )


def read_scheduled(row: Row, target: Target) -> Iterable[Any]:
    """Read a scheduled message as a campaign; what is not understood goes to nobody."""
    key = stable_key(NAME, "scheduled_messages", row["id"])
    place = Place(str(row["id"]), "status", key)
    read = read_word(_SCHEDULED, row["status"] or "pending", _HELD_SCHEDULED, place)
    due_at, aim = read_time(row["scheduled_at"]), _aim(row, key)
    yield from (*read.held, *aim.held)
    status, reason = _standing(row, read.value, aim)
    status = target.due(due_at) if status == "scheduled" else status
    yield OldCampaign(
        key,
        str(row["id"]),
        None,
        text_of(row["message_body"]) or "",
        aim.audience,
        status,
        due_at=due_at,
        started_at=read_time(row["processing_started_at"]),
        completed_at=read_time(row["sent_at"]),
        created_at=read_time(row["created_at"]),
        stopped_reason=reason,
        event=aim.event,
        is_expanded=status != "scheduled",
        extras=without_empty(
            {
                "test_mode": bool(row["test_mode"]),
                "message_log_id": row["message_log_id"],
                "target": row["target"],
                "event_id": row["event_id"],
                "status_before": row["status"],
            }
        ),
    )


def _standing(row: Row, status: str, aim: _Aim) -> tuple[str, str | None]:
    """Say where a scheduled message stands now, and why it does not go out."""
    reason = text_of(row["error_message"])
    if status == "scheduled" and not aim.is_known:
        return "cancelled", f"its target '{row['target']}' is not known, so nobody can say who should get it"
    if status == "scheduled" and aim.event is not None and not row["event_exists"]:
        return "cancelled", f"its event {row['event_id']} does not exist"
    if status == "scheduled" and row["test_mode"]:
        return "cancelled", "it was a test for the admin's phone alone: TEST with its text sends it there"
    if folded(row["status"]) == "processing":
        return status, reason or "it was being sent when this database was taken over: who got it is not known"
    return status, reason

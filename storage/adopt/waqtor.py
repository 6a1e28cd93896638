"""Seed 002, WaQtor: WhatsApp by sessions, several users each with rows of their own (PostgreSQL)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

from flows.values import MessageStatus
from storage.adopt.accounts import OldOperator, OldSender, write_operators, write_senders
from storage.adopt.consent import OldOptOut, write_opt_outs
from storage.adopt.groups import OldGroup, OldMember, write_groups, write_members
from storage.adopt.hashes import hash_doubts
from storage.adopt.parts import Part, System, signature
from storage.adopt.people import OldContact, write_contacts
from storage.adopt.report import Held
from storage.adopt.talk import OldCampaign, OldMessage, write_campaigns, write_messages
from storage.adopt.target import Target
from storage.adopt.values import (
    UNDATED,
    Refused,
    Row,
    kept_json,
    read_phone,
    read_time,
    stable_key,
    text_of,
    whole_name,
    without_empty,
)
from storage.adopt.words import Place, Unknown, contact_state, folded, read_word, undated
from storage.channels import COMMUNITY

NAME = "waqtor"
ROLES = {"admin": "admin", "user": "manager", "viewer": "viewer"}
ACKS = {
    -1: MessageStatus.FAILED,
    1: MessageStatus.SENT,
    2: MessageStatus.DELIVERED,
    3: MessageStatus.READ,
    4: MessageStatus.READ,
}
"""What WhatsApp acknowledged: sent, delivered, read, played."""
STATUSES = {
    "pending": MessageStatus.EXPIRED,
    "sent": MessageStatus.SENT,
    "delivered": MessageStatus.DELIVERED,
    "read": MessageStatus.READ,
    "failed": MessageStatus.FAILED,
}
"""What was never handed over is not sent late."""
_RANK = (MessageStatus.EXPIRED, MessageStatus.SENT, MessageStatus.DELIVERED, MessageStatus.READ)
_CAMPAIGNS = {
    "draft": "draft",
    "scheduled": "cancelled",
    "running": "cancelled",
    "paused": "cancelled",
    "completed": "completed",
    "failed": "failed",
}
_HELD_ROLE = Unknown("viewer", "not known, so this login may look and change nothing")
_HELD_MESSAGE = Unknown(MessageStatus.SENT, "not known, so it counts as sent and is never sent again")
_HELD_CAMPAIGN = Unknown("cancelled", "not known, so the campaign is cancelled")


def status_of(status: str | None, ack: int | None) -> MessageStatus:
    """Join the two columns that say how far a message came; a failure counts before a delivery only."""
    named, told = STATUSES.get(folded(status) or "pending", MessageStatus.SENT), ACKS.get(ack or 0)
    if told is None or told is named:
        return named
    if MessageStatus.FAILED in (named, told):
        other = told if named is MessageStatus.FAILED else named
        return other if other in (MessageStatus.DELIVERED, MessageStatus.READ) else MessageStatus.FAILED
    return max(named, told, key=_RANK.index)


def _user(row: Row, _target: Target) -> Iterable[Any]:
    key = stable_key(NAME, "users", row["id"])
    email = (text_of(row["email"], 255) or "").lower() or None
    role = read_word(ROLES, row["role"] or "user", _HELD_ROLE, Place(str(row["id"]), "role", key))
    outcome = f"nobody can verify it: `rollcall operator password {email}` sets a new one"
    yield from role.held
    yield from hash_doubts(row["password_hash"], Place(str(row["id"]), "password_hash", key), outcome)
    yield OldOperator(
        key,
        str(row["id"]),
        role.value,
        email=email,
        name=text_of(row["name"], 200),
        password_hash=row["password_hash"],
        is_active=row["is_active"] is not False,
        last_login_at=read_time(row["last_login_at"]),
        created_at=read_time(row["created_at"]),
        updated_at=read_time(row["updated_at"]),
    )


def _session(row: Row, _target: Target) -> Iterable[Any]:
    phone = text_of(row["phone_number"])
    # Neither session data nor QR code come along: they are a login, good for the old program alone.
    extras = without_empty({"session": row["session_name"], "status_before": row["status"], "phone": phone})
    times = read_time(row["created_at"]), read_time(row["updated_at"])
    yield OldSender(
        stable_key(NAME, "whatsapp_sessions", row["id"]), str(row["id"]), f"session:{row['id']}", extras, *times
    )


def _recipient(row: Row, target: Target) -> Iterable[Any]:
    key = stable_key(NAME, "recipients", row["id"])
    phone = read_phone(row["phone_number"], target.country)
    custom = kept_json(row["custom_fields"])
    fields = dict(custom) if isinstance(custom, Mapping) else without_empty({"custom": custom})
    state = contact_state(row["status"], Place(str(row["id"]), "status", key))
    yield from state.held
    more = {**(state.fields or {}), **whole_name(row["name"], 200)}
    yield OldContact(
        key,
        str(row["id"]),
        phone,
        phone,
        text_of(row["name"], 200),
        state.status,
        without_empty({**fields, "email": text_of(row["email"]), **more}),
        (COMMUNITY,),
        read_time(row["created_at"]),
        read_time(row["updated_at"]),
        word=state.decision,
    )


def _opt_out(row: Row, target: Target) -> Iterable[Any]:
    key = stable_key(NAME, "recipients.status", row["id"])
    if contact_state(row["status"], Place(str(row["id"]), "status", key)).has_opted_out:
        phone = read_phone(row["phone_number"], target.country)
        said = f"status {str(row['status']).strip()}"
        yield OldOptOut(key, str(row["id"]), phone, "import", said, read_time(row["updated_at"]))


def _group(row: Row, _target: Target) -> Iterable[Any]:
    name = text_of(row["name"]) or f"group {row['id']}"
    at = read_time(row["created_at"])
    yield OldGroup(stable_key(NAME, "groups", row["id"]), str(row["id"]), name, text_of(row["description"]), at)


def _member(row: Row, target: Target) -> Iterable[Any]:
    label = f"{row['recipient_id']} in {row['group_id']}"
    if row["recipient_owner"] != row["group_owner"]:
        raise Refused(f"{label}: its person or its group is another owner's")
    yield OldMember(
        stable_key(NAME, "recipient_groups", label),
        label,
        stable_key(NAME, "groups", row["group_id"]),
        text_of(row["group_name"]) or f"group {row['group_id']}",
        read_phone(row["phone_number"], target.country),
        read_time(row["created_at"]),
    )


def _message(row: Row, target: Target) -> Iterable[Any]:
    created_at = read_time(row["created_at"])
    at = UNDATED if created_at is None else created_at
    key = stable_key(NAME, "messages", row["id"], at=at)
    metadata = kept_json(row["metadata"])
    status, held = _standing(row, metadata, key)
    yield from (*held, *undated(created_at, Place(str(row["id"]), "created_at", key)))
    media = [{"url": row["media_url"], "content_type": row["media_type"]}] if text_of(row["media_url"]) else []
    yield OldMessage(
        key,
        str(row["id"]),
        read_phone(row["phone_number"], target.country),
        status is MessageStatus.RECEIVED,
        status,
        text_of(row["message_text"]) or "",
        text_of(row["message_id"]),
        at,
        read_time(row["updated_at"]),
        error_text=text_of(row["error_message"]),
        extras=without_empty(
            {
                "media": media,
                "type": row["media_type"] or "text",
                "ack": row["ack_status"],
                "session": row["session_id"] and str(row["session_id"]),
                "status_before": None if folded(row["status"]) in {"", *STATUSES} else row["status"],
                "metadata": metadata,
            }
        ),
    )


def _standing(row: Row, metadata: Any, key: bytes) -> tuple[MessageStatus, tuple[Held, ...]]:
    """Return how far a message came, and what of its two columns is not known."""
    known = metadata if isinstance(metadata, Mapping) else {}
    if folded(known.get("direction")) in ("inbound", "incoming") or known.get("fromMe") is False:
        return MessageStatus.RECEIVED, ()
    place = Place(str(row["id"]), "status", key)
    held = read_word(STATUSES, row["status"] or "pending", _HELD_MESSAGE, place).held
    if row["ack_status"] not in {None, 0, *ACKS}:
        held = (*held, replace(place, column="ack_status").hold(row["ack_status"], "not known, so the status counts"))
    return status_of(row["status"], row["ack_status"]), held


def _campaign(row: Row, target: Target) -> Iterable[Any]:
    key = stable_key(NAME, "campaigns", row["id"])
    due_at, status = read_time(row["scheduled_at"]), row["status"] or "draft"
    read = read_word(_CAMPAIGNS, status, _HELD_CAMPAIGN, Place(str(row["id"]), "status", key))
    ours, reason = read.value, None
    yield from read.held
    if folded(status) == "scheduled" and target.due(due_at) == "expired":
        ours = "expired"
    elif ours == "cancelled":
        reason = "the old database does not say to whom it goes: send it anew with BLAST or SCHEDULE"
    counts = {name: row[name] for name in ("total_recipients", "sent_count", "failed_count")}
    yield OldCampaign(
        key,
        str(row["id"]),
        text_of(row["name"], 255),
        text_of(row["message_template"]) or "",
        COMMUNITY,
        ours,
        None,
        due_at,
        read_time(row["started_at"]),
        read_time(row["completed_at"]),
        read_time(row["created_at"]),
        reason,
        operator=stable_key(NAME, "users", row["user_id"]),
        extras=without_empty(
            {
                **counts,
                "status_before": status,
                "metadata": kept_json(row["metadata"]),
                "session": row["session_id"] and str(row["session_id"]),
            }
        ),
    )


def _owners(_tables: Collection[str]) -> str:
    return (
        "SELECT users.id, users.email, (SELECT count(*) FROM recipients WHERE user_id = users.id) "
        "+ (SELECT count(*) FROM messages WHERE user_id = users.id) FROM users ORDER BY users.email"
    )


SYSTEM = System(
    NAME,
    signature(
        users="email password_hash is_active",
        whatsapp_sessions="session_name session_data",
        messages="user_id phone_number ack_status",
        campaigns="message_template failed_count",
        recipients="phone_number custom_fields",
        recipient_groups="recipient_id group_id",
    ),
    (
        Part("users", "operators", _user, write_operators, "SELECT * FROM users WHERE id = CAST(:owner AS uuid)"),
        Part(
            "whatsapp_sessions",
            "channels (waha)",
            _session,
            write_senders,
            "SELECT * FROM whatsapp_sessions WHERE user_id = CAST(:owner AS uuid) ORDER BY id",
        ),
        Part(
            "recipients",
            "opt_outs",
            _opt_out,
            write_opt_outs,
            "SELECT * FROM recipients WHERE user_id = CAST(:owner AS uuid) AND status NOT IN "
            "('active', 'blocked', 'invalid') ORDER BY created_at, id",
            "recipients (opted_out)",
        ),
        Part(
            "recipients",
            "contacts",
            _recipient,
            write_contacts,
            "SELECT * FROM recipients WHERE user_id = CAST(:owner AS uuid) ORDER BY created_at, id",
        ),
        Part(
            "groups",
            "groups",
            _group,
            write_groups,
            "SELECT * FROM groups WHERE user_id = CAST(:owner AS uuid) ORDER BY created_at, id",
        ),
        Part(
            "recipient_groups",
            "group_members",
            _member,
            write_members,
            "SELECT recipient_groups.*, groups.name AS group_name, groups.user_id AS group_owner, "
            "recipients.phone_number, recipients.user_id AS recipient_owner FROM recipient_groups "
            "JOIN groups ON groups.id = recipient_groups.group_id "
            "JOIN recipients ON recipients.id = recipient_groups.recipient_id "
            "WHERE groups.user_id = CAST(:owner AS uuid) ORDER BY groups.id, recipients.id",
        ),
        Part(
            "campaigns",
            "campaigns",
            _campaign,
            write_campaigns,
            "SELECT * FROM campaigns WHERE user_id = CAST(:owner AS uuid) ORDER BY created_at, id",
        ),
        Part(
            "messages",
            "messages",
            _message,
            write_messages,
            "SELECT * FROM messages WHERE user_id = CAST(:owner AS uuid) ORDER BY created_at, id",
        ),
    ),
    owners=_owners,
)

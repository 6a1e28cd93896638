"""Seed 002, WaQtor: WhatsApp by sessions, several users each with rows of their own (PostgreSQL)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flows.values import ContactStatus, MessageStatus
from storage.adopt.accounts import OldOperator, OldSender, write_operators, write_senders
from storage.adopt.parts import Part, System, signature
from storage.adopt.people import (
    OldContact,
    OldGroup,
    OldMember,
    write_contacts,
    write_groups,
    write_members,
)
from storage.adopt.talk import OldCampaign, OldMessage, write_campaigns, write_messages
from storage.adopt.target import Target
from storage.adopt.values import Row, kept_json, read_phone, read_time, stable_key, text_of, without_empty
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
_CAMPAIGNS = {"draft": "draft", "completed": "completed", "failed": "failed"}


def status_of(status: str | None, ack: int | None) -> MessageStatus:
    """Join the two columns that say how far a message came; a failure counts before a delivery only."""
    named, told = STATUSES.get(status or "pending", MessageStatus.SENT), ACKS.get(ack or 0)
    if told is None or told is named:
        return named
    if MessageStatus.FAILED in (named, told):
        other = told if named is MessageStatus.FAILED else named
        return other if other in (MessageStatus.DELIVERED, MessageStatus.READ) else MessageStatus.FAILED
    return max(named, told, key=_RANK.index)


def _user(row: Row, _target: Target) -> Iterable[Any]:
    yield OldOperator(
        stable_key(NAME, "users", row["id"]),
        str(row["id"]),
        ROLES.get(row["role"], "viewer"),
        email=(text_of(row["email"], 255) or "").lower() or None,
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
    phone = read_phone(row["phone_number"], target.country)
    custom = kept_json(row["custom_fields"])
    fields = dict(custom) if isinstance(custom, Mapping) else without_empty({"custom": custom})
    status = text_of(row["status"]) or "active"
    known = {one.value: one for one in ContactStatus}
    yield OldContact(
        stable_key(NAME, "recipients", row["id"]),
        str(row["id"]),
        phone,
        phone,
        text_of(row["name"], 200),
        known.get(status, ContactStatus.BLOCKED),
        without_empty({**fields, "email": text_of(row["email"])}),
        (COMMUNITY,),
        read_time(row["created_at"]),
        read_time(row["updated_at"]),
    )


def _group(row: Row, _target: Target) -> Iterable[Any]:
    name = text_of(row["name"], 100) or f"group {row['id']}"
    at = read_time(row["created_at"])
    yield OldGroup(stable_key(NAME, "groups", row["id"]), str(row["id"]), name, text_of(row["description"]), at)


def _member(row: Row, target: Target) -> Iterable[Any]:
    phone = read_phone(row["phone_number"], target.country)
    label = f"{row['recipient_id']} in {row['group_id']}"
    group = text_of(row["group_name"], 100) or f"group {row['group_id']}"
    yield OldMember(stable_key(NAME, "recipient_groups", label), label, group, phone, read_time(row["created_at"]))


def _message(row: Row, target: Target) -> Iterable[Any]:
    created_at = read_time(row["created_at"]) or target.now_at
    metadata = kept_json(row["metadata"])
    is_inbound = isinstance(metadata, Mapping) and (
        metadata.get("direction") in ("inbound", "incoming") or metadata.get("fromMe") is False
    )
    status = MessageStatus.RECEIVED if is_inbound else status_of(row["status"], row["ack_status"])
    media = [{"url": row["media_url"], "content_type": row["media_type"]}] if text_of(row["media_url"]) else []
    yield OldMessage(
        stable_key(NAME, "messages", row["id"], at=created_at),
        str(row["id"]),
        read_phone(row["phone_number"], target.country),
        is_inbound,
        status,
        text_of(row["message_text"]) or "",
        text_of(row["message_id"]),
        created_at,
        read_time(row["updated_at"]),
        error_text=text_of(row["error_message"]),
        extras=without_empty(
            {
                "media": media,
                "type": row["media_type"] or "text",
                "ack": row["ack_status"],
                "session": row["session_id"] and str(row["session_id"]),
                "metadata": metadata,
            }
        ),
    )


def _campaign(row: Row, target: Target) -> Iterable[Any]:
    due_at, status = read_time(row["scheduled_at"]), str(row["status"])
    ours, reason = _CAMPAIGNS.get(status, "cancelled"), None
    if status == "scheduled" and target.due(due_at) == "expired":
        ours = "expired"
    elif ours == "cancelled":
        reason = "the old database does not say to whom it goes: send it anew with BLAST or SCHEDULE"
    counts = {name: row[name] for name in ("total_recipients", "sent_count", "failed_count")}
    yield OldCampaign(
        stable_key(NAME, "campaigns", row["id"]),
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
        extras=without_empty(
            {
                **counts,
                "status_before": status,
                "metadata": kept_json(row["metadata"]),
                "session": row["session_id"] and str(row["session_id"]),
            }
        ),
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
            "SELECT recipient_groups.*, groups.name AS group_name, recipients.phone_number FROM recipient_groups "
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
    owners="SELECT users.id, users.email, (SELECT count(*) FROM recipients WHERE user_id = users.id) "
    "+ (SELECT count(*) FROM messages WHERE user_id = users.id) FROM users ORDER BY users.email",
)

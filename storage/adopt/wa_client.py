"""Seed 004, the WA client: contacts and messages of WhatsApp, templates, API keys (PostgreSQL)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flows.values import MessageStatus
from storage.adopt.accounts import OldKey, write_keys
from storage.adopt.hashes import hash_doubts
from storage.adopt.parts import Part, System, signature
from storage.adopt.people import OldContact, write_contacts
from storage.adopt.talk import OldMessage, OldTemplate, write_messages, write_templates
from storage.adopt.target import Target
from storage.adopt.values import (
    UNDATED,
    Row,
    kept_json,
    read_phone,
    read_time,
    stable_key,
    text_of,
    whole_name,
    without_empty,
)
from storage.adopt.words import Place, Reading, Unknown, folded, read_direction, read_word, undated

NAME = "wa-client"
GORM_ID = "whats_app_msg_id"
"""The column of WhatsApp's id, as GORM names it by itself: the document's SQL calls it whatsapp_msg_id."""
STATUSES = {
    "sent": MessageStatus.SENT,
    "delivered": MessageStatus.DELIVERED,
    "read": MessageStatus.READ,
    "failed": MessageStatus.FAILED,
}
TEMPLATE_STATUSES = {"approved": "approved", "pending": "pending", "rejected": "rejected"}
_HELD_MESSAGE = Unknown(MessageStatus.SENT, "not known, so it counts as sent and is never sent again")
_HELD_TEMPLATE = Unknown("pending", "not known, so the template waits: only approved ones can be sent")


def _listed(value: Any) -> list[Any]:
    found = kept_json(value)
    return found if isinstance(found, list) else [] if found is None else [found]


def _contact(row: Row, target: Target) -> Iterable[Any]:
    phone = read_phone(row["phone"], target.country)
    yield OldContact(
        stable_key(NAME, "contacts", row["id"]),
        str(row["id"]),
        phone,
        phone,
        text_of(row["name"], 200),
        fields=without_empty(
            {
                "picture": text_of(row["profile_picture_url"]),
                "metadata": kept_json(row["metadata"]) or {},
                **whole_name(row["name"], 200),
            }
        ),
        created_at=read_time(row["created_at"]),
        updated_at=read_time(row["updated_at"]),
        deleted_at=read_time(row["deleted_at"]),
        last_message_at=read_time(row["last_message_at"]),
        message_count=row["message_count"] or 0,
        unread_count=row["unread_count"] or 0,
    )


def _message(row: Row, target: Target) -> Iterable[Any]:
    created_at = read_time(row["created_at"])
    at = UNDATED if created_at is None else created_at
    key = stable_key(NAME, "messages", row["id"], at=at)
    is_inbound = read_direction(row["direction"])
    read = Reading(MessageStatus.RECEIVED)
    if not is_inbound:
        read = read_word(STATUSES, row["status"], _HELD_MESSAGE, Place(str(row["id"]), "status", key))
    yield from (*read.held, *undated(created_at, Place(str(row["id"]), "created_at", key)))
    media = [{"url": row["media_url"]}] if text_of(row["media_url"]) else []
    is_told = not is_inbound and folded(row["status"]) in STATUSES
    yield OldMessage(
        key,
        str(row["id"]),
        read_phone(row["phone"], target.country),
        is_inbound,
        read.value,
        text_of(row["content"]) or text_of(row["caption"]) or "",
        text_of(row.get("whatsapp_msg_id", row.get(GORM_ID))),
        at,
        read_time(row["updated_at"]),
        error_code=text_of(row["error_code"]),
        error_text=text_of(row["error_message"]),
        extras=without_empty(
            {
                "media": media,
                "type": row["type"],
                "caption": row["caption"],
                "status_before": None if is_told else row["status"],
                "metadata": kept_json(row["metadata"]),
            }
        ),
    )


def _template(row: Row, _target: Target) -> Iterable[Any]:
    key = stable_key(NAME, "templates", row["id"])
    status = read_word(TEMPLATE_STATUSES, row["status"], _HELD_TEMPLATE, Place(str(row["id"]), "status", key))
    yield from status.held
    yield OldTemplate(
        key,
        str(row["id"]),
        str(row["name"]),
        str(row["language"]),
        str(row["category"]),
        status.value,
        str(row["content"]),
        _listed(row["parameters"]),
        read_time(row["created_at"]),
        read_time(row["updated_at"]),
        read_time(row["deleted_at"]),
    )


def _api_key(row: Row, _target: Target) -> Iterable[Any]:
    key = stable_key(NAME, "api_keys", row["id"])
    outcome = "nobody can verify it, so this key opens nothing: make a new one"
    yield from hash_doubts(row["key_hash"], Place(str(row["id"]), "key_hash", key), outcome)
    yield OldKey(
        key,
        str(row["id"]),
        str(row["key_hash"]),
        str(row["name"]),
        _listed(row["permissions"]),
        1_000.0 if row["rate_limit"] is None else float(row["rate_limit"]),
        read_time(row["last_used_at"]),
        read_time(row["expires_at"]),
        read_time(row["created_at"]),
        read_time(row["deleted_at"]),
    )


SYSTEM = System(
    NAME,
    signature(
        messages="phone direction type whatsapp_msg_id",
        contacts="phone profile_picture_url unread_count deleted_at",
        templates="name category status parameters",
        api_keys="key_hash permissions rate_limit",
    ),
    (
        Part(
            "contacts",
            "contacts, conversations",
            _contact,
            write_contacts,
            "SELECT * FROM contacts ORDER BY created_at, id",
        ),
        Part("messages", "messages", _message, write_messages, "SELECT * FROM messages ORDER BY created_at, id"),
        Part("templates", "templates", _template, write_templates, "SELECT * FROM templates ORDER BY created_at, id"),
        Part("api_keys", "api_keys", _api_key, write_keys, "SELECT * FROM api_keys ORDER BY created_at, id"),
    ),
    aliases={GORM_ID: "whatsapp_msg_id"},
)

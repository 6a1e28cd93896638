"""Seed 004, the WA client: contacts and messages of WhatsApp, templates, API keys (PostgreSQL)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flows.values import MessageStatus
from storage.adopt.accounts import OldKey, write_keys
from storage.adopt.parts import Part, System, signature
from storage.adopt.people import OldContact, write_contacts
from storage.adopt.talk import OldMessage, OldTemplate, write_messages, write_templates
from storage.adopt.target import Target
from storage.adopt.values import Row, kept_json, read_phone, read_time, stable_key, text_of, without_empty

NAME = "wa-client"
STATUSES = {
    "sent": MessageStatus.SENT,
    "delivered": MessageStatus.DELIVERED,
    "read": MessageStatus.READ,
    "failed": MessageStatus.FAILED,
}


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
            {"picture": text_of(row["profile_picture_url"]), "metadata": kept_json(row["metadata"]) or {}}
        ),
        created_at=read_time(row["created_at"]),
        updated_at=read_time(row["updated_at"]),
        deleted_at=read_time(row["deleted_at"]),
        last_message_at=read_time(row["last_message_at"]),
        message_count=row["message_count"] or 0,
        unread_count=row["unread_count"] or 0,
    )


def _message(row: Row, target: Target) -> Iterable[Any]:
    created_at = read_time(row["created_at"]) or target.now_at
    is_inbound = row["direction"] == "inbound"
    media = [{"url": row["media_url"]}] if text_of(row["media_url"]) else []
    yield OldMessage(
        stable_key(NAME, "messages", row["id"], at=created_at),
        str(row["id"]),
        read_phone(row["phone"], target.country),
        is_inbound,
        MessageStatus.RECEIVED if is_inbound else STATUSES[row["status"]],
        text_of(row["content"]) or text_of(row["caption"]) or "",
        text_of(row["whatsapp_msg_id"]),
        created_at,
        read_time(row["updated_at"]),
        error_code=text_of(row["error_code"], 20),
        error_text=text_of(row["error_message"]),
        extras=without_empty(
            {
                "media": media,
                "type": row["type"],
                "caption": row["caption"],
                "status_before": row["status"] if is_inbound else None,
                "metadata": kept_json(row["metadata"]),
            }
        ),
    )


def _template(row: Row, _target: Target) -> Iterable[Any]:
    yield OldTemplate(
        stable_key(NAME, "templates", row["id"]),
        str(row["id"]),
        str(row["name"]),
        str(row["language"]),
        str(row["category"]),
        str(row["status"]),
        str(row["content"]),
        _listed(row["parameters"]),
        read_time(row["created_at"]),
        read_time(row["updated_at"]),
        read_time(row["deleted_at"]),
    )


def _api_key(row: Row, _target: Target) -> Iterable[Any]:
    yield OldKey(
        stable_key(NAME, "api_keys", row["id"]),
        str(row["id"]),
        str(row["key_hash"]),
        str(row["name"]),
        _listed(row["permissions"]),
        float(row["rate_limit"] or 1_000),
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
)

"""Seed 000, watest: WhatsApp campaigns through Twilio, contacts with vehicles (SQLite)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flows.values import ContactStatus, MessageStatus
from storage.adopt.consent import OldOptOut, write_opt_outs
from storage.adopt.filters import audience_of
from storage.adopt.parts import Part, System, signature
from storage.adopt.people import OldContact, OldRecord, write_contacts, write_records
from storage.adopt.talk import (
    OldCampaign,
    OldMessage,
    OldRecipient,
    write_campaigns,
    write_messages,
    write_recipients,
)
from storage.adopt.target import Target
from storage.adopt.values import (
    Refused,
    Row,
    kept_json,
    read_phone,
    read_time,
    stable_key,
    text_of,
    without_empty,
)
from storage.channels import COMMUNITY

NAME = "watest"
STATUSES = {
    "queued": MessageStatus.SENT,
    "accepted": MessageStatus.SENT,
    "sending": MessageStatus.SENT,
    "sent": MessageStatus.SENT,
    "delivered": MessageStatus.DELIVERED,
    "read": MessageStatus.READ,
    "undelivered": MessageStatus.UNDELIVERED,
    "failed": MessageStatus.FAILED,
    "canceled": MessageStatus.CANCELLED,
}
"""Twilio's words; what it had in hand counts as sent."""
CAMPAIGN_STATUSES = {
    "draft": "draft",
    "scheduled": "scheduled",
    "running": "paused",
    "sending": "paused",
    "paused": "paused",
    "completed": "completed",
    "failed": "failed",
    "cancelled": "cancelled",
}
_CONTACT_STATUSES = {
    "inactive": ContactStatus.BLOCKED,
    "blocked": ContactStatus.BLOCKED,
    "invalid": ContactStatus.INVALID,
}


def _key(row: Row, table: str, at: int | None = None) -> bytes:
    return stable_key(NAME, table, row["id"], at=at)


def _opt_out(row: Row, target: Target) -> Iterable[Any]:
    phone = read_phone(row["phone"], target.country)
    reason, at = text_of(row["reason"]), read_time(row["opted_out_at"])
    yield OldOptOut(_key(row, "opt_outs"), str(row["id"]), phone, "inbound", reason, at)


def _opt_out_by_status(row: Row, target: Target) -> Iterable[Any]:
    phone = read_phone(row["phone"], target.country)
    at = read_time(row["updated_at"])
    yield OldOptOut(_key(row, "contacts.status"), str(row["id"]), phone, "import", "status opted_out", at)


def _contact(row: Row, target: Target) -> Iterable[Any]:
    phone = read_phone(row["phone"], target.country)
    status = text_of(row["status"]) or "active"
    known = {"active", "opted_out", *_CONTACT_STATUSES}
    yield OldContact(
        _key(row, "contacts"),
        str(row["id"]),
        phone,
        phone,
        text_of(row["name"], 200),
        _CONTACT_STATUSES.get(status, ContactStatus.ACTIVE),
        {} if status in known else {"status_before": status},
        (COMMUNITY,),
        created_at=read_time(row["created_at"]),
        updated_at=read_time(row["updated_at"]),
    )


def _vehicle(row: Row, target: Target) -> Iterable[Any]:
    if row["contact_phone"] is None:
        raise Refused(f"its contact {row['contact_id']} does not exist")
    phone = read_phone(row["contact_phone"], target.country)
    fields = without_empty({name: row[name] for name in ("make", "model", "year", "price", "link")})
    times = read_time(row["created_at"]), read_time(row["updated_at"])
    yield OldRecord(_key(row, "vehicles"), str(row["id"]), phone, "vehicle", fields, *times)


def _campaign(row: Row, target: Target) -> Iterable[Any]:
    status = CAMPAIGN_STATUSES.get(row["status"], "paused")
    due_at = read_time(row["scheduled_at"])
    filters = kept_json(row["filters"])
    audience = audience_of(filters)
    has_recipients = bool(row["recipient_count"])
    reason = text_of(row["error_message"])
    if status == "scheduled":
        status = target.due(due_at)
    if status in ("scheduled", "paused") and audience is None and not has_recipients:
        status, reason = "cancelled", f"its filters cannot be translated, send it anew: {str(row['filters'])[:200]}"
    elif status == "paused" and reason is None:
        reason = "it was under way when this database was taken over: RESUME sends the rest"
    ended_at = read_time(row["completed_at"]) or read_time(row["failed_at"])
    yield OldCampaign(
        _key(row, "campaigns"),
        str(row["id"]),
        text_of(row["name"], 255),
        text_of(row["message_template"]) or "",
        audience or "community",
        status,
        text_of(row["content_sid"], 64) if row["type"] == "twilio_template" else None,
        due_at,
        read_time(row["started_at"]),
        ended_at,
        read_time(row["created_at"]),
        reason,
        is_expanded=has_recipients or status in ("completed", "failed", "cancelled", "expired"),
        extras=without_empty(
            {
                "type": row["type"],
                "filters": filters,
                "total_recipients": row["total_recipients"],
                "sent_count": row["sent_count"],
                "paused_at": row["paused_at"],
                "failed_at": row["failed_at"],
                "content_sid": row["content_sid"],
                "status_before": row["status"],
                "updated_at": row["updated_at"],
            }
        ),
    )


def _message(row: Row, target: Target) -> Iterable[Any]:
    phone = read_phone(row["phone"], target.country)
    created_at = read_time(row["created_at"]) or target.now_at
    is_inbound = row["direction"] == "inbound"
    status = MessageStatus.RECEIVED if is_inbound else STATUSES.get(row["status"] or "sent", MessageStatus.SENT)
    campaign = row["campaign_id"]
    yield OldMessage(
        _key(row, "messages", created_at),
        str(row["id"]),
        phone,
        is_inbound,
        status,
        text_of(row["body"]) or "",
        text_of(row["message_sid"]),
        created_at,
        campaign=None if campaign is None else stable_key(NAME, "campaigns", campaign),
        extras=without_empty({"status_before": row["status"] if row["status"] not in STATUSES else None}),
    )


def _recipient(row: Row, target: Target) -> Iterable[Any]:
    if row["campaign_status"] is None:
        raise Refused(f"its campaign {row['campaign_id']} does not exist")
    phone = read_phone(row["phone"], target.country)
    at = read_time(row["sent_at"]) or read_time(row["created_at"]) or target.now_at
    status = STATUSES.get(row["status"])
    is_open = CAMPAIGN_STATUSES.get(row["campaign_status"], "paused") in ("paused", "scheduled", "draft")
    skipped = None
    if status is None and row["status"] != "pending":
        skipped = text_of(row["error_message"]) or str(row["status"])
    elif status is None and not is_open:
        skipped = "not sent before"
    yield OldRecipient(
        stable_key(NAME, "campaign_recipients", row["id"], at=at),
        str(row["id"]),
        stable_key(NAME, "campaigns", row["campaign_id"]),
        phone,
        status,
        text_of(row["message_template"]) or "",
        text_of(row["message_sid"]),
        at,
        text_of(row["error_message"]),
        skipped,
    )


SYSTEM = System(
    NAME,
    signature(
        contacts="id phone name status",
        vehicles="contact_id make model year",
        opt_outs="phone opted_out_at",
        campaigns="message_template content_sid filters",
        campaign_recipients="campaign_id contact_id message_sid",
        messages="direction message_sid body",
    ),
    (
        Part("opt_outs", "opt_outs, consent_changes", _opt_out, write_opt_outs),
        Part(
            "contacts",
            "opt_outs",
            _opt_out_by_status,
            write_opt_outs,
            "SELECT * FROM contacts WHERE status = 'opted_out' ORDER BY id",
            "contacts (opted_out)",
        ),
        Part("contacts", "contacts", _contact, write_contacts),
        Part(
            "vehicles",
            "records (vehicle)",
            _vehicle,
            write_records,
            "SELECT vehicles.*, contacts.phone AS contact_phone FROM vehicles "
            "LEFT JOIN contacts ON contacts.id = vehicles.contact_id ORDER BY vehicles.id",
        ),
        Part(
            "campaigns",
            "campaigns",
            _campaign,
            write_campaigns,
            "SELECT campaigns.*, (SELECT count(*) FROM campaign_recipients "
            "WHERE campaign_recipients.campaign_id = campaigns.id) AS recipient_count FROM campaigns ORDER BY id",
        ),
        Part("messages", "messages", _message, write_messages),
        Part(
            "campaign_recipients",
            "recipients, messages",
            _recipient,
            write_recipients,
            "SELECT campaign_recipients.*, campaigns.status AS campaign_status, campaigns.message_template "
            "FROM campaign_recipients LEFT JOIN campaigns ON campaigns.id = campaign_recipients.campaign_id "
            "ORDER BY campaign_recipients.id",
        ),
    ),
)

"""Seed 000, watest: WhatsApp campaigns through Twilio, contacts with vehicles (SQLite)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from flows.values import MessageStatus
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
from storage.adopt.words import (
    Place,
    Reading,
    Unknown,
    contact_state,
    folded,
    read_direction,
    read_word,
    undated,
)
from storage.channels import COMMUNITY

NAME = "watest"
STATUSES = {
    "queued": MessageStatus.SENT,
    "accepted": MessageStatus.SENT,
    "scheduled": MessageStatus.SENT,
    "sending": MessageStatus.SENT,
    "sent": MessageStatus.SENT,
    "delivered": MessageStatus.DELIVERED,
    "read": MessageStatus.READ,
    "undelivered": MessageStatus.UNDELIVERED,
    "failed": MessageStatus.FAILED,
    "canceled": MessageStatus.CANCELLED,
    "cancelled": MessageStatus.CANCELLED,
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
    "canceled": "cancelled",
}
SKIPPED = frozenset({"skipped", "opted_out", "unsubscribed", "suppressed", "blocked", "invalid", "excluded"})
"""Words of recipients who were left out."""
_HELD_MESSAGE = Unknown(MessageStatus.SENT, "not known, so it counts as sent and is never sent again")
_HELD_CAMPAIGN = Unknown("cancelled", "not known, so the campaign is cancelled: send it anew with BLAST")


def _key(row: Row, table: str, at: int | None = None) -> bytes:
    return stable_key(NAME, table, row["id"], at=at)


def _opt_out(row: Row, target: Target) -> Iterable[Any]:
    phone = read_phone(row["phone"], target.country)
    reason, at = text_of(row["reason"]), read_time(row["opted_out_at"])
    yield OldOptOut(_key(row, "opt_outs"), str(row["id"]), phone, "inbound", reason, at)


def _opt_out_by_status(row: Row, target: Target) -> Iterable[Any]:
    key = _key(row, "contacts.status")
    if contact_state(row["status"], Place(str(row["id"]), "status", key)).has_opted_out:
        phone = read_phone(row["phone"], target.country)
        said, at = f"status {str(row['status']).strip()}", read_time(row["updated_at"])
        yield OldOptOut(key, str(row["id"]), phone, "import", said, at)


def _contact(row: Row, target: Target) -> Iterable[Any]:
    phone, key = read_phone(row["phone"], target.country), _key(row, "contacts")
    state = contact_state(row["status"], Place(str(row["id"]), "status", key))
    yield from state.held
    yield OldContact(
        key,
        str(row["id"]),
        phone,
        phone,
        text_of(row["name"], 200),
        state.status,
        {**(state.fields or {}), **whole_name(row["name"], 200)},
        (COMMUNITY,),
        created_at=read_time(row["created_at"]),
        updated_at=read_time(row["updated_at"]),
        word=state.decision,
    )


def _vehicle(row: Row, target: Target) -> Iterable[Any]:
    if row["contact_phone"] is None:
        raise Refused(f"its contact {row['contact_id']} does not exist")
    phone = read_phone(row["contact_phone"], target.country)
    fields = without_empty({name: row[name] for name in ("make", "model", "year", "price", "link")})
    times = read_time(row["created_at"]), read_time(row["updated_at"])
    yield OldRecord(_key(row, "vehicles"), str(row["id"]), phone, "vehicle", fields, *times)


def _campaign(row: Row, target: Target) -> Iterable[Any]:
    key = _key(row, "campaigns")
    read = read_word(CAMPAIGN_STATUSES, row["status"], _HELD_CAMPAIGN, Place(str(row["id"]), "status", key))
    yield from read.held
    filters = kept_json(row["filters"])
    audience = audience_of(filters)
    has_recipients = bool(row["recipient_count"])
    due_at = read_time(row["scheduled_at"])
    status, reason = _standing(row, read.value, audience is not None or has_recipients, target.due(due_at))
    is_template = folded(row["type"]) == "twilio_template"
    yield OldCampaign(
        key,
        str(row["id"]),
        text_of(row["name"], 255),
        text_of(row["message_template"]) or "",
        audience or "community",
        status,
        text_of(row["content_sid"], 64) if is_template else None,
        due_at,
        read_time(row["started_at"]),
        read_time(row["completed_at"]) or read_time(row["failed_at"]),
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


def _standing(row: Row, status: str, has_audience: bool, due: str) -> tuple[str, str | None]:
    """Say where a campaign stands now, and why it does not go on by itself."""
    reason = text_of(row["error_message"])
    if status == "scheduled":
        status = due
    if status in ("scheduled", "paused") and not has_audience:
        return "cancelled", f"its filters cannot be translated, send it anew: {str(row['filters'])[:200]}"
    if status == "paused" and reason is None:
        reason = "it was under way when this database was taken over: RESUME sends the rest"
    return status, reason


def _message(row: Row, target: Target) -> Iterable[Any]:
    phone = read_phone(row["phone"], target.country)
    is_inbound = read_direction(row["direction"])
    created_at = read_time(row["created_at"])
    key = _key(row, "messages", UNDATED if created_at is None else created_at)
    place = Place(str(row["id"]), "status", key)
    read = Reading(MessageStatus.RECEIVED) if is_inbound else Reading(MessageStatus.SENT)
    if not is_inbound and row["status"] is not None:
        read = read_word(STATUSES, row["status"], _HELD_MESSAGE, place)
    yield from (*read.held, *undated(created_at, replace(place, column="created_at")))
    campaign = row["campaign_id"]
    yield OldMessage(
        key,
        str(row["id"]),
        phone,
        is_inbound,
        read.value,
        text_of(row["body"]) or "",
        text_of(row["message_sid"]),
        UNDATED if created_at is None else created_at,
        campaign=None if campaign is None else stable_key(NAME, "campaigns", campaign),
        extras=without_empty({"status_before": row["status"] if folded(row["status"]) not in STATUSES else None}),
    )


def _recipient(row: Row, target: Target) -> Iterable[Any]:
    if row["campaign_status"] is None:
        raise Refused(f"its campaign {row['campaign_id']} does not exist")
    phone = read_phone(row["phone"], target.country)
    at = read_time(row["sent_at"]) or read_time(row["created_at"]) or UNDATED
    key = stable_key(NAME, "campaign_recipients", row["id"], at=at)
    said, word = STATUSES.get(folded(row["status"])), folded(row["status"])
    is_open = CAMPAIGN_STATUSES.get(folded(row["campaign_status"])) in ("paused", "scheduled", "draft")
    skipped = None
    if said is None and word != "pending":
        skipped = text_of(row["error_message"]) or str(row["status"])
        if word not in SKIPPED:
            yield Place(str(row["id"]), "status", key).hold(
                row["status"], "not known, so nothing is sent to this phone"
            )
    elif said is None and not is_open:
        skipped = "not sent before"
    yield OldRecipient(
        key,
        str(row["id"]),
        stable_key(NAME, "campaigns", row["campaign_id"]),
        phone,
        said,
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
            "SELECT * FROM contacts WHERE status <> 'active' ORDER BY id",
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

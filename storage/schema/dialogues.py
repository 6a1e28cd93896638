"""Dialogues: surveys and their answers, events and their registrations, the keywords that start them."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, LargeBinary, String, Table, Text

from flows.values import RegistrationStatus
from storage.columns import at, count, flag, key, one_of, ref, where
from storage.schema.base import Document, metadata

flows = Table(
    "flows",
    metadata,
    key(primary=True),
    ref("workspace_id", "workspaces.id"),
    Column("name", String(120), nullable=False),
    Column("version", Integer, nullable=False),  # the newest one, which new sessions get
    flag("is_active", True),
    flag("is_demo", False),
    count("start_count"),
    count("completion_count"),
    at("created_at", null=False),
    at("updated_at", null=False),
    Index("uq_flows_name", "workspace_id", "name", unique=True),
)

flow_versions = Table(
    "flow_versions",
    metadata,
    ref("flow_id", "flows.id", primary=True),
    Column("version", Integer, primary_key=True),
    Column("definition", Document, nullable=False),
    at("created_at", null=False),
)

events = Table(
    "events",
    metadata,
    key(primary=True),
    ref("workspace_id", "workspaces.id"),
    Column("number", Integer, nullable=False),  # what people type
    Column("title", String(200), nullable=False),
    at("starts_at"),
    at("ends_at"),
    flag("all_day", False),  # starts_at is the midnight at which the day begins
    Column("time_zone", String(64), nullable=False),
    Column("place", String(200)),
    Column("capacity", Integer),
    count("registered_count"),
    flag("is_active", True),
    flag("ask_name", False),
    flag("is_demo", False),
    at("closed_at"),  # nobody new registers; who is on the list still comes
    at("cancelled_at"),  # called off; is_active is false then
    at("created_at", null=False),
    at("updated_at", null=False),
    Index("uq_events_number", "workspace_id", "number", unique=True),
)

keywords = Table(
    "keywords",
    metadata,
    ref("workspace_id", "workspaces.id", primary=True),
    Column("keyword", String(40), primary_key=True),  # normalised: no two things answer to one word
    Column("word", String(40), nullable=False),  # as its author wrote it
    Column("target", String(10), nullable=False),
    Column("target_id", LargeBinary(16), nullable=False),
    flag("whole", False),
    Column("position", Integer, nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    key(primary=True),
    ref("workspace_id", "workspaces.id"),
    ref("contact_id", "contacts.id"),
    Column("channel_id", LargeBinary(16), nullable=False),
    Column("flow", String(20), nullable=False),
    Column("flow_id", LargeBinary(16)),
    Column("flow_version", Integer, nullable=False),
    Column("state", String(30), nullable=False),
    Column("question_id", String(60), nullable=False),
    Column("tries", Integer, nullable=False),
    Column("path", Document, nullable=False),
    Column("answers", Document, nullable=False),
    at("started_at", null=False),
    at("remind_at"),
    at("expires_at"),
    at("ended_at"),
    Index(
        "uq_sessions_open",
        "contact_id",
        unique=True,
        **where("ended_at IS NULL"),
    ),
    Index(
        "ix_sessions_remind_at",
        "remind_at",
        **where("ended_at IS NULL AND remind_at IS NOT NULL"),
    ),
    Index(
        "ix_sessions_expires_at",
        "expires_at",
        **where("ended_at IS NULL AND expires_at IS NOT NULL"),
    ),
    sqlite_with_rowid=False,
)

answers = Table(
    "answers",
    metadata,
    Column("session_id", LargeBinary(16), primary_key=True),  # first: a session's answers lie side by side
    key(primary=True),
    Column("workspace_id", LargeBinary(16), nullable=False),
    Column("contact_id", LargeBinary(16), nullable=False),
    Column("question_id", String(60), nullable=False),
    Column("question", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("value", Document),
    Column("message_id", LargeBinary(16)),
    at("answered_at", null=False),
    at("replaced_at"),  # taken back by BACK or RESTART, kept all the same
    sqlite_with_rowid=False,
)

registrations = Table(
    "registrations",
    metadata,
    ref("event_id", "events.id", primary=True),
    ref("contact_id", "contacts.id", primary=True),
    Column("status", String(12), nullable=False),
    Column("name", String(200)),
    Column("reminded_minutes", Integer),  # before the event, of the last reminder
    at("since_at", null=False),  # of this status: the order of the waiting list
    at("created_at", null=False),
    one_of("status", RegistrationStatus),
    Index(None, "contact_id"),
    Index("ix_registrations_waiting", "event_id", "status", "since_at"),
    sqlite_with_rowid=False,
)

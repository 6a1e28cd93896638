"""Every table, once, for both engines. SQLite keeps most of them in the order of their key, without a rowid.

Keys are 16 bytes made by us, in time order; times are UTC microseconds since the epoch (`..._at`): both drivers take
and give the same plain values. A table without `workspace_id` belongs to a row that has one, or to the installation.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)
from sqlalchemy.dialects.postgresql import JSONB

from flows.values import ContactStatus, MessageStatus, Purpose, RegistrationStatus, Transport
from storage.columns import at, count, flag, key, one_of, ref, where

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Document = JSON().with_variant(JSONB(), "postgresql")
"""A small JSON value."""

workspaces = Table(
    "workspaces",
    metadata,
    key(primary=True),
    Column("name", String(120), nullable=False),
    Column("language", String(10), nullable=False),
    Column("time_zone", String(64), nullable=False),
    Column("country", String(2)),
    Column("help_contact", String(200)),
    flag("double_opt_in", False),
    flag("ask_name", False),
    count("catalogue_version"),  # grows with every change of keywords, surveys and events: nodes read anew
    at("created_at", null=False),
    at("updated_at", null=False),
)

channels = Table(
    "channels",
    metadata,
    key(primary=True),
    ref("workspace_id", "workspaces.id"),
    Column("provider", String(20), nullable=False),
    Column("transport", String(20), nullable=False),
    Column("address", String(120), nullable=False),
    Column("rate_per_second", Float, nullable=False, server_default="1"),  # SMS segments
    at("paused_until_at"),
    Column("paused_reason", Text),
    at("swept_at"),  # the provider's list of inbound messages has been read up to here
    at("created_at", null=False),
    at("updated_at", null=False),
    one_of("transport", Transport),
    Index("uq_channels_address", "provider", "transport", "address", unique=True),
)

contacts = Table(
    "contacts",
    metadata,
    key(primary=True),
    ref("workspace_id", "workspaces.id"),
    Column("address", String(64), nullable=False),  # who it is: E.164, or a WhatsApp user id without a phone
    Column("phone", String(20)),
    Column("name", String(200)),
    Column("language", String(10)),
    Column("time_zone", String(64)),
    Column("status", String(20), nullable=False, server_default=ContactStatus.ACTIVE),
    at("doubt_at"),
    at("silent_until_at"),
    Column("fields", Document),  # custom fields and whatever an import brought along
    at("created_at", null=False),
    at("updated_at", null=False),
    at("deleted_at"),
    one_of("status", ContactStatus),
    Index(
        "uq_contacts_address",
        "workspace_id",
        "address",
        unique=True,
        **where("deleted_at IS NULL"),
    ),
    sqlite_with_rowid=False,
)

groups = Table(
    "groups",
    metadata,
    key(primary=True),
    ref("workspace_id", "workspaces.id"),
    Column("name", String(100), nullable=False),
    Column("description", Text),
    at("created_at", null=False),
    Index("uq_groups_name", "workspace_id", "name", unique=True),
)

group_members = Table(
    "group_members",
    metadata,
    ref("group_id", "groups.id", primary=True),
    ref("contact_id", "contacts.id", primary=True),
    at("added_at", null=False),
    Index(None, "contact_id"),
    sqlite_with_rowid=False,
)

opt_outs = Table(
    "opt_outs",
    metadata,
    ref("workspace_id", "workspaces.id", primary=True),
    Column("address", String(64), primary_key=True),  # no contact needed: it holds for people we do not know
    Column("scope", String(60), primary_key=True),  # all, or event:<number>
    Column("source", String(50), nullable=False),
    Column("text", Text),
    at("opted_out_at", null=False),
    sqlite_with_rowid=False,
)

consent_changes = Table(
    "consent_changes",
    metadata,
    key(primary=True),
    ref("workspace_id", "workspaces.id"),
    ref("contact_id", "contacts.id", keep=True),
    Column("address", String(64), nullable=False),
    Column("action", String(40), nullable=False),  # opt_out, opt_in, or what was asked or answered
    Column("scope", String(60), nullable=False),
    Column("source", String(50), nullable=False),
    Column("text", Text),
    Column("message_id", LargeBinary(16)),
    at("created_at", null=False),
    Index(None, "workspace_id", "address"),
    sqlite_with_rowid=False,
)

suppressions = Table(
    "suppressions",
    metadata,
    ref("workspace_id", "workspaces.id", primary=True),
    Column("address", String(64), primary_key=True),
    Column("provider", String(20), primary_key=True),  # a dead number is dead on one channel only
    Column("category", String(20), nullable=False),
    Column("reason", Text),
    Column("error_code", String(20)),
    Column("message_id", LargeBinary(16)),
    at("created_at", null=False),
    at("updated_at", null=False),
    sqlite_with_rowid=False,
)

conversations = Table(
    "conversations",
    metadata,
    ref("contact_id", "contacts.id", primary=True),
    ref("channel_id", "channels.id", primary=True),
    ref("workspace_id", "workspaces.id"),
    Column("address", String(64), nullable=False),  # as the provider writes it: answers go there
    at("last_message_at"),
    at("last_inbound_at"),
    count("message_count"),
    count("unread_count"),
    Column("recent", String(120)),  # the bound on automatic replies: `flows.policy.RecentReplies`, packed
    sqlite_with_rowid=False,
)

messages = Table(
    "messages",
    metadata,
    key(primary=True),
    Column("workspace_id", LargeBinary(16), nullable=False),
    Column("channel_id", LargeBinary(16), nullable=False),
    Column("contact_id", LargeBinary(16)),
    Column("direction", String(8), nullable=False),
    Column("status", String(12), nullable=False),
    Column("address", String(64), nullable=False),  # the other side, as the provider writes it
    Column("body", Text, nullable=False),
    Column("extras", Document),  # media, location, button, choices, error of a step, what the provider told
    at("created_at", null=False),
    at("updated_at", null=False),
    Column("provider_id", String(120)),
    Column("reply_to_id", LargeBinary(16)),
    Column("purpose", String(12)),
    Column("priority", Integer),
    Column("segments", Integer),
    Column("encoding", String(8)),
    Column("attempt", Integer, nullable=False, server_default="0"),
    Column("node_id", LargeBinary(16)),
    at("claimed_at"),
    at("not_before_at"),
    at("not_after_at"),
    at("sent_at"),
    at("check_at"),  # when an unknown outcome is looked at next
    Column("check_count", Integer, nullable=False, server_default="0"),
    Column("error_code", String(20)),
    Column("error_text", Text),
    one_of("direction", ("inbound", "outbound")),
    one_of("status", MessageStatus),
    CheckConstraint(f"purpose IS NULL OR purpose IN ({', '.join(repr(str(p)) for p in Purpose)})", name="purpose"),
    Index("ix_messages_contact", "contact_id", "id"),
    Index(
        "ix_messages_queue",
        "channel_id",
        "priority",
        "id",
        **where("status = 'queued'"),
    ),
    Index(
        "ix_messages_open",
        "contact_id",
        "priority",
        "id",
        **where("status IN ('queued', 'sending', 'unknown')"),
    ),
    Index(
        "ix_messages_uncertain",
        "status",
        "check_at",
        **where("status IN ('sending', 'unknown')"),
    ),
    Index(
        "ix_messages_provider_id",
        "provider_id",
        **where("direction = 'outbound' AND provider_id IS NOT NULL"),
    ),
    sqlite_with_rowid=False,
)

inbound_keys = Table(
    "inbound_keys",
    metadata,
    Column("key", LargeBinary(16), primary_key=True),  # a hash of channel and the provider's id
    at("received_at", null=False),
    Index(None, "received_at"),
    sqlite_with_rowid=False,
)

orphan_receipts = Table(
    "orphan_receipts",
    metadata,
    key(primary=True),
    Column("provider", String(20), nullable=False),
    Column("provider_id", String(120), nullable=False),
    Column("status", String(12), nullable=False),
    Column("error_code", String(20)),
    Column("error_text", Text),
    at("received_at", null=False),
    Index(None, "provider_id"),
)

flows = Table(
    "flows",
    metadata,
    key(primary=True),
    ref("workspace_id", "workspaces.id"),
    Column("name", String(120), nullable=False),
    Column("version", Integer, nullable=False),  # the newest one, which new sessions get
    flag("is_active", True),
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
    Column("time_zone", String(64), nullable=False),
    Column("place", String(200)),
    Column("capacity", Integer),
    count("registered_count"),
    flag("is_active", True),
    flag("ask_name", False),
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
    key(primary=True),
    Column("workspace_id", LargeBinary(16), nullable=False),
    Column("session_id", LargeBinary(16), nullable=False),
    Column("contact_id", LargeBinary(16), nullable=False),
    Column("question_id", String(60), nullable=False),
    Column("question", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("value", Document),
    Column("message_id", LargeBinary(16)),
    at("answered_at", null=False),
    at("replaced_at"),  # taken back by BACK or RESTART, kept all the same
    Index(None, "session_id"),
    sqlite_with_rowid=False,
)

registrations = Table(
    "registrations",
    metadata,
    ref("event_id", "events.id", primary=True),
    ref("contact_id", "contacts.id", primary=True),
    Column("status", String(12), nullable=False),
    Column("name", String(200)),
    at("since_at", null=False),  # of this status: the order of the waiting list
    at("created_at", null=False),
    one_of("status", RegistrationStatus),
    Index(None, "contact_id"),
    Index("ix_registrations_waiting", "event_id", "status", "since_at"),
    sqlite_with_rowid=False,
)

nodes = Table(
    "nodes",
    metadata,
    key(primary=True),  # one start of one process
    Column("name", String(120), nullable=False),
    at("started_at", null=False),
    at("seen_at", null=False),
)

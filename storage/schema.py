"""Every table, once, for both engines.

Keys are 16 bytes made by us, in time order; times are UTC microseconds since the epoch (`..._at`), so that both
drivers take and give the same plain values. A table without `workspace_id` belongs to a row that has one, or to the
installation as a whole.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from flows.values import ContactStatus, MessageStatus, Purpose, RegistrationStatus, Transport

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

ByKey = {"sqlite_with_rowid": False}
"""SQLite keeps the rows in the order of their key, in one tree instead of two."""


def _key(name: str = "id", *, primary: bool = False, null: bool = False) -> Column[bytes]:
    return Column(name, LargeBinary(16), primary_key=primary, nullable=null)


def _ref(name: str, target: str, *, primary: bool = False, null: bool = False, keep: bool = False) -> Column[bytes]:
    on_delete = "SET NULL" if keep else "CASCADE"
    return Column(
        name, LargeBinary(16), ForeignKey(target, ondelete=on_delete), primary_key=primary, nullable=null or keep
    )


def _at(name: str, *, null: bool = True) -> Column[int]:
    return Column(name, BigInteger, nullable=null)


def _count(name: str) -> Column[int]:
    return Column(name, Integer, nullable=False, server_default="0")


def _flag(name: str, default: bool) -> Column[bool]:
    return Column(name, Boolean, nullable=False, server_default=text("true" if default else "false"))


def _one_of(column: str, words: type) -> CheckConstraint:
    listed = ", ".join(f"'{word}'" for word in words)  # type: ignore[attr-defined]
    return CheckConstraint(f"{column} IN ({listed})", name=column)


workspaces = Table(
    "workspaces",
    metadata,
    _key(primary=True),
    Column("name", String(120), nullable=False),
    Column("language", String(10), nullable=False),
    Column("time_zone", String(64), nullable=False),
    Column("country", String(2)),
    Column("help_contact", String(200)),
    _flag("double_opt_in", False),
    _flag("ask_name", False),
    _count("catalogue_version"),  # grows with every change of keywords, surveys and events: nodes read anew
    _at("created_at", null=False),
    _at("updated_at", null=False),
)

channels = Table(
    "channels",
    metadata,
    _key(primary=True),
    _ref("workspace_id", "workspaces.id"),
    Column("provider", String(20), nullable=False),
    Column("transport", String(20), nullable=False),
    Column("address", String(120), nullable=False),
    Column("rate_per_second", Float, nullable=False, server_default="1"),  # SMS segments
    _at("paused_until_at"),
    Column("paused_reason", Text),
    _at("swept_at"),  # the provider's list of inbound messages has been read up to here
    _at("created_at", null=False),
    _at("updated_at", null=False),
    _one_of("transport", Transport),
    Index("uq_channels_address", "provider", "transport", "address", unique=True),
)

contacts = Table(
    "contacts",
    metadata,
    _key(primary=True),
    _ref("workspace_id", "workspaces.id"),
    Column("address", String(64), nullable=False),  # who it is: E.164, or a WhatsApp user id without a phone
    Column("phone", String(20)),
    Column("name", String(200)),
    Column("language", String(10)),
    Column("time_zone", String(64)),
    Column("status", String(20), nullable=False, server_default=ContactStatus.ACTIVE),
    _at("doubt_at"),
    _at("silent_until_at"),
    Column("fields", Document),  # custom fields and whatever an import brought along
    _at("created_at", null=False),
    _at("updated_at", null=False),
    _at("deleted_at"),
    _one_of("status", ContactStatus),
    Index(
        "uq_contacts_address",
        "workspace_id",
        "address",
        unique=True,
        sqlite_where=text("deleted_at IS NULL"),
        postgresql_where=text("deleted_at IS NULL"),
    ),
    **ByKey,
)

groups = Table(
    "groups",
    metadata,
    _key(primary=True),
    _ref("workspace_id", "workspaces.id"),
    Column("name", String(100), nullable=False),
    Column("description", Text),
    _at("created_at", null=False),
    Index("uq_groups_name", "workspace_id", "name", unique=True),
)

group_members = Table(
    "group_members",
    metadata,
    _ref("group_id", "groups.id", primary=True),
    _ref("contact_id", "contacts.id", primary=True),
    _at("added_at", null=False),
    Index(None, "contact_id"),
    **ByKey,
)

opt_outs = Table(
    "opt_outs",
    metadata,
    _ref("workspace_id", "workspaces.id", primary=True),
    Column("address", String(64), primary_key=True),  # no contact needed: it holds for people we do not know
    Column("scope", String(60), primary_key=True),  # all, or event:<number>
    Column("source", String(50), nullable=False),
    Column("text", Text),
    _at("opted_out_at", null=False),
    **ByKey,
)

consent_changes = Table(
    "consent_changes",
    metadata,
    _key(primary=True),
    _ref("workspace_id", "workspaces.id"),
    _ref("contact_id", "contacts.id", keep=True),
    Column("address", String(64), nullable=False),
    Column("action", String(40), nullable=False),  # opt_out, opt_in, or what was asked or answered
    Column("scope", String(60), nullable=False),
    Column("source", String(50), nullable=False),
    Column("text", Text),
    Column("message_id", LargeBinary(16)),
    _at("created_at", null=False),
    Index(None, "workspace_id", "address"),
    **ByKey,
)

suppressions = Table(
    "suppressions",
    metadata,
    _ref("workspace_id", "workspaces.id", primary=True),
    Column("address", String(64), primary_key=True),
    Column("provider", String(20), primary_key=True),  # a dead number is dead on one channel only
    Column("category", String(20), nullable=False),
    Column("reason", Text),
    Column("error_code", String(20)),
    Column("message_id", LargeBinary(16)),
    _at("created_at", null=False),
    _at("updated_at", null=False),
    **ByKey,
)

conversations = Table(
    "conversations",
    metadata,
    _ref("contact_id", "contacts.id", primary=True),
    _ref("channel_id", "channels.id", primary=True),
    _ref("workspace_id", "workspaces.id"),
    Column("address", String(64), nullable=False),  # as the provider writes it: answers go there
    _at("last_message_at"),
    _at("last_inbound_at"),
    _count("message_count"),
    _count("unread_count"),
    Column("recent", String(120)),  # the bound on automatic replies: `flows.policy.RecentReplies`, packed
    **ByKey,
)

messages = Table(
    "messages",
    metadata,
    _key(primary=True),
    Column("workspace_id", LargeBinary(16), nullable=False),
    Column("channel_id", LargeBinary(16), nullable=False),
    Column("contact_id", LargeBinary(16)),
    Column("direction", String(8), nullable=False),
    Column("status", String(12), nullable=False),
    Column("address", String(64), nullable=False),  # the other side, as the provider writes it
    Column("body", Text, nullable=False),
    Column("extras", Document),  # media, location, button, choices, error of a step, what the provider told
    _at("created_at", null=False),
    _at("updated_at", null=False),
    Column("provider_id", String(120)),
    # outbound only
    Column("reply_to_id", LargeBinary(16)),
    Column("purpose", String(12)),
    Column("priority", Integer),
    Column("segments", Integer),
    Column("encoding", String(8)),
    Column("attempt", Integer, nullable=False, server_default="0"),
    Column("node_id", LargeBinary(16)),
    _at("claimed_at"),
    _at("not_before_at"),
    _at("not_after_at"),
    _at("sent_at"),
    _at("check_at"),  # when an unknown outcome is looked at next
    Column("check_count", Integer, nullable=False, server_default="0"),
    Column("error_code", String(20)),
    Column("error_text", Text),
    _one_of("direction", ("inbound", "outbound")),  # type: ignore[arg-type]
    _one_of("status", MessageStatus),
    CheckConstraint(
        f"purpose IS NULL OR purpose IN ({', '.join(repr(str(p)) for p in Purpose)})", name="purpose"
    ),
    Index("ix_messages_contact", "contact_id", "id"),
    Index(
        "ix_messages_queue",
        "channel_id",
        "priority",
        "id",
        sqlite_where=text("status = 'queued'"),
        postgresql_where=text("status = 'queued'"),
    ),
    Index(
        "ix_messages_open",
        "contact_id",
        "priority",
        "id",
        sqlite_where=text("status IN ('queued', 'sending', 'unknown')"),
        postgresql_where=text("status IN ('queued', 'sending', 'unknown')"),
    ),
    Index(
        "ix_messages_uncertain",
        "status",
        "check_at",
        sqlite_where=text("status IN ('sending', 'unknown')"),
        postgresql_where=text("status IN ('sending', 'unknown')"),
    ),
    Index(
        "ix_messages_provider_id",
        "provider_id",
        sqlite_where=text("direction = 'outbound' AND provider_id IS NOT NULL"),
        postgresql_where=text("direction = 'outbound' AND provider_id IS NOT NULL"),
    ),
    **ByKey,
)

inbound_keys = Table(
    "inbound_keys",
    metadata,
    Column("key", LargeBinary(16), primary_key=True),  # a hash of channel and the provider's id
    _at("received_at", null=False),
    Index(None, "received_at"),
    **ByKey,
)

orphan_receipts = Table(
    "orphan_receipts",
    metadata,
    _key(primary=True),
    Column("provider", String(20), nullable=False),
    Column("provider_id", String(120), nullable=False),
    Column("status", String(12), nullable=False),
    Column("error_code", String(20)),
    Column("error_text", Text),
    _at("received_at", null=False),
    Index(None, "provider_id"),
)

flows = Table(
    "flows",
    metadata,
    _key(primary=True),
    _ref("workspace_id", "workspaces.id"),
    Column("name", String(120), nullable=False),
    Column("version", Integer, nullable=False),  # the newest one, which new sessions get
    _flag("is_active", True),
    _count("start_count"),
    _count("completion_count"),
    _at("created_at", null=False),
    _at("updated_at", null=False),
    Index("uq_flows_name", "workspace_id", "name", unique=True),
)

flow_versions = Table(
    "flow_versions",
    metadata,
    _ref("flow_id", "flows.id", primary=True),
    Column("version", Integer, primary_key=True),
    Column("definition", Document, nullable=False),
    _at("created_at", null=False),
)

events = Table(
    "events",
    metadata,
    _key(primary=True),
    _ref("workspace_id", "workspaces.id"),
    Column("number", Integer, nullable=False),  # what people type
    Column("title", String(200), nullable=False),
    _at("starts_at"),
    _at("ends_at"),
    Column("time_zone", String(64), nullable=False),
    Column("place", String(200)),
    Column("capacity", Integer),
    _count("registered_count"),
    _flag("is_active", True),
    _flag("ask_name", False),
    _at("created_at", null=False),
    _at("updated_at", null=False),
    Index("uq_events_number", "workspace_id", "number", unique=True),
)

keywords = Table(
    "keywords",
    metadata,
    _ref("workspace_id", "workspaces.id", primary=True),
    Column("keyword", String(40), primary_key=True),  # normalised: no two things answer to one word
    Column("word", String(40), nullable=False),  # as its author wrote it
    Column("target", String(10), nullable=False),
    Column("target_id", LargeBinary(16), nullable=False),
    _flag("whole", False),
    Column("position", Integer, nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    _key(primary=True),
    _ref("workspace_id", "workspaces.id"),
    _ref("contact_id", "contacts.id"),
    Column("channel_id", LargeBinary(16), nullable=False),
    Column("flow", String(20), nullable=False),
    Column("flow_id", LargeBinary(16)),
    Column("flow_version", Integer, nullable=False),
    Column("state", String(30), nullable=False),
    Column("question_id", String(60), nullable=False),
    Column("tries", Integer, nullable=False),
    Column("path", Document, nullable=False),
    Column("answers", Document, nullable=False),
    _at("started_at", null=False),
    _at("remind_at"),
    _at("expires_at"),
    _at("ended_at"),
    Index(
        "uq_sessions_open",
        "contact_id",
        unique=True,
        sqlite_where=text("ended_at IS NULL"),
        postgresql_where=text("ended_at IS NULL"),
    ),
    Index(
        "ix_sessions_remind_at",
        "remind_at",
        sqlite_where=text("ended_at IS NULL AND remind_at IS NOT NULL"),
        postgresql_where=text("ended_at IS NULL AND remind_at IS NOT NULL"),
    ),
    Index(
        "ix_sessions_expires_at",
        "expires_at",
        sqlite_where=text("ended_at IS NULL AND expires_at IS NOT NULL"),
        postgresql_where=text("ended_at IS NULL AND expires_at IS NOT NULL"),
    ),
    **ByKey,
)

answers = Table(
    "answers",
    metadata,
    _key(primary=True),
    Column("workspace_id", LargeBinary(16), nullable=False),
    Column("session_id", LargeBinary(16), nullable=False),
    Column("contact_id", LargeBinary(16), nullable=False),
    Column("question_id", String(60), nullable=False),
    Column("question", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("value", Document),
    Column("message_id", LargeBinary(16)),
    _at("answered_at", null=False),
    _at("replaced_at"),  # taken back by BACK or RESTART, kept all the same
    Index(None, "session_id"),
    **ByKey,
)

registrations = Table(
    "registrations",
    metadata,
    _ref("event_id", "events.id", primary=True),
    _ref("contact_id", "contacts.id", primary=True),
    Column("status", String(12), nullable=False),
    Column("name", String(200)),
    _at("since_at", null=False),  # of this status: the order of the waiting list
    _at("created_at", null=False),
    _one_of("status", RegistrationStatus),
    Index(None, "contact_id"),
    Index("ix_registrations_waiting", "event_id", "status", "since_at"),
    **ByKey,
)

nodes = Table(
    "nodes",
    metadata,
    _key(primary=True),  # one start of one process
    Column("name", String(120), nullable=False),
    _at("started_at", null=False),
    _at("seen_at", null=False),
)

"""Messages and what carries them: channels, conversations, receipts, sending nodes."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Float, Index, Integer, LargeBinary, String, Table, Text

from flows.values import MessageStatus, Purpose, Transport
from storage.columns import ADDRESS, OWN_ADDRESS, at, count, key, one_of, ref, where
from storage.schema.base import Document, metadata

channels = Table(
    "channels",
    metadata,
    key(primary=True),
    ref("workspace_id", "workspaces.id"),
    Column("provider", String(20), nullable=False),
    Column("transport", String(20), nullable=False),
    Column("address", OWN_ADDRESS, nullable=False),
    Column("rate_per_second", Float, nullable=False, server_default="1"),  # SMS segments
    at("paused_until_at"),
    Column("paused_reason", Text),
    Column("extras", Document),  # what another system knew about it
    at("swept_at"),  # the provider's list of inbound messages has been read up to here
    at("created_at", null=False),
    at("updated_at", null=False),
    one_of("transport", Transport),
    Index("uq_channels_address", "provider", "transport", "address", unique=True),
)

conversations = Table(
    "conversations",
    metadata,
    ref("contact_id", "contacts.id", primary=True),
    ref("channel_id", "channels.id", primary=True),
    ref("workspace_id", "workspaces.id"),
    Column("address", ADDRESS, nullable=False),  # as the provider writes it: answers go there
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
    Column("address", ADDRESS, nullable=False),  # the other side, as the provider writes it
    Column("body", Text, nullable=False),
    Column(
        "extras", Document
    ),  # media, location, button, choices, error of a step, why there is no answer, what the provider told
    at("created_at", null=False),
    at("updated_at", null=False),
    Column("provider_id", String(120)),
    Column("reply_to_id", LargeBinary(16)),
    Column("campaign_id", LargeBinary(16)),
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
    Column("spending_day", String(10)),  # on which its segments are counted now; none: they are not
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
        "ix_messages_campaign_open",
        "campaign_id",
        **where("campaign_id IS NOT NULL AND status IN ('queued', 'sending', 'unknown')"),
    ),
    Index("ix_messages_campaign", "campaign_id", "id", **where("campaign_id IS NOT NULL")),
    Index(
        "ix_messages_provider_id",
        "provider_id",
        **where("direction = 'outbound' AND provider_id IS NOT NULL"),
    ),
    sqlite_with_rowid=False,
)

pictures = Table(  # that go out with texts
    "pictures",
    metadata,
    key(primary=True),
    ref("workspace_id", "workspaces.id"),
    Column("name", String(40), nullable=False),  # the key and the ending, such as 0193...af.jpg
    Column("source_hash", LargeBinary(32), nullable=False),  # of the address that it came from
    count("byte_count"),
    at("created_at", null=False),
    Column("content", LargeBinary, nullable=False),  # last: the columns before it are read without it
    Index("uq_pictures_source", "workspace_id", "source_hash", unique=True),
)

unanswered = Table(  # who wrote what a person should look at; an answer takes the row away
    "unanswered",
    metadata,
    ref("contact_id", "contacts.id", primary=True),
    ref("workspace_id", "workspaces.id"),
    key("first_message_id"),
    key("last_message_id"),
    at("since_at", null=False),
    at("last_at", null=False),
    count("message_count"),
    at("news_at"),  # of the last message that no operator was shown at once
    Index("ix_unanswered_latest", "workspace_id", "last_at"),
    Index("ix_unanswered_news", "workspace_id", "news_at", **where("news_at IS NOT NULL")),
    sqlite_with_rowid=False,
)

digests = Table(  # what each operator has been told of it
    "digests",
    metadata,
    ref("operator_id", "operators.id", primary=True),
    at("sent_at", null=False),
    at("told_until_at", null=False),
    sqlite_with_rowid=False,
)

spending = Table(
    "spending",
    metadata,
    ref("channel_id", "channels.id", primary=True),
    Column("day", String(10), primary_key=True),  # the organisation's own: 2026-11-18
    Column("segments", Integer, nullable=False),  # claimed, but for those that verifiably did not leave
    Column("told_segments", Integer),  # the highest ceiling of which the admins heard that it is reached
    sqlite_with_rowid=False,
)

templates = Table(
    "templates",
    metadata,
    key(primary=True),
    ref("workspace_id", "workspaces.id"),
    Column("name", String(255), nullable=False),
    Column("language", String(10), nullable=False),
    Column("category", String(50), nullable=False),
    Column("status", String(20), nullable=False),  # at the provider: only approved ones may be sent
    Column("content", Text, nullable=False),
    Column("parameters", Document, nullable=False),
    Column("content_sid", String(64)),  # the provider's own key; none: it leaves as plain text alone
    at("created_at", null=False),
    at("updated_at", null=False),
    at("deleted_at"),
    one_of("status", ("approved", "pending", "rejected")),
    Index("uq_templates_name", "workspace_id", "name", unique=True, **where("deleted_at IS NULL")),
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

nodes = Table(
    "nodes",
    metadata,
    key(primary=True),  # one start of one process
    Column("name", String(120), nullable=False),
    at("started_at", null=False),
    at("seen_at", null=False),
)

departures = Table(  # what the provider's log has and a database that was put back has not
    "departures",
    metadata,
    ref("channel_id", "channels.id", primary=True),
    Column("provider_id", String(120), primary_key=True),
    Column("address", ADDRESS, nullable=False),
    Column("body", Text, nullable=False),  # its words, with one space between them
    Column("status", String(12), nullable=False),
    at("left_at", null=False),
    Index("ix_departures_address", "channel_id", "address"),
)

schema_floor = Table(  # one row: programs that know this revision work with the schema as it is
    "schema_floor",
    metadata,
    Column("revision", String(8), primary_key=True),
)

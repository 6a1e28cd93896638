"""Who: workspaces, contacts, the groups they are in, and what they and we decided about writing to them."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, LargeBinary, String, Table, Text

from flows.values import ContactStatus
from storage.columns import ADDRESS, at, count, flag, key, one_of, ref, where
from storage.schema.base import Document, metadata

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
    Column("sealed_key", LargeBinary(255)),  # the root key, sealed with ROLLCALL_SECRET_KEY
    at("copied_at"),  # the database was put back from a copy of then, and the provider's log is not read yet
    at("restored_at"),  # what came of causes before then may have left already: see `departures`
    at("replayed_until_at"),  # replies from before then may answer texts that were answered before the restore
    at("created_at", null=False),
    at("updated_at", null=False),
)

contacts = Table(
    "contacts",
    metadata,
    key(primary=True),
    ref("workspace_id", "workspaces.id"),
    Column("address", ADDRESS, nullable=False),  # who it is: E.164, or a WhatsApp user id without a phone
    Column("phone", String(20)),
    Column("name", String(200)),
    Column("language", String(10)),
    Column("time_zone", String(64)),
    Column("status", String(20), nullable=False, server_default=ContactStatus.ACTIVE),
    Column("status_before", String(20)),  # of a blocked contact: UNBAN gives it back
    at("doubt_at"),
    at("silent_until_at"),
    Column("fields", Document),  # custom fields and whatever an import brought along
    Column("number", Integer),  # given when the contact is first shown to operators: @<number>
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
    Index("ix_contacts_page", "workspace_id", "id"),  # audiences are read page by page, in the order of the keys
    Index("ix_contacts_name", "workspace_id", "name", **where("name IS NOT NULL")),  # commands name people, too
    Index("ix_contacts_phone", "workspace_id", "phone", **where("phone <> address")),  # of who has another address
    Index("uq_contacts_number", "workspace_id", "number", unique=True, **where("number IS NOT NULL")),
    sqlite_with_rowid=False,
)

records = Table(
    "records",
    metadata,
    key(primary=True),
    ref("workspace_id", "workspaces.id"),
    ref("contact_id", "contacts.id"),
    Column("kind", String(40), nullable=False),  # vehicle ...
    Column("fields", Document, nullable=False),
    at("created_at", null=False),
    at("updated_at", null=False),
    Index(None, "contact_id", "kind"),
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
    Column("address", ADDRESS, primary_key=True),  # no contact needed: it holds for people we do not know
    Column("scope", String(60), primary_key=True),  # all, event:<number> or survey:<id>
    Column("source", String(50), nullable=False),
    Column("text", Text),
    at("opted_out_at", null=False),
    sqlite_with_rowid=False,
)

forgotten = Table(
    "forgotten",
    metadata,
    ref("workspace_id", "workspaces.id", primary=True),
    Column("address_hash", LargeBinary(32), primary_key=True),  # all that is left of a person who opted out
    Column("scope", String(60), primary_key=True),
    Column("source", String(50), nullable=False),
    at("opted_out_at", null=False),
    sqlite_with_rowid=False,
)

consent_changes = Table(
    "consent_changes",
    metadata,
    key(primary=True),
    ref("workspace_id", "workspaces.id"),
    ref("contact_id", "contacts.id", keep=True),
    Column("address", ADDRESS, nullable=False),
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
    Column("address", ADDRESS, primary_key=True),
    Column("provider", String(20), primary_key=True),  # a dead number is dead on one channel only
    Column("category", String(20), nullable=False),
    Column("reason", Text),
    Column("error_code", String(20)),
    Column("message_id", LargeBinary(16)),
    Column("source", String(50)),
    Column("source_type", String(50)),
    at("created_at", null=False),
    at("updated_at", null=False),
    sqlite_with_rowid=False,
)

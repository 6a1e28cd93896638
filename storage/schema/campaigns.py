"""What operators do: who they are, their commands, and the campaigns and schedules that these set up."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Float, Index, Integer, LargeBinary, String, Table, Text

from storage.columns import ADDRESS, at, count, flag, key, one_of, ref, where
from storage.schema.base import Document, metadata

numbers = Table(
    "numbers",
    metadata,
    ref("workspace_id", "workspaces.id", primary=True),
    Column("kind", String(20), primary_key=True),  # campaign, contact, operator: what people type a number for
    Column("last", Integer, nullable=False),
)

operators = Table(
    "operators",
    metadata,
    key(primary=True),
    ref("workspace_id", "workspaces.id"),
    Column("number", Integer, nullable=False),
    Column("address", String(64)),  # the phone that may command; none: an operator of the console alone
    Column("name", String(200)),
    Column("role", String(10), nullable=False),
    flag("is_active", True),
    Column("username", String(80)),
    Column("email", String(255)),
    Column("password_hash", String(255)),
    flag("must_change_password", False),
    at("last_login_at"),
    count("dead_count"),  # commands that died of wrong codes since the last right one
    at("locked_until_at"),
    Column("pin_hash", LargeBinary(32)),  # by the root key
    Column("source", String(20)),  # where the right comes from; none: an earlier version did not write it down
    Column("granted_by", LargeBinary(16)),  # the operator who gave the right, where one did
    at("granted_at"),
    at("removed_at"),
    at("created_at", null=False),
    at("updated_at", null=False),
    one_of("role", ("admin", "manager", "viewer")),
    Index("uq_operators_address", "workspace_id", "address", unique=True),
    Index("uq_operators_username", "workspace_id", "username", unique=True),
    Index("uq_operators_email", "workspace_id", "email", unique=True),
)

api_keys = Table(
    "api_keys",
    metadata,
    key(primary=True),
    ref("workspace_id", "workspaces.id"),
    Column("key_hash", String(255), nullable=False),
    Column("name", String(255), nullable=False),
    Column("permissions", Document, nullable=False),
    Column("rate_per_hour", Float, nullable=False),
    at("last_used_at"),
    at("expires_at"),
    at("created_at", null=False),
    at("deleted_at"),
    Index("uq_api_keys_key_hash", "key_hash", unique=True, **where("deleted_at IS NULL")),
)

commands = Table(
    "commands",
    metadata,
    key(primary=True),
    ref("workspace_id", "workspaces.id"),
    ref("operator_id", "operators.id", keep=True),
    Column("address", ADDRESS, nullable=False),  # stays when the operator goes
    Column("channel_id", LargeBinary(16)),  # where the answer goes, by chat
    Column("contact_id", LargeBinary(16)),
    Column("message_id", LargeBinary(16)),
    Column("door", String(10), nullable=False),
    Column("verb", String(20), nullable=False),
    Column("text", Text, nullable=False),  # as it was typed
    Column("arguments", Document, nullable=False),
    Column("status", String(12), nullable=False),
    Column("fingerprint", LargeBinary(32)),  # of what the code sets off: verb, arguments, audience
    Column("code_hash", LargeBinary(32)),
    flag("is_shared", False),  # any other admin's phone may send the code, the asker's own may not
    Column("tries", Integer, nullable=False, server_default="0"),
    count("attempt_count"),  # how often a process began to carry it out
    Column("node_id", LargeBinary(16)),  # the process that began last
    Column("confirmed_by", String(64)),
    Column("answer", Text),
    Column("page", Integer, nullable=False, server_default="1"),  # of a long answer: the last one shown
    Column("error", Text),
    at("created_at", null=False),
    at("expires_at"),
    at("confirmed_at"),
    at("finished_at"),
    one_of("door", ("chat", "api", "console", "cli", "schedule")),
    one_of("status", ("queued", "pending", "done", "refused", "failed", "expired", "dropped")),
    Index("ix_commands_queue", "id", **where("status = 'queued'")),
    Index("ix_commands_pending", "workspace_id", "expires_at", **where("status = 'pending'")),
    Index("ix_commands_address", "workspace_id", "address", "id"),
)

audit_entries = Table(
    "audit_entries",
    metadata,
    ref("workspace_id", "workspaces.id", primary=True),
    Column("number", Integer, primary_key=True),  # 1, 2, 3 ... without gaps
    key("command_id"),  # stays when the command is erased
    Column("digest", LargeBinary(32), nullable=False),
    Column("mac", LargeBinary(32), nullable=False),
    at("created_at", null=False),
    Index("ix_audit_entries_command", "workspace_id", "command_id", "number"),
    sqlite_with_rowid=False,
)

audit_heads = Table(
    "audit_heads",
    metadata,
    ref("workspace_id", "workspaces.id", primary=True),
    Column("number", Integer, nullable=False),  # of the last entry; who writes entries holds this row
    Column("mac", LargeBinary(32), nullable=False),
    Column("seal", LargeBinary(32), nullable=False),
    sqlite_with_rowid=False,
)

schedules = Table(
    "schedules",
    metadata,
    key(primary=True),
    ref("workspace_id", "workspaces.id"),
    ref("operator_id", "operators.id", keep=True),
    Column("number", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("audience", Text, nullable=False),
    Column("content_sid", String(64)),
    Column("content_variables", Text),
    Column("picture", String(40)),
    Column("channel_id", LargeBinary(16), nullable=False),
    Column("rule", Document, nullable=False),
    Column("time_zone", String(64), nullable=False),
    Column("status", String(10), nullable=False),
    Column("remaining_count", Integer),
    Column("stopped_reason", Text),  # why it rests, where nobody paused it
    at("next_due_at"),
    at("created_at", null=False),
    at("updated_at", null=False),
    one_of("status", ("active", "paused", "ended")),
    Index("uq_schedules_number", "workspace_id", "number", unique=True),
    Index("ix_schedules_due", "next_due_at", **where("status = 'active'")),
)

campaigns = Table(
    "campaigns",
    metadata,
    key(primary=True),
    ref("workspace_id", "workspaces.id"),
    ref("operator_id", "operators.id", keep=True),
    ref("command_id", "commands.id", keep=True),
    ref("schedule_id", "schedules.id", keep=True),
    Column("number", Integer, nullable=False),  # shared with schedules: CANCEL 12 means one thing
    Column("name", String(255)),
    Column("text", Text, nullable=False),
    Column("content_sid", String(64)),  # a template approved at the provider, sent instead of the text
    Column("content_variables", Text),  # the values of its gaps, a JSON object; placeholders are filled for each person
    Column("texts", Document),  # of a notice: the text in each language, for people who chose one
    Column("picture", String(40)),  # the name of one that goes out with the text
    Column("extras", Document),  # what another system knew about it
    Column("audience", Text, nullable=False),
    Column("channel_id", LargeBinary(16), nullable=False),  # for those who never wrote: others get it where they did
    Column("status", String(10), nullable=False),
    Column("time_zone", String(64), nullable=False),  # Etc/GMT-14: the due time is on each recipient's own clock
    Column("retry_of", Integer),  # the campaign whose failed recipients this one writes to again
    Column("cursor", LargeBinary(16)),  # recipients have been taken up to this contact
    Column("stopped_reason", Text),
    at("due_at"),
    at("hold_until_at"),
    at("not_after_at"),
    at("started_at"),
    at("expanded_at"),  # all recipients have been taken
    at("completed_at"),
    at("created_at", null=False),
    at("updated_at", null=False),
    one_of("status", ("draft", "scheduled", "running", "paused", "completed", "failed", "cancelled", "expired")),
    Index("uq_campaigns_number", "workspace_id", "number", unique=True),
    Index("ix_campaigns_open", "status", "due_at", **where("status IN ('scheduled', 'running')")),
)

schedule_runs = Table(
    "schedule_runs",
    metadata,
    ref("schedule_id", "schedules.id", primary=True),
    Column("occurrence_key", String(80), primary_key=True),  # local time and rule: never twice, on any node
    at("due_at", null=False),
    ref("campaign_id", "campaigns.id", keep=True),
)

recipients = Table(
    "recipients",
    metadata,
    ref("campaign_id", "campaigns.id", primary=True),
    Column("address", ADDRESS, primary_key=True),  # one message per phone, whatever the contacts
    ref("contact_id", "contacts.id", keep=True),
    Column("status", String(8), nullable=False),
    Column("reason", String(40)),
    Column("message_id", LargeBinary(16)),
    at("due_at"),  # of a pending one: when quiet hours end, or the local time comes, at the recipient's place
    one_of("status", ("pending", "queued", "skipped")),
    CheckConstraint("(status = 'queued') = (message_id IS NOT NULL)", name="message"),
    Index("ix_recipients_pending", "campaign_id", "due_at", **where("status = 'pending'")),
    sqlite_with_rowid=False,
)

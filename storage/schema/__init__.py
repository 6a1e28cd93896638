"""Every table, once, for both engines. SQLite keeps most of them in the order of their key, without a rowid.

Keys are 16 bytes made by us, in time order; times are UTC microseconds since the epoch (`..._at`): both drivers take
and give the same plain values. A table without `workspace_id` belongs to a row that has one, or to the installation.
"""

from storage.schema.adoption import adopted_rows
from storage.schema.base import metadata
from storage.schema.campaigns import (
    api_keys,
    audit_entries,
    audit_heads,
    campaigns,
    commands,
    numbers,
    operators,
    recipients,
    schedule_runs,
    schedules,
)
from storage.schema.care import backup_plans
from storage.schema.dialogues import answers, events, flow_versions, flows, keywords, registrations, sessions
from storage.schema.messaging import (
    channels,
    conversations,
    departures,
    digests,
    inbound_keys,
    messages,
    nodes,
    orphan_receipts,
    pictures,
    schema_floor,
    spending,
    templates,
    unanswered,
)
from storage.schema.people import (
    consent_changes,
    contacts,
    forgotten,
    group_members,
    groups,
    opt_outs,
    records,
    suppressions,
    workspaces,
)
from storage.schema.search import search_entries

__all__ = [
    "adopted_rows",
    "answers",
    "api_keys",
    "audit_entries",
    "audit_heads",
    "backup_plans",
    "campaigns",
    "channels",
    "commands",
    "consent_changes",
    "contacts",
    "conversations",
    "departures",
    "digests",
    "events",
    "flow_versions",
    "flows",
    "forgotten",
    "group_members",
    "groups",
    "inbound_keys",
    "keywords",
    "messages",
    "metadata",
    "nodes",
    "numbers",
    "operators",
    "opt_outs",
    "orphan_receipts",
    "pictures",
    "recipients",
    "records",
    "registrations",
    "schedule_runs",
    "schedules",
    "schema_floor",
    "search_entries",
    "sessions",
    "spending",
    "suppressions",
    "templates",
    "unanswered",
    "workspaces",
]

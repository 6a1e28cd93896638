"""What the database's own care keeps: how copies of it are made at night."""

from __future__ import annotations

from sqlalchemy import Column, Integer, String, Table, Text

from storage.columns import at, count, one_of, ref
from storage.schema.base import metadata

backup_plans = Table(
    "backup_plans",
    metadata,
    ref("workspace_id", "workspaces.id", primary=True),
    Column("every", String(8), nullable=False),
    Column("clock", String(5), nullable=False),  # 03:30, as the workspace's own clock shows it
    Column("folder", Text, nullable=False),
    Column("kept_count", Integer, nullable=False),
    at("next_due_at", null=False),
    count("try_count"),  # of the copy that is due, or of the last one while it failed
    at("copied_at"),  # the last copy that was found sound
    Column("copied_file", Text),
    Column("problem", Text),  # why the last try failed
    at("updated_at", null=False),
    one_of("every", ("hour", "night", "week")),
    sqlite_with_rowid=False,
)

"""What taking over old databases remembers."""

from __future__ import annotations

from sqlalchemy import Column, LargeBinary, Table

from storage.columns import ref
from storage.schema.base import metadata

adopted_rows = Table(
    "adopted_rows",
    metadata,
    ref("workspace_id", "workspaces.id", primary=True),
    Column("mark", LargeBinary(16), primary_key=True),  # a hash of an old row, or (by the root key) of an address
    sqlite_with_rowid=False,
)

"""The words of messages, for SEARCH: one row per message with SQLite's FTS5 beside it, or PostgreSQL's tsvector."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Connection, Index, Integer, LargeBinary, Table, Text, event
from sqlalchemy.dialects.postgresql import TSVECTOR

from storage.columns import ref
from storage.schema.base import metadata

search_entries = Table(
    "search_entries",
    metadata,
    Column("id", Integer, primary_key=True),  # FTS5 knows rows by a number
    ref("workspace_id", "workspaces.id"),
    Column("message_id", LargeBinary(16), nullable=False),
    Column("words", Text().with_variant(TSVECTOR, "postgresql"), nullable=False),  # normalised
    Index("uq_search_entries_message_id", "workspace_id", "message_id", unique=True),
)
FTS5 = (
    "CREATE VIRTUAL TABLE search_words USING fts5"
    "(words, content='search_entries', content_rowid='id', tokenize='unicode61 remove_diacritics 0')",
    "CREATE TRIGGER search_entries_added AFTER INSERT ON search_entries BEGIN "
    "INSERT INTO search_words(rowid, words) VALUES (new.id, new.words); END",
    "CREATE TRIGGER search_entries_gone AFTER DELETE ON search_entries BEGIN "
    "INSERT INTO search_words(search_words, rowid, words) VALUES ('delete', old.id, old.words); END",
)
"""Its own text is not stored twice; what is deleted from the table is forgotten in the index, too (sqlite.org/fts5)."""
FTS5_GONE = "DROP TABLE search_words"

GIN = "CREATE INDEX ix_search_entries_words ON search_entries USING gin (words)"
INDEXES = ("search_words", "ix_search_entries_words")
"""How the names begin of what is made here and not in the table: Alembic does not know it."""


def _make(_table: Any, connection: Connection, **_options: Any) -> None:
    for statement in FTS5 if connection.dialect.name == "sqlite" else (GIN,):
        connection.exec_driver_sql(statement)


def _drop(_table: Any, connection: Connection, **_options: Any) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(FTS5_GONE)


event.listen(search_entries, "after_create", _make)
event.listen(search_entries, "before_drop", _drop)

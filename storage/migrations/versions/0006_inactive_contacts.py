"""Contacts may be inactive: campaigns leave them out, and they are answered when they write."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_NAME = "ck_contacts_status"
_BEFORE = "status IN ('active', 'blocked', 'invalid')"
_AFTER = "status IN ('active', 'inactive', 'blocked', 'invalid')"


def upgrade() -> None:
    """Make the change."""
    op.add_column("contacts", sa.Column("status_before", sa.String(length=20), nullable=True))
    _replace(_BEFORE, _AFTER)


def downgrade() -> None:
    """Take the change back: inactive contacts become blocked, so that no campaign reaches them."""
    op.execute("UPDATE contacts SET status = 'blocked' WHERE status = 'inactive'")
    _replace(_AFTER, _BEFORE)
    op.drop_column("contacts", "status_before")


def _replace(old: str, new: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        _rewrite(old, new)
    else:
        op.execute(f"ALTER TABLE contacts DROP CONSTRAINT {_NAME}, ADD CONSTRAINT {_NAME} CHECK ({new})")


def _rewrite(old: str, new: str) -> None:
    """Change the condition where SQLite keeps it, as its manual allows for checks.

    The other way copies the table and drops it, which inside a transaction would delete every row that refers to it.
    """
    connection = op.get_bind()
    version = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    connection.exec_driver_sql("PRAGMA writable_schema = ON")
    change = sa.text(
        "UPDATE sqlite_master SET sql = replace(sql, :old, :new) WHERE type = 'table' AND name = 'contacts'"
    )
    connection.execute(change, {"old": old, "new": new})
    connection.exec_driver_sql(f"PRAGMA schema_version = {version + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema = OFF")
    written = sa.text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = 'contacts'")
    if new not in connection.execute(written).scalar_one():
        raise RuntimeError(f"The table of contacts has no condition {old}.")

"""Events that close or are called off, and the notices of it in each person's language."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.add_column("events", sa.Column("closed_at", sa.BigInteger(), nullable=True))
    op.add_column("events", sa.Column("cancelled_at", sa.BigInteger(), nullable=True))
    document = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    op.add_column("campaigns", sa.Column("texts", document, nullable=True))
    op.create_index(
        "ix_contacts_name",
        "contacts",
        ["workspace_id", "name"],
        sqlite_where=sa.text("name IS NOT NULL"),
        postgresql_where=sa.text("name IS NOT NULL"),
    )


def downgrade() -> None:
    """Take the change back."""
    op.drop_index("ix_contacts_name", "contacts")
    op.drop_column("campaigns", "texts")
    op.drop_column("events", "cancelled_at")
    op.drop_column("events", "closed_at")

"""Templates know the provider's key of theirs, campaigns and schedules the values of a template's gaps."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

ADDED = (
    ("templates", "content_sid", sa.String(length=64)),
    ("campaigns", "content_variables", sa.Text()),
    ("schedules", "content_sid", sa.String(length=64)),
    ("schedules", "content_variables", sa.Text()),
)


def upgrade() -> None:
    """Make the change."""
    for table, column, kind in ADDED:
        op.add_column(table, sa.Column(column, kind, nullable=True))


def downgrade() -> None:
    """Take the change back."""
    for table, column, _kind in reversed(ADDED):
        op.drop_column(table, column)

"""Mark surveys and events of the demo."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    for table in ("flows", "events"):
        op.add_column(table, sa.Column("is_demo", sa.Boolean(), server_default=sa.text("false"), nullable=False))


def downgrade() -> None:
    """Take the change back."""
    for table in ("flows", "events"):
        op.drop_column(table, "is_demo")

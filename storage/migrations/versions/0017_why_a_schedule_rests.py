"""Why a schedule rests that nobody paused."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.add_column("schedules", sa.Column("stopped_reason", sa.Text(), nullable=True))


def downgrade() -> None:
    """Take the change back."""
    op.drop_column("schedules", "stopped_reason")

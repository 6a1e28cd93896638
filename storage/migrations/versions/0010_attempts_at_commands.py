"""How often a command was begun, and by which process."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.add_column("commands", sa.Column("attempt_count", sa.Integer(), server_default="0", nullable=False))
    op.add_column("commands", sa.Column("node_id", sa.LargeBinary(length=16), nullable=True))


def downgrade() -> None:
    """Take the change back."""
    op.drop_column("commands", "node_id")
    op.drop_column("commands", "attempt_count")

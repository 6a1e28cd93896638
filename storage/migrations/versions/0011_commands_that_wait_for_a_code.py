"""Find the commands that wait for their code without reading all."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None
PENDING = sa.text("status = 'pending'")


def upgrade() -> None:
    """Make the change."""
    op.create_index(
        "ix_commands_pending",
        "commands",
        ["workspace_id", "expires_at"],
        sqlite_where=PENDING,
        postgresql_where=PENDING,
    )


def downgrade() -> None:
    """Take the change back."""
    op.drop_index("ix_commands_pending", "commands")

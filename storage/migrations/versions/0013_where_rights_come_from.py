"""Where an operator's right to command comes from, and when it was taken away."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.add_column("operators", sa.Column("source", sa.String(length=20), nullable=True))
    op.add_column("operators", sa.Column("granted_by", sa.LargeBinary(length=16), nullable=True))
    op.add_column("operators", sa.Column("granted_at", sa.BigInteger(), nullable=True))
    op.add_column("operators", sa.Column("removed_at", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    """Take the change back."""
    for name in ("removed_at", "granted_at", "granted_by", "source"):
        op.drop_column("operators", name)

"""What each channel has sent on a day, for ceilings."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "spending",
        sa.Column("channel_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("segments", sa.Integer(), nullable=False),
        sa.Column("told_segments", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channels.id"], name=op.f("fk_spending_channel_id_channels"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("channel_id", "day", name=op.f("pk_spending")),
        sqlite_with_rowid=False,
    )
    op.add_column("messages", sa.Column("spending_day", sa.String(length=10), nullable=True))


def downgrade() -> None:
    """Take the change back."""
    op.drop_column("messages", "spending_day")
    op.drop_table("spending")

"""The root key, PINs, what left after a copy was made, and the oldest revision that works with this schema."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.add_column("workspaces", sa.Column("sealed_key", sa.LargeBinary(length=255), nullable=True))
    op.add_column("workspaces", sa.Column("copied_at", sa.BigInteger(), nullable=True))
    op.add_column("workspaces", sa.Column("restored_at", sa.BigInteger(), nullable=True))
    op.add_column("operators", sa.Column("pin_hash", sa.LargeBinary(length=32), nullable=True))
    op.create_table(
        "departures",
        sa.Column("channel_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("provider_id", sa.String(length=120), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("left_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channels.id"], name=op.f("fk_departures_channel_id_channels"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("channel_id", "provider_id", name=op.f("pk_departures")),
    )
    with op.batch_alter_table("departures", schema=None) as batch_op:
        batch_op.create_index("ix_departures_address", ["channel_id", "address"], unique=False)
    op.create_table(
        "schema_floor",
        sa.Column("revision", sa.String(length=8), nullable=False),
        sa.PrimaryKeyConstraint("revision", name=op.f("pk_schema_floor")),
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_table("schema_floor")
    with op.batch_alter_table("departures", schema=None) as batch_op:
        batch_op.drop_index("ix_departures_address")
    op.drop_table("departures")
    op.drop_column("operators", "pin_hash")
    op.drop_column("workspaces", "restored_at")
    op.drop_column("workspaces", "copied_at")
    op.drop_column("workspaces", "sealed_key")

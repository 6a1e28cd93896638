"""How copies of the database are made at night."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "backup_plans",
        sa.Column("workspace_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("every", sa.String(length=8), nullable=False),
        sa.Column("clock", sa.String(length=5), nullable=False),
        sa.Column("folder", sa.Text(), nullable=False),
        sa.Column("kept_count", sa.Integer(), nullable=False),
        sa.Column("next_due_at", sa.BigInteger(), nullable=False),
        sa.Column("try_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("copied_at", sa.BigInteger(), nullable=True),
        sa.Column("copied_file", sa.Text(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("every IN ('hour', 'night', 'week')", name=op.f("ck_backup_plans_every")),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name=op.f("fk_backup_plans_workspace_id_workspaces"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", name=op.f("pk_backup_plans")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Take the change back."""
    op.drop_table("backup_plans")

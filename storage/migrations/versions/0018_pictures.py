"""Pictures that go out with texts."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "pictures",
        sa.Column("id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("workspace_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("source_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("byte_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_pictures_workspace_id_workspaces"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pictures")),
    )
    op.create_index("uq_pictures_source", "pictures", ["workspace_id", "source_hash"], unique=True)
    for table in ("campaigns", "schedules"):
        op.add_column(table, sa.Column("picture", sa.String(length=40), nullable=True))


def downgrade() -> None:
    """Take the change back."""
    for table in ("schedules", "campaigns"):
        op.drop_column(table, "picture")
    op.drop_index("uq_pictures_source", table_name="pictures")
    op.drop_table("pictures")

"""What was taken over from old databases, so that a later takeover leaves alone what was decided since."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "adopted_rows",
        sa.Column("workspace_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("mark", sa.LargeBinary(length=16), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"],
            ["workspaces.id"],
            name=op.f("fk_adopted_rows_workspace_id_workspaces"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "mark", name=op.f("pk_adopted_rows")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Take the change back."""
    op.drop_table("adopted_rows")

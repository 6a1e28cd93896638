"""Who waits for a person's answer, and what each operator was told of it."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "unanswered",
        sa.Column("contact_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("workspace_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("first_message_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("last_message_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("since_at", sa.BigInteger(), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.Column("message_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("news_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_unanswered_contact_id_contacts"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_unanswered_workspace_id_workspaces"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("contact_id", name=op.f("pk_unanswered")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_unanswered_latest", "unanswered", ["workspace_id", "last_at"])
    op.create_index(
        "ix_unanswered_news",
        "unanswered",
        ["workspace_id", "news_at"],
        sqlite_where=sa.text("news_at IS NOT NULL"),
        postgresql_where=sa.text("news_at IS NOT NULL"),
    )
    op.create_table(
        "digests",
        sa.Column("operator_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("sent_at", sa.BigInteger(), nullable=False),
        sa.Column("told_until_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["operators.id"], name=op.f("fk_digests_operator_id_operators"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("operator_id", name=op.f("pk_digests")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Take the change back."""
    op.drop_table("digests")
    op.drop_index("ix_unanswered_news", table_name="unanswered")
    op.drop_index("ix_unanswered_latest", table_name="unanswered")
    op.drop_table("unanswered")

"""People who are known by another address are found by their phone, so that a list does not pass over their STOP."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_OTHER = sa.text("phone <> address")


def upgrade() -> None:
    """Make the change."""
    op.create_index(
        "ix_contacts_phone", "contacts", ["workspace_id", "phone"], sqlite_where=_OTHER, postgresql_where=_OTHER
    )


def downgrade() -> None:
    """Take the change back."""
    op.drop_index("ix_contacts_phone", table_name="contacts")

"""Count what waits of a campaign without reading all of it."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None
OPEN = sa.text("campaign_id IS NOT NULL AND status IN ('queued', 'sending', 'unknown')")


def upgrade() -> None:
    """Make the change."""
    op.create_index("ix_messages_campaign_open", "messages", ["campaign_id"], sqlite_where=OPEN, postgresql_where=OPEN)


def downgrade() -> None:
    """Take the change back."""
    op.drop_index("ix_messages_campaign_open", "messages")

"""Room for the longest WhatsApp user id; SQLite heeds no lengths, and PostgreSQL rewrites nothing for a longer one."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_TABLES = (
    *("contacts", "opt_outs", "consent_changes", "suppressions", "conversations", "messages", "departures"),
    *("commands", "recipients"),
)


def upgrade() -> None:
    """Make the change."""
    _set_lengths(150, 150)


def downgrade() -> None:
    """Take the change back; PostgreSQL refuses where a longer address is stored by now."""
    _set_lengths(64, 120)


def _set_lengths(of_contacts: int, of_channels: int) -> None:
    if op.get_context().dialect.name != "postgresql":
        return
    for table in _TABLES:
        op.alter_column(table, "address", type_=sa.String(of_contacts))
    op.alter_column("channels", "address", type_=sa.String(of_channels))

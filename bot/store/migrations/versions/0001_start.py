"""The first tables: people, members, contacts, counters, subscribers."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "people",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("language", sa.String(2)),
    )
    op.create_table(
        "members",
        sa.Column("person", sa.String(64), primary_key=True),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("since", sa.String(10), nullable=False),
        sa.Column("approved_by", sa.BigInteger),
    )
    op.create_table(
        "contacts",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("visibility", sa.String(16), nullable=False),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("details", sa.JSON, nullable=False),
    )
    op.create_table(
        "contact_countries",
        sa.Column("contact", sa.String(64), sa.ForeignKey("contacts.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("country", sa.String(2), primary_key=True, index=True),
    )
    op.create_table(
        "counters",
        sa.Column("name", sa.String(96), primary_key=True),
        sa.Column("value", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "subscribers",
        sa.Column("person", sa.String(64), primary_key=True),
        sa.Column("since", sa.String(10), nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
    )


def downgrade() -> None:
    """Drop the tables."""
    for table in ("subscribers", "counters", "contact_countries", "contacts", "members", "people"):
        op.drop_table(table)

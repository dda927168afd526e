"""Mark the clients that only confidential incidents have named: few may know of them.

Revision ID: 0003
Revises: 0002
Create Date: 2026-11-28
"""

import sqlalchemy as sa
from alembic import op


revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


ADDED_BY_CONFIDENTIAL_INCIDENT = """
UPDATE clients SET confidential = :yes
WHERE EXISTS (SELECT 1 FROM incidents WHERE incidents.client_id = clients.id)
AND NOT EXISTS (
    SELECT 1 FROM incidents
    WHERE incidents.client_id = clients.id AND incidents.confidential = :no
)
AND clients.added_at = (
    SELECT min(incidents.recorded_at) FROM incidents WHERE incidents.client_id = clients.id
)
"""
"""All its incidents are confidential, and the first of them added it."""


def upgrade() -> None:
    """Add the mark, and set it."""
    op.add_column(
        "clients",
        sa.Column("confidential", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.execute(sa.text(ADDED_BY_CONFIDENTIAL_INCIDENT).bindparams(yes=True, no=False))


def downgrade() -> None:
    """Drop the mark: everybody may know of every client again."""
    op.drop_column("clients", "confidential")

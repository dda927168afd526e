"""confidential clients.

A client that confidential incidents alone have named is for few to know of.
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
AND 1 = (
    SELECT count(DISTINCT incidents.reporter_id) FROM incidents
    WHERE incidents.client_id = clients.id
)
AND clients.added_at = (
    SELECT min(incidents.recorded_at) FROM incidents WHERE incidents.client_id = clients.id
)
"""
"""Its only incidents are confidential, all by one reporter; the first one added it."""


def upgrade() -> None:
    """Apply the change."""
    op.add_column(
        "clients",
        sa.Column("confidential", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.execute(sa.text(ADDED_BY_CONFIDENTIAL_INCIDENT).bindparams(yes=True, no=False))


def downgrade() -> None:
    """Take the change back: every client is everybody's again."""
    op.drop_column("clients", "confidential")

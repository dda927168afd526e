"""Count a client's months from the index on history, in place of counters kept beside it.

Counters that two transactions change at once can drift from the incidents; an index cannot.

Revision ID: 0002
Revises: 0001
Create Date: 2026-11-28
"""

import sqlalchemy as sa
from alembic import op


revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BEFORE = (
    *("client_id", "occurred_at", "conduct_type_id", "severity", "counts", "confidential"),
    *("reporter_id", "comfort", "escalation_id"),
)
COUNTS = """
    INSERT INTO monthly_counts
    SELECT client_id, month, CASE WHEN confidential THEN reporter_id ELSE '' END,
           conduct_type_id, severity, count(*), coalesce(sum(minutes_lost), 0)
    FROM incidents WHERE counts GROUP BY 1, 2, 3, 4, 5
"""
CONTACTS = """
    INSERT INTO monthly_contacts
    SELECT client_id, month, CASE WHEN confidential THEN reporter_id ELSE '' END,
           contact, count(*)
    FROM incidents WHERE counts AND contact <> '' GROUP BY 1, 2, 3, 4
"""


def upgrade() -> None:
    """Widen the index, and drop the counters."""
    if op.get_bind().dialect.name == "postgresql":
        # In the order of a writer of the release before, which may still be at work.
        op.execute("LOCK TABLE clients, incidents, deliveries IN ACCESS EXCLUSIVE MODE")
    op.drop_index("ix_incidents_history", table_name="incidents")
    op.create_index(
        "ix_incidents_history", "incidents", [*BEFORE, "month", "contact", "minutes_lost", "id"]
    )
    op.drop_table("monthly_contacts")
    op.drop_table("monthly_counts")


def downgrade() -> None:
    """Make the counters again, from the incidents."""
    op.create_table(
        "monthly_counts",
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("reader", sa.String(length=32), nullable=False),
        sa.Column("conduct_type_id", sa.Integer(), nullable=False),
        sa.Column("severity", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("incidents", sa.Integer(), nullable=False),
        sa.Column("minutes_lost", sa.Integer(), nullable=False),
        sa.CheckConstraint("severity BETWEEN 1 AND 4", name=op.f("ck_monthly_counts_severity")),
        sa.ForeignKeyConstraint(
            ["client_id"], ["clients.id"], name=op.f("fk_monthly_counts_client_id_clients")
        ),
        sa.ForeignKeyConstraint(
            ["conduct_type_id"],
            ["conduct_types.id"],
            name=op.f("fk_monthly_counts_conduct_type_id_conduct_types"),
        ),
        sa.PrimaryKeyConstraint(
            *("client_id", "month", "reader", "conduct_type_id", "severity"),
            name=op.f("pk_monthly_counts"),
        ),
    )
    op.create_table(
        "monthly_contacts",
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("reader", sa.String(length=32), nullable=False),
        sa.Column("contact", sa.String(length=200), nullable=False),
        sa.Column("incidents", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"], ["clients.id"], name=op.f("fk_monthly_contacts_client_id_clients")
        ),
        sa.PrimaryKeyConstraint(
            *("client_id", "month", "reader", "contact"), name=op.f("pk_monthly_contacts")
        ),
    )
    op.execute(COUNTS)
    op.execute(CONTACTS)
    op.drop_index("ix_incidents_history", table_name="incidents")
    op.create_index("ix_incidents_history", "incidents", [*BEFORE, "id"])

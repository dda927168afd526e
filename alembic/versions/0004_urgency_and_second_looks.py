"""Give deliveries an urgency and a rest of their own; add second looks and executives.

Lane times came from the wall clock; they now go by a steady one, so all are set to long ago.

Revision ID: 0004
Revises: 0003
Create Date: 2026-11-28
"""

import sqlalchemy as sa
from alembic import op


revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

LONG_AGO = {"sqlite": "1970-01-01 00:00:00.000000", "postgresql": "1970-01-01 00:00:00+00"}


def upgrade() -> None:
    """Add the columns and tables, and free every lane."""
    long_ago = LONG_AGO[op.get_bind().dialect.name]
    op.add_column(
        "deliveries", sa.Column("urgency", sa.Integer(), nullable=False, server_default="0")
    )
    op.add_column(
        "deliveries",
        sa.Column(
            "free_at",
            sa.DateTime(timezone=True),
            nullable=False,
            server_default=sa.text(f"'{long_ago}'"),
        ),
    )
    op.add_column("deliveries", sa.Column("place", sa.Integer(), nullable=True))
    op.execute(sa.text(f"UPDATE lanes SET free_at = '{long_ago}'"))  # noqa: S608 - a constant
    op.execute("UPDATE deliveries SET urgency = 1 WHERE kind = 'escalation_summary' AND ts IS NULL")
    op.create_table(
        "second_looks",
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("thread_ts", sa.String(length=32), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("look_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stale", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["delivery_id"],
            ["deliveries.id"],
            name=op.f("fk_second_looks_delivery_id_deliveries"),
        ),
        sa.PrimaryKeyConstraint("delivery_id", name=op.f("pk_second_looks")),
    )
    op.create_table(
        "executives",
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_executives")),
    )


def downgrade() -> None:
    """Drop them again."""
    op.drop_table("executives")
    op.drop_table("second_looks")
    for column in ("place", "free_at", "urgency"):
        op.drop_column("deliveries", column)

"""the record.

The first revision.
"""

import sqlalchemy as sa
from alembic import op


revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


SEEDED_COLUMNS = ("code", "name", "short", "help")
SEEDED = (
    ("abuse", "Abusive towards staff", "abuse", "Shouting, insults, threats, harassment"),
    (
        "ignored_instructions",
        "Ignored our instructions",
        "ignored instructions",
        "Advice or security rules refused or undone",
    ),
    ("no_response", "Left us unanswered", "unanswered", "No reply to questions or approvals"),
    ("non_payment", "Left invoices unpaid", "unpaid", "Overdue, or disputed without reason"),
    ("unethical", "Dishonest or unethical", "unethical", "Asked for or did something dishonest"),
    ("out_of_scope", "Out of scope", "out of scope", "Needs or asks for what we do not offer"),
    (
        "excessive_demands",
        "Excessive demands",
        "excessive demands",
        "Takes too much time: constant or urgent requests",
    ),
    ("other", "Something else", "other", "Say what it was in your own words"),
)


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "clients",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=150), nullable=False),
        sa.Column("normalised", sa.String(length=450), nullable=False),
        sa.Column("psa_id", sa.String(length=100), nullable=True),
        sa.Column("slack_team_id", sa.String(length=32), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "active",
                "watch",
                "off_boarding",
                "former",
                name="client_status",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(name) > 0", name=op.f("ck_clients_named")),
        sa.CheckConstraint("length(normalised) > 0", name=op.f("ck_clients_normalised")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clients")),
        sa.UniqueConstraint("normalised", name=op.f("uq_clients_normalised")),
        sa.UniqueConstraint("psa_id", name=op.f("uq_clients_psa_id")),
        sa.UniqueConstraint("slack_team_id", name=op.f("uq_clients_slack_team_id")),
    )
    op.create_table(
        "conduct_types",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=50), nullable=False),
        sa.Column("name", sa.String(length=75), nullable=False),
        sa.Column("short", sa.String(length=50), nullable=False),
        sa.Column("help", sa.String(length=75), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("retired", sa.Boolean(), nullable=False),
        sa.CheckConstraint("length(name) > 0", name=op.f("ck_conduct_types_named")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conduct_types")),
        sa.UniqueConstraint("code", name=op.f("uq_conduct_types_code")),
    )
    op.create_table(
        "drafts",
        sa.Column("form_key", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("form_key", name=op.f("pk_drafts")),
    )
    with op.batch_alter_table("drafts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_drafts_saved_at"), ["saved_at"], unique=False)

    op.create_table(
        "lanes",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("free_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_lanes")),
    )
    op.create_table(
        "number_series",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_number_series")),
    )
    op.create_table(
        "client_aliases",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=150), nullable=False),
        sa.Column("normalised", sa.String(length=450), nullable=False),
        sa.CheckConstraint("length(normalised) > 0", name=op.f("ck_client_aliases_normalised")),
        sa.ForeignKeyConstraint(
            ["client_id"],
            ["clients.id"],
            name=op.f("fk_client_aliases_client_id_clients"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client_aliases")),
        sa.UniqueConstraint("normalised", name=op.f("uq_client_aliases_normalised")),
    )
    with op.batch_alter_table("client_aliases", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_client_aliases_client_id"), ["client_id"], unique=False
        )

    op.create_table(
        "deliveries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=50), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("lane", sa.String(length=32), nullable=False),
        sa.Column("thread_of_id", sa.Integer(), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "pending",
                "sent",
                "held",
                "void",
                name="delivery_status",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("wanted", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("in_doubt_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.String(length=200), nullable=True),
        sa.Column("channel", sa.String(length=32), nullable=True),
        sa.Column("ts", sa.String(length=32), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(ts IS NULL) OR (channel IS NOT NULL)", name=op.f("ck_deliveries_stands_in_a_channel")
        ),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_deliveries_attempts")),
        sa.CheckConstraint("wanted >= 1", name=op.f("ck_deliveries_wanted")),
        sa.ForeignKeyConstraint(["lane"], ["lanes.name"], name=op.f("fk_deliveries_lane_lanes")),
        sa.ForeignKeyConstraint(
            ["thread_of_id"], ["deliveries.id"], name=op.f("fk_deliveries_thread_of_id_deliveries")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("key", name=op.f("uq_deliveries_key")),
    )
    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.create_index("ix_deliveries_kind_subject_id", ["kind", "subject_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_deliveries_lane"), ["lane"], unique=False)
        batch_op.create_index("ix_deliveries_status_due_at", ["status", "due_at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_deliveries_thread_of_id"), ["thread_of_id"], unique=False
        )

    op.create_table(
        "escalations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "open",
                "owned",
                "settled",
                name="escalation_status",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("owner_id", sa.String(length=32), nullable=True),
        sa.Column("owner_name", sa.String(length=150), nullable=True),
        sa.Column("owned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("snoozed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(status = 'open') OR (owner_id IS NOT NULL)",
            name=op.f("ck_escalations_owned_by_somebody"),
        ),
        sa.CheckConstraint(
            "(status = 'settled') = (settled_at IS NOT NULL)",
            name=op.f("ck_escalations_settled_once"),
        ),
        sa.CheckConstraint("length(why) > 0", name=op.f("ck_escalations_explained")),
        sa.ForeignKeyConstraint(
            ["client_id"], ["clients.id"], name=op.f("fk_escalations_client_id_clients")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escalations")),
    )
    with op.batch_alter_table("escalations", schema=None) as batch_op:
        batch_op.create_index(
            "ix_escalations_client_id_opened_at", ["client_id", "opened_at"], unique=False
        )
        batch_op.create_index(
            "ix_escalations_status_opened_at", ["status", "opened_at"], unique=False
        )
        batch_op.create_index(
            "uq_escalations_unsettled",
            ["client_id"],
            unique=True,
            sqlite_where=sa.text("status <> 'settled'"),
            postgresql_where=sa.text("status <> 'settled'"),
        )

    op.create_table(
        "incidents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("form_key", sa.String(length=32), nullable=True),
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column("conduct_type_id", sa.Integer(), nullable=False),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("reporter_id", sa.String(length=32), nullable=False),
        sa.Column("reporter_name", sa.String(length=150), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("what_happened", sa.Text(), nullable=False),
        sa.Column("contact", sa.String(length=200), nullable=True),
        sa.Column(
            "medium",
            sa.Enum(
                "call",
                "email",
                "chat",
                "ticket",
                "on_site",
                "other",
                name="medium",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("exact_words", sa.Text(), nullable=True),
        sa.Column(
            "heard",
            sa.Enum(
                "first_hand",
                "second_hand",
                name="heard",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("what_we_did", sa.Text(), nullable=True),
        sa.Column(
            "told_before",
            sa.Enum(
                "yes",
                "no",
                "unknown",
                name="told_before",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("our_part", sa.Text(), nullable=True),
        sa.Column("minutes_lost", sa.Integer(), nullable=True),
        sa.Column("ticket", sa.String(length=200), nullable=True),
        sa.Column(
            "comfort",
            sa.Enum(
                "yes",
                "with_support",
                "no",
                name="comfort",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("confidential", sa.Boolean(), nullable=False),
        sa.Column("attention", sa.Boolean(), nullable=False),
        sa.Column("counts", sa.Boolean(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("same_event_as_id", sa.Integer(), nullable=True),
        sa.Column("escalation_id", sa.Integer(), nullable=True),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "counts = (withdrawn_at IS NULL AND same_event_as_id IS NULL)",
            name=op.f("ck_incidents_counts"),
        ),
        sa.CheckConstraint("length(what_happened) > 0", name=op.f("ck_incidents_told")),
        sa.CheckConstraint("month % 100 BETWEEN 1 AND 12", name=op.f("ck_incidents_month")),
        sa.CheckConstraint("minutes_lost BETWEEN 0 AND 100000", name=op.f("ck_incidents_minutes")),
        sa.CheckConstraint(
            "same_event_as_id IS NULL OR same_event_as_id <> id",
            name=op.f("ck_incidents_not_of_itself"),
        ),
        sa.CheckConstraint("severity BETWEEN 1 AND 4", name=op.f("ck_incidents_severity")),
        sa.ForeignKeyConstraint(
            ["client_id"], ["clients.id"], name=op.f("fk_incidents_client_id_clients")
        ),
        sa.ForeignKeyConstraint(
            ["conduct_type_id"],
            ["conduct_types.id"],
            name=op.f("fk_incidents_conduct_type_id_conduct_types"),
        ),
        sa.ForeignKeyConstraint(
            ["escalation_id"],
            ["escalations.id"],
            name=op.f("fk_incidents_escalation_id_escalations"),
        ),
        sa.ForeignKeyConstraint(
            ["same_event_as_id"],
            ["incidents.id"],
            name=op.f("fk_incidents_same_event_as_id_incidents"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incidents")),
        sa.UniqueConstraint("form_key", name=op.f("uq_incidents_form_key")),
        sa.UniqueConstraint("number", name=op.f("uq_incidents_number")),
    )
    with op.batch_alter_table("incidents", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_incidents_escalation_id"), ["escalation_id"], unique=False
        )
        batch_op.create_index(
            "ix_incidents_history",
            [
                "client_id",
                "occurred_at",
                "conduct_type_id",
                "severity",
                "counts",
                "confidential",
                "reporter_id",
                "comfort",
                "escalation_id",
                "id",
            ],
            unique=False,
        )
        batch_op.create_index(
            "ix_incidents_recent",
            ["occurred_at", "client_id", "counts", "confidential", "severity", "reporter_id"],
            unique=False,
        )
        batch_op.create_index(
            "ix_incidents_reporter_id_recorded_at", ["reporter_id", "recorded_at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_incidents_same_event_as_id"), ["same_event_as_id"], unique=False
        )

    op.create_table(
        "addenda",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("incident_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "note",
                "withdrawal",
                name="addendum_kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("form_key", sa.String(length=32), nullable=True),
        sa.Column("author_id", sa.String(length=32), nullable=False),
        sa.Column("author_name", sa.String(length=150), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.CheckConstraint("length(text) > 0", name=op.f("ck_addenda_told")),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incidents.id"], name=op.f("fk_addenda_incident_id_incidents")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_addenda")),
        sa.UniqueConstraint("form_key", name=op.f("uq_addenda_form_key")),
    )
    with op.batch_alter_table("addenda", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_addenda_incident_id"), ["incident_id"], unique=False)

    op.create_table(
        "audit_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.String(length=32), nullable=False),
        sa.Column("action", sa.String(length=50), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=True),
        sa.Column("incident_id", sa.Integer(), nullable=True),
        sa.Column("escalation_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["client_id"], ["clients.id"], name=op.f("fk_audit_events_client_id_clients")
        ),
        sa.ForeignKeyConstraint(
            ["escalation_id"],
            ["escalations.id"],
            name=op.f("fk_audit_events_escalation_id_escalations"),
        ),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incidents.id"], name=op.f("fk_audit_events_incident_id_incidents")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_events")),
    )
    with op.batch_alter_table("audit_events", schema=None) as batch_op:
        batch_op.create_index("ix_audit_events_client_id_at", ["client_id", "at"], unique=False)
        batch_op.create_index("ix_audit_events_incident_id_at", ["incident_id", "at"], unique=False)

    op.create_table(
        "evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("incident_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "message",
                "file",
                name="evidence_kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("author_id", sa.String(length=32), nullable=True),
        sa.Column("author_name", sa.String(length=200), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("permalink", sa.Text(), nullable=True),
        sa.Column("file_id", sa.String(length=32), nullable=True),
        sa.Column("file_name", sa.String(length=300), nullable=True),
        sa.Column("file_type", sa.String(length=150), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("size IS NULL OR size >= 0", name=op.f("ck_evidence_size")),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incidents.id"], name=op.f("fk_evidence_incident_id_incidents")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
    )
    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_evidence_incident_id"), ["incident_id"], unique=False)

    op.create_table(
        "witnesses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("incident_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.String(length=32), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=True),
        sa.CheckConstraint(
            "user_id IS NOT NULL OR name IS NOT NULL", name=op.f("ck_witnesses_somebody")
        ),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incidents.id"], name=op.f("fk_witnesses_incident_id_incidents")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_witnesses")),
    )
    with op.batch_alter_table("witnesses", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_witnesses_incident_id"), ["incident_id"], unique=False)

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
            "client_id",
            "month",
            "reader",
            "conduct_type_id",
            "severity",
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
            "client_id", "month", "reader", "contact", name=op.f("pk_monthly_contacts")
        ),
    )

    kinds = sa.table(
        "conduct_types", *(sa.column(name) for name in (*SEEDED_COLUMNS, "position", "retired"))
    )
    op.bulk_insert(
        kinds,
        [
            {**dict(zip(SEEDED_COLUMNS, row, strict=True)), "position": position, "retired": False}
            for position, row in enumerate(SEEDED, start=1)
        ],
    )


def downgrade() -> None:
    """Take the change back."""
    op.drop_table("monthly_contacts")
    op.drop_table("monthly_counts")
    with op.batch_alter_table("witnesses", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_witnesses_incident_id"))

    op.drop_table("witnesses")
    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_evidence_incident_id"))

    op.drop_table("evidence")
    with op.batch_alter_table("audit_events", schema=None) as batch_op:
        batch_op.drop_index("ix_audit_events_incident_id_at")
        batch_op.drop_index("ix_audit_events_client_id_at")

    op.drop_table("audit_events")
    with op.batch_alter_table("addenda", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_addenda_incident_id"))

    op.drop_table("addenda")
    with op.batch_alter_table("incidents", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_incidents_same_event_as_id"))
        batch_op.drop_index("ix_incidents_reporter_id_recorded_at")
        batch_op.drop_index("ix_incidents_recent")
        batch_op.drop_index("ix_incidents_history")
        batch_op.drop_index(batch_op.f("ix_incidents_escalation_id"))

    op.drop_table("incidents")
    with op.batch_alter_table("escalations", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_escalations_unsettled",
            sqlite_where=sa.text("status <> 'settled'"),
            postgresql_where=sa.text("status <> 'settled'"),
        )
        batch_op.drop_index("ix_escalations_status_opened_at")
        batch_op.drop_index("ix_escalations_client_id_opened_at")

    op.drop_table("escalations")
    with op.batch_alter_table("deliveries", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_deliveries_thread_of_id"))
        batch_op.drop_index("ix_deliveries_status_due_at")
        batch_op.drop_index(batch_op.f("ix_deliveries_lane"))
        batch_op.drop_index("ix_deliveries_kind_subject_id")

    op.drop_table("deliveries")
    with op.batch_alter_table("client_aliases", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_client_aliases_client_id"))

    op.drop_table("client_aliases")
    op.drop_table("number_series")
    op.drop_table("lanes")
    with op.batch_alter_table("drafts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_drafts_saved_at"))

    op.drop_table("drafts")
    op.drop_table("conduct_types")
    op.drop_table("clients")

"""Reports and their submissions.

New tables only: safe with the code that runs now, no lock on an older table beyond the foreign keys' short one.
"""

import sqlalchemy as sa
from alembic import op

from tenants import policies

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

QUARTER = "extract(day from period_on) = 1 and extract(month from period_on) in (1, 4, 7, 10)"
MISSING = "missing in ('not_reported', 'not_applicable', 'not_available')"
WORDS = ("what_changed", "what_women_say", "what_was_hard", "what_next")
SHORT_WORDS = " and ".join(f"length({name}) <= 4000" for name in WORDS)


def upgrade() -> None:
    """Create the tables, their walls and their grants."""
    op.create_table(
        "reports",
        *_own("reports"),
        *_country("reports"),
        sa.Column("period_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("is_expected", sa.Boolean(), nullable=False),
        sa.Column("excused_reason", sa.Text(), nullable=True),
        sa.Column("sent", sa.SmallInteger(), nullable=False),
        sa.Column("edited", sa.Integer(), nullable=False),
        sa.Column("submitted_by", sa.Uuid(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        *(sa.Column(name, sa.Text(), nullable=False) for name in WORDS),
        sa.CheckConstraint(
            "state in ('not_started', 'draft', 'submitted', 'approved')", name=op.f("ck_reports_state_known")
        ),
        sa.CheckConstraint(QUARTER, name=op.f("ck_reports_period_is_a_quarter")),
        sa.CheckConstraint("due_on > period_on", name=op.f("ck_reports_due_later")),
        sa.CheckConstraint("sent >= 0 and edited >= 0", name=op.f("ck_reports_counts_not_negative")),
        sa.CheckConstraint(
            "(state in ('submitted', 'approved')) = (submitted_by is not null) "
            "and (submitted_by is null) = (submitted_at is null)",
            name=op.f("ck_reports_submitted_by_somebody"),
        ),
        sa.CheckConstraint(
            "(state = 'approved') = (decided_at is not null)", name=op.f("ck_reports_approved_is_dated")
        ),
        sa.CheckConstraint(
            "state not in ('submitted', 'approved') or sent >= 1", name=op.f("ck_reports_sent_before_decided")
        ),
        sa.CheckConstraint("state <> 'not_started' or sent = 0", name=op.f("ck_reports_not_started_is_unsent")),
        sa.CheckConstraint(SHORT_WORDS, name=op.f("ck_reports_words_length")),
        sa.CheckConstraint("length(excused_reason) between 1 and 1000", name=op.f("ck_reports_excused_reason_length")),
        sa.UniqueConstraint("chapter_id", "period_on", name=op.f("uq_reports_chapter_id_period_on")),
    )
    op.create_index(
        "ix_reports_waiting",
        "reports",
        ["country", "submitted_at"],
        unique=False,
        postgresql_where=sa.text("state = 'submitted'"),
    )
    op.create_table(
        "report_entries",
        *_own("report_entries"),
        *_parent("report_entries", "report_id", "reports"),
        sa.Column("indicator", sa.Text(), nullable=False),
        sa.Column("numerator", sa.BigInteger(), nullable=True),
        sa.Column("denominator", sa.BigInteger(), nullable=True),
        sa.Column("missing", sa.Text(), nullable=True),
        sa.CheckConstraint(MISSING, name=op.f("ck_report_entries_missing_known")),
        sa.CheckConstraint("indicator ~ '^[a-z_]{1,40}$'", name=op.f("ck_report_entries_indicator_is_a_code")),
        sa.CheckConstraint("num_nonnulls(numerator, missing) = 1", name=op.f("ck_report_entries_value_or_reason")),
        sa.CheckConstraint("numerator >= 0", name=op.f("ck_report_entries_numerator_not_negative")),
        sa.CheckConstraint(
            "denominator is null or (denominator >= 0 and numerator is not null and numerator <= denominator)",
            name=op.f("ck_report_entries_part_of_the_whole"),
        ),
        sa.UniqueConstraint(
            "chapter_id", "report_id", "indicator", name=op.f("uq_report_entries_chapter_id_report_id_indicator")
        ),
    )
    op.create_table(
        "report_submissions",
        *_own("report_submissions"),
        *_parent("report_submissions", "report_id", "reports"),
        *_country("report_submissions"),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("is_nil", sa.Boolean(), nullable=False),
        sa.Column("submitted_by", sa.Uuid(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in WORDS),
        sa.CheckConstraint("number >= 1", name=op.f("ck_report_submissions_number_positive")),
        sa.CheckConstraint(SHORT_WORDS, name=op.f("ck_report_submissions_words_length")),
        sa.UniqueConstraint(
            "chapter_id", "report_id", "number", name=op.f("uq_report_submissions_chapter_id_report_id_number")
        ),
    )
    op.create_table(
        "report_values",
        *_own("report_values"),
        *_parent("report_values", "submission_id", "report_submissions"),
        *_country("report_values"),
        sa.Column("period_on", sa.Date(), nullable=False),
        sa.Column("indicator", sa.Text(), nullable=False),
        sa.Column("version", sa.SmallInteger(), nullable=False),
        sa.Column("cell", sa.Text(), nullable=False),
        sa.Column("numerator", sa.BigInteger(), nullable=True),
        sa.Column("denominator", sa.BigInteger(), nullable=True),
        sa.Column("missing", sa.Text(), nullable=True),
        sa.CheckConstraint(MISSING, name=op.f("ck_report_values_missing_known")),
        sa.CheckConstraint(QUARTER, name=op.f("ck_report_values_period_is_a_quarter")),
        sa.CheckConstraint(
            "indicator ~ '^[a-z_]{1,40}$' and version >= 1", name=op.f("ck_report_values_indicator_is_a_code")
        ),
        sa.CheckConstraint("cell ~ '^[a-z]+([.][0-9a-z_]+)?$'", name=op.f("ck_report_values_cell_is_a_code")),
        sa.CheckConstraint("num_nonnulls(numerator, missing) = 1", name=op.f("ck_report_values_value_or_reason")),
        sa.CheckConstraint(
            "denominator is null or (denominator >= 0 and numerator is not null)",
            name=op.f("ck_report_values_part_of_a_value"),
        ),
        sa.UniqueConstraint(
            "chapter_id",
            "submission_id",
            "indicator",
            "cell",
            name="uq_report_values_cell",
        ),
    )
    op.create_table(
        "value_sources",
        *_own("value_sources"),
        *_parent("value_sources", "value_id", "report_values"),
        *_country("value_sources"),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("numerator", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "kind in ('activity', 'attendance', 'signups', 'transaction')", name=op.f("ck_value_sources_kind_known")
        ),
        sa.CheckConstraint("revision >= 1", name=op.f("ck_value_sources_revision_positive")),
        sa.UniqueConstraint(
            "chapter_id",
            "value_id",
            "kind",
            "source_id",
            name=op.f("uq_value_sources_chapter_id_value_id_kind_source_id"),
        ),
    )
    op.create_table(
        "report_events",
        *_own("report_events"),
        *_parent("report_events", "report_id", "reports"),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("is_desk", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "kind in ('submitted', 'returned', 'approved', 'reopened', 'excused')",
            name=op.f("ck_report_events_kind_known"),
        ),
        sa.CheckConstraint(
            "length(reason) <= 1000 and (kind not in ('returned', 'reopened', 'excused') or reason <> '')",
            name=op.f("ck_report_events_reason_given"),
        ),
    )
    op.create_index("ix_report_events_report", "report_events", ["chapter_id", "report_id", "at"], unique=False)
    op.create_table(
        "opened_periods",
        sa.Column("period_on", sa.Date(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(QUARTER, name=op.f("ck_opened_periods_period_is_a_quarter")),
        sa.PrimaryKeyConstraint("period_on", name=op.f("pk_opened_periods")),
    )

    policies.raise_wall(op, "reports", web="select, insert, update", worker="select, insert")
    policies.open_to(op, "opened_periods", worker="select, insert")
    policies.raise_wall(op, "report_entries", web="select, insert, update")
    for table in ("report_submissions", "report_values", "value_sources", "report_events"):
        policies.raise_wall(op, table, web="select, insert")
    policies.share_with_desk(
        op,
        "reports",
        [
            "chapter_id",
            "id",
            "country",
            "period_on",
            "due_on",
            "state",
            "is_expected",
            "sent",
            "submitted_at",
            "returned_at",
            "decided_at",
        ],
    )


def downgrade() -> None:
    """Drop the tables again."""
    op.drop_table("opened_periods")
    for table in ("report_events", "value_sources", "report_values", "report_submissions", "report_entries", "reports"):
        op.drop_table(table)


def _own(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("chapter_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("chapter_id", "id", name=op.f(f"pk_{table}")),
        sa.ForeignKeyConstraint(["chapter_id"], ["chapters.id"], name=op.f(f"fk_{table}_chapter_id")),
    ]


def _country(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.ForeignKeyConstraint(
            ["chapter_id", "country"], ["chapters.id", "chapters.country"], name=f"fk_{table}_country"
        ),
    ]


def _parent(table: str, column: str, target: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column(column, sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["chapter_id", column],
            [f"{target}.chapter_id", f"{target}.id"],
            name=op.f(f"fk_{table}_chapter_id_{column}"),
        ),
    ]

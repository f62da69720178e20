"""Figures of approved reports, by period, instead of figures of the log; and the day when a chapter closed.

The desk and the compiler may now read what they need of reports; the compiler may no longer read the log. Figures are
derived: the old ones are dropped and every chapter is marked, so that the next tick of the compiler creates the new
ones.
"""

import sqlalchemy as sa
from alembic import op

from tenants import policies

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

QUARTER = "extract(day from period_on) = 1 and extract(month from period_on) in (1, 4, 7, 10)"
SHARED = {
    "report_submissions": (["chapter_id", "id", "report_id", "country", "number", "is_nil", "submitted_at"], ()),
    "report_values": (
        [
            "chapter_id",
            "id",
            "submission_id",
            "country",
            "period_on",
            "indicator",
            "version",
            "cell",
            "numerator",
            "denominator",
            "missing",
        ],
        ("chapter_id", "submission_id", "indicator", "version", "cell", "numerator", "denominator"),
    ),
    "value_sources": (["chapter_id", "id", "value_id", "country", "kind", "source_id", "revision", "numerator"], ()),
}
# Columns of the log and of a chapter's state that the compiler no longer reads.
CLOSED = {
    "activity_revisions": "chapter_id, id, activity_id, country, is_current, people",
    "head_counts": "chapter_id, revision_id, country, sex, age_band, people",
    "chapters": "state",
}
MARK_EVERY_CHAPTER = (
    "insert into compile_marks (id, chapter_id, marked_at) select gen_random_uuid(), id, now() from chapters"
)


def upgrade() -> None:
    """Replace the old figures by figures by period; open reports to desk and compiler; date what is closed."""
    # Nothing could close a chapter until now, so the check holds for every existing row.
    op.execute(
        "alter table chapters add column closed_on date "
        "constraint ck_chapters_closed_dated check ((state = 'closed') = (closed_on is not null))"
    )
    # squawk: nothing is lost, since all of it is computed again from what stays.
    op.execute("-- squawk-ignore ban-drop-table\ndrop table figures")
    for table, columns in CLOSED.items():
        op.execute(f"revoke select ({columns}) on {table} from solidarity_compiler")
    _create_tables()
    policies.open_to(op, "figures", desk="select", compiler="select, insert, update, delete")
    policies.open_to(op, "compiled_reports", desk="select", compiler="select, insert, delete")
    policies.open_to(op, "compile_runs", desk="select", compiler="select, insert, update")
    for table, (desk, compiler) in SHARED.items():
        policies.share_with_desk(op, table, desk, compiler=compiler)
    op.execute("grant select (chapter_id, id, report_id, number) on report_submissions to solidarity_compiler")
    op.execute("grant select (chapter_id, id, period_on, state, sent, is_expected) on reports to solidarity_compiler")
    op.execute("grant select (closed_on) on chapters to solidarity_compiler")
    op.execute("grant select on opened_periods to solidarity_desk, solidarity_compiler")
    op.execute(MARK_EVERY_CHAPTER)


def downgrade() -> None:
    """Drop the tables, revoke the new grants and restore the former ones; the old figures are compiled again."""
    op.execute("revoke select on opened_periods from solidarity_desk, solidarity_compiler")
    op.execute("revoke select (closed_on) on chapters from solidarity_compiler")
    op.execute(
        "revoke select (chapter_id, id, period_on, state, sent, is_expected) on reports from solidarity_compiler"
    )
    op.execute("revoke select (chapter_id, id, report_id, number) on report_submissions from solidarity_compiler")
    for table, (desk, compiler) in SHARED.items():
        op.execute(f"drop policy desk_reads on {table}")
        op.execute(f"revoke select ({', '.join(desk)}) on {table} from solidarity_desk")
        if compiler:
            op.execute(f"revoke select ({', '.join(compiler)}) on {table} from solidarity_compiler")
    for table in ("compile_runs", "compiled_reports", "figures"):
        op.drop_table(table)
    op.drop_constraint("ck_chapters_closed_dated", "chapters")
    op.drop_column("chapters", "closed_on")
    _create_old_figures()
    policies.open_to(op, "figures", desk="select", compiler="select, insert, update, delete")
    for table, columns in CLOSED.items():
        op.execute(f"grant select ({columns}) on {table} to solidarity_compiler")
    op.execute(MARK_EVERY_CHAPTER)


def _create_tables() -> None:
    op.create_table(
        "compiled_reports",
        sa.Column("chapter_id", sa.Uuid(), nullable=False),
        sa.Column("period_on", sa.Date(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("area", sa.Text(), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=True),
        sa.Column("is_expected", sa.Boolean(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.CheckConstraint(QUARTER, name=op.f("ck_compiled_reports_period_is_a_quarter")),
        sa.PrimaryKeyConstraint("chapter_id", "period_on", name=op.f("pk_compiled_reports")),
    )
    op.create_index("ix_compiled_reports_country", "compiled_reports", ["country", "period_on"], unique=False)
    op.create_table(
        "figures",
        sa.Column("indicator", sa.Text(), nullable=False),
        sa.Column("version", sa.SmallInteger(), nullable=False),
        sa.Column("period_on", sa.Date(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("cell", sa.Text(), nullable=False),
        sa.Column("numerator", sa.BigInteger(), nullable=True),
        sa.Column("denominator", sa.BigInteger(), nullable=True),
        sa.Column("reported", sa.Integer(), nullable=False),
        sa.Column("carried", sa.Integer(), nullable=False),
        sa.Column("expected", sa.Integer(), nullable=True),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(QUARTER, name=op.f("ck_figures_period_is_a_quarter")),
        sa.CheckConstraint("length(indicator) <= 40 and version >= 1", name=op.f("ck_figures_indicator_is_a_code")),
        sa.CheckConstraint("level in ('country', 'area', 'world')", name=op.f("ck_figures_level_known")),
        sa.CheckConstraint("length(place) <= 40", name=op.f("ck_figures_place_is_a_code")),
        sa.CheckConstraint("length(cell) <= 60", name=op.f("ck_figures_cell_is_a_code")),
        sa.CheckConstraint("(cell = 'all') = (expected is not null)", name=op.f("ck_figures_all_cells_say_expected")),
        sa.CheckConstraint("reported >= 0 and carried >= 0", name=op.f("ck_figures_coverage_not_negative")),
        sa.CheckConstraint(
            "expected is null or reported <= expected", name=op.f("ck_figures_reported_within_expected")
        ),
        sa.CheckConstraint(
            "numerator is null or (numerator >= 0 and reported + carried > 0)",
            name=op.f("ck_figures_value_of_somebody"),
        ),
        sa.CheckConstraint(
            "denominator is null or (denominator >= 0 and numerator is not null)",
            name=op.f("ck_figures_part_of_a_value"),
        ),
        sa.PrimaryKeyConstraint("indicator", "version", "period_on", "level", "place", "cell", name=op.f("pk_figures")),
    )
    op.create_table(
        "compile_runs",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("ran_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("chapters", sa.Integer(), nullable=False),
        sa.Column("differences", sa.Integer(), nullable=True),
        sa.CheckConstraint("kind in ('marked', 'full', 'check')", name=op.f("ck_compile_runs_kind_known")),
        sa.CheckConstraint("chapters >= 0 and differences >= 0", name=op.f("ck_compile_runs_counts_not_negative")),
        sa.CheckConstraint(
            "(kind = 'check') = (differences is not null)", name=op.f("ck_compile_runs_check_says_differences")
        ),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_compile_runs")),
    )


def _create_old_figures() -> None:
    op.create_table(
        "figures",
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("sex", sa.Text(), nullable=False),
        sa.Column("age_band", sa.Text(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.Column("reported", sa.Integer(), nullable=False),
        sa.Column("expected", sa.Integer(), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("level in ('chapter', 'country', 'area', 'world')", name=op.f("ck_figures_level_known")),
        sa.CheckConstraint("measure in ('participations')", name=op.f("ck_figures_measure_known")),
        sa.CheckConstraint(
            "sex in ('women', 'men', 'other', 'unknown', 'all') "
            "and age_band in ('under_18', '18_24', '25_59', '60_plus', 'unknown', 'all') "
            "and (sex = 'all') = (age_band = 'all')",
            name=op.f("ck_figures_cell_known"),
        ),
        sa.CheckConstraint("reported between 0 and expected", name=op.f("ck_figures_reported_within_expected")),
        sa.CheckConstraint("value >= 0 and entries >= 0", name=op.f("ck_figures_value_not_negative")),
        sa.PrimaryKeyConstraint("measure", "level", "place", "sex", "age_band", name=op.f("pk_figures")),
    )

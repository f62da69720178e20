"""Figures and marks.

New tables only: safe with the code that runs now, no lock on an older table beyond the foreign keys' short one.
"""

import sqlalchemy as sa
from alembic import op

from tenants import policies

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, their walls and their grants."""
    op.create_table(
        "compile_marks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("chapter_id", sa.Uuid(), nullable=False),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_compile_marks")),
    )
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
            "sex in ('women', 'men', 'other', 'unknown', 'all') and age_band in ('under_18', '18_24', '25_59', '60_plus', 'unknown', 'all') and (sex = 'all') = (age_band = 'all')",
            name=op.f("ck_figures_cell_known"),
        ),
        sa.CheckConstraint("reported between 0 and expected", name=op.f("ck_figures_reported_within_expected")),
        sa.CheckConstraint("value >= 0 and entries >= 0", name=op.f("ck_figures_value_not_negative")),
        sa.PrimaryKeyConstraint("measure", "level", "place", "sex", "age_band", name=op.f("pk_figures")),
    )

    policies.open_to(op, "figures", desk="select", compiler="select, insert, update, delete")
    policies.open_to(op, "compile_marks", web="insert", worker="insert", compiler="select, insert, delete")


def downgrade() -> None:
    """Drop the tables again."""
    op.drop_table("figures")
    op.drop_table("compile_marks")

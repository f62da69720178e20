"""Targets of indicators, a row each time one is set or changed.

A new table only: safe with the code that runs now, no lock on an older table beyond the foreign keys' short one.
"""

import sqlalchemy as sa
from alembic import op

from tenants import policies

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

TABLE = "indicator_targets"


def upgrade() -> None:
    """Create the table, its wall and its grants."""
    op.create_table(
        TABLE,
        sa.Column("chapter_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("indicator", sa.Text(), nullable=False),
        sa.Column("version", sa.SmallInteger(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("baseline_numerator", sa.BigInteger(), nullable=True),
        sa.Column("baseline_denominator", sa.BigInteger(), nullable=True),
        sa.Column("baseline_on", sa.Date(), nullable=True),
        sa.Column("target_numerator", sa.BigInteger(), nullable=False),
        sa.Column("target_denominator", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("chapter_id", "id", name=op.f(f"pk_{TABLE}")),
        sa.ForeignKeyConstraint(["chapter_id"], ["chapters.id"], name=op.f(f"fk_{TABLE}_chapter_id")),
        sa.ForeignKeyConstraint(
            ["chapter_id", "country"], ["chapters.id", "chapters.country"], name=f"fk_{TABLE}_country"
        ),
        sa.UniqueConstraint("chapter_id", "year", "indicator", "version", "number", name=f"uq_{TABLE}_number"),
        _check("indicator_is_a_code", "indicator ~ '^[a-z_]{1,40}$' and version >= 1"),
        _check("year_sane", "year between 2014 and 2100"),
        _check("number_positive", "number >= 1"),
        _check("target_sane", "target_numerator between 0 and 1000000000000"),
        _check(
            "target_part_of_the_whole",
            "target_denominator > 0 and target_denominator between target_numerator and 1000000000000",
        ),
        _check("baseline_sane", "baseline_numerator between 0 and 1000000000000"),
        _check("baseline_dated", "num_nonnulls(baseline_numerator, baseline_on) in (0, 2)"),
        _check(
            "baseline_part_of_the_whole",
            "baseline_denominator is null or (baseline_numerator is not null and baseline_denominator > 0 "
            "and baseline_denominator between baseline_numerator and 1000000000000)",
        ),
        _check(
            "both_ratios_or_none",
            "baseline_numerator is null or (baseline_denominator is null) = (target_denominator is null)",
        ),
        _check("reason_to_move", "length(reason) <= 1000 and (number = 1 or reason <> '')"),
    )
    policies.raise_wall(op, TABLE, web="select, insert")
    policies.share_with_desk(
        op,
        TABLE,
        [
            "chapter_id",
            "id",
            "country",
            "indicator",
            "version",
            "year",
            "number",
            "baseline_numerator",
            "baseline_denominator",
            "baseline_on",
            "target_numerator",
            "target_denominator",
            "set_at",
        ],
    )


def downgrade() -> None:
    """Drop the table again."""
    op.drop_table(TABLE)


def _check(name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{TABLE}_{name}"))

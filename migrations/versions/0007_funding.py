"""Funding: exchange rates, sources, budgets, transactions.

New tables only: safe with the code that runs now, no lock on an older table beyond the foreign keys' short one.
"""

import sqlalchemy as sa
from alembic import op

from tenants import policies

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, their walls and their grants."""
    op.create_table(
        "exchange_rates",
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("per_usd", sa.Numeric(precision=18, scale=6), nullable=False),
        sa.CheckConstraint("currency ~ '^[A-Z]{3}$'", name=op.f("ck_exchange_rates_currency_shape")),
        sa.CheckConstraint("per_usd >= 0.001", name=op.f("ck_exchange_rates_per_usd_reason")),
        sa.PrimaryKeyConstraint("currency", "starts_on", name=op.f("pk_exchange_rates")),
    )
    op.create_table(
        "budget_lines",
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("chapter_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("currency ~ '^[A-Z]{3}$'", name=op.f("ck_budget_lines_currency_shape")),
        sa.CheckConstraint("length(title) between 1 and 120", name=op.f("ck_budget_lines_title_length")),
        sa.ForeignKeyConstraint(
            ["chapter_id", "country"], ["chapters.id", "chapters.country"], name="fk_budget_lines_country"
        ),
        sa.ForeignKeyConstraint(["chapter_id"], ["chapters.id"], name=op.f("fk_budget_lines_chapter_id")),
        sa.PrimaryKeyConstraint("chapter_id", "id", name=op.f("pk_budget_lines")),
    )
    op.create_table(
        "budget_revisions",
        sa.Column("line_id", sa.Uuid(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("chapter_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("amount_minor between 0 and 10000000000000", name=op.f("ck_budget_revisions_amount_reason")),
        sa.CheckConstraint("length(reason) <= 500", name=op.f("ck_budget_revisions_reason_length")),
        sa.CheckConstraint("number >= 1", name=op.f("ck_budget_revisions_number_positive")),
        sa.ForeignKeyConstraint(
            ["chapter_id", "country"], ["chapters.id", "chapters.country"], name="fk_budget_revisions_country"
        ),
        sa.ForeignKeyConstraint(
            ["chapter_id", "line_id"],
            ["budget_lines.chapter_id", "budget_lines.id"],
            name=op.f("fk_budget_revisions_chapter_id_line_id"),
        ),
        sa.ForeignKeyConstraint(["chapter_id"], ["chapters.id"], name=op.f("fk_budget_revisions_chapter_id")),
        sa.PrimaryKeyConstraint("chapter_id", "id", name=op.f("pk_budget_revisions")),
        sa.UniqueConstraint(
            "chapter_id", "line_id", "number", name=op.f("uq_budget_revisions_chapter_id_line_id_number")
        ),
    )
    op.create_index(
        "uq_budget_revisions_current",
        "budget_revisions",
        ["chapter_id", "line_id"],
        unique=True,
        postgresql_where=sa.text("is_current"),
    )
    op.create_table(
        "funding_sources",
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=False),
        sa.Column("chapter_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("currency ~ '^[A-Z]{3}$'", name=op.f("ck_funding_sources_currency_shape")),
        sa.CheckConstraint(
            "kind in ('own', 'donor', 'sponsor', 'in_kind', 'un_women')", name=op.f("ck_funding_sources_kind_known")
        ),
        sa.CheckConstraint(
            "state in ('pledged', 'committed', 'received')", name=op.f("ck_funding_sources_state_known")
        ),
        sa.CheckConstraint("amount_minor between 1 and 10000000000000", name=op.f("ck_funding_sources_amount_reason")),
        sa.CheckConstraint("length(name) between 1 and 120", name=op.f("ck_funding_sources_name_length")),
        sa.ForeignKeyConstraint(
            ["chapter_id", "country"], ["chapters.id", "chapters.country"], name="fk_funding_sources_country"
        ),
        sa.ForeignKeyConstraint(["chapter_id"], ["chapters.id"], name=op.f("fk_funding_sources_chapter_id")),
        sa.PrimaryKeyConstraint("chapter_id", "id", name=op.f("pk_funding_sources")),
    )
    op.create_table(
        "transactions",
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("dated_on", sa.Date(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("budget_line_id", sa.Uuid(), nullable=True),
        sa.Column("source_id", sa.Uuid(), nullable=True),
        sa.Column("reverses_id", sa.Uuid(), nullable=True),
        sa.Column("usd_minor", sa.BigInteger(), nullable=True),
        sa.Column("rate_per_usd", sa.Numeric(precision=18, scale=6), nullable=True),
        sa.Column("rate_starts_on", sa.Date(), nullable=True),
        sa.Column("form_key", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("awaits_desk", sa.Boolean(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("is_outside", sa.Boolean(), nullable=False),
        sa.Column("chapter_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("(kind = 'reversal') = (reverses_id is not null)", name=op.f("ck_transactions_reversal_of")),
        sa.CheckConstraint("currency ~ '^[A-Z]{3}$'", name=op.f("ck_transactions_currency_shape")),
        sa.CheckConstraint(
            "dated_on between date '2014-09-20' and date '2100-01-01'", name=op.f("ck_transactions_dated_on_reason")
        ),
        sa.CheckConstraint("kind = 'expense' or state = 'approved'", name=op.f("ck_transactions_only_expenses_wait")),
        sa.CheckConstraint(
            "kind = 'reversal' or (kind = 'expense') = (budget_line_id is not null)",
            name=op.f("ck_transactions_side_of_kind"),
        ),
        sa.CheckConstraint(
            "kind in ('income', 'expense', 'opening', 'advance', 'reversal')", name=op.f("ck_transactions_kind_known")
        ),
        sa.CheckConstraint(
            "num_nonnulls(decided_at, decided_by) in (0, 2) and (kind = 'expense' and state in ('approved', 'refused')) = (decided_at is not null) and (not is_outside or decided_at is not null) and (not awaits_desk or kind = 'expense')",
            name=op.f("ck_transactions_decided_whole"),
        ),
        sa.CheckConstraint("state in ('pending', 'approved', 'refused')", name=op.f("ck_transactions_state_known")),
        sa.CheckConstraint("amount_minor between 1 and 10000000000000", name=op.f("ck_transactions_amount_reason")),
        sa.CheckConstraint("length(what) between 1 and 200", name=op.f("ck_transactions_what_length")),
        sa.CheckConstraint("num_nonnulls(budget_line_id, source_id) = 1", name=op.f("ck_transactions_one_side")),
        sa.CheckConstraint(
            "num_nonnulls(usd_minor, rate_per_usd, rate_starts_on) in (0, 3) and (usd_minor is null or (usd_minor >= 0 and rate_per_usd > 0 and rate_starts_on <= dated_on))",
            name=op.f("ck_transactions_converted_whole"),
        ),
        sa.ForeignKeyConstraint(
            ["chapter_id", "budget_line_id"],
            ["budget_lines.chapter_id", "budget_lines.id"],
            name=op.f("fk_transactions_chapter_id_budget_line_id"),
        ),
        sa.ForeignKeyConstraint(
            ["chapter_id", "country"], ["chapters.id", "chapters.country"], name="fk_transactions_country"
        ),
        sa.ForeignKeyConstraint(
            ["chapter_id", "reverses_id"],
            ["transactions.chapter_id", "transactions.id"],
            name=op.f("fk_transactions_chapter_id_reverses_id"),
        ),
        sa.ForeignKeyConstraint(
            ["chapter_id", "source_id"],
            ["funding_sources.chapter_id", "funding_sources.id"],
            name=op.f("fk_transactions_chapter_id_source_id"),
        ),
        sa.ForeignKeyConstraint(["chapter_id"], ["chapters.id"], name=op.f("fk_transactions_chapter_id")),
        sa.PrimaryKeyConstraint("chapter_id", "id", name=op.f("pk_transactions")),
        sa.UniqueConstraint("chapter_id", "form_key", name=op.f("uq_transactions_chapter_id_form_key")),
        sa.UniqueConstraint("chapter_id", "reverses_id", name=op.f("uq_transactions_chapter_id_reverses_id")),
    )
    op.create_index("ix_transactions_dated", "transactions", ["chapter_id", "dated_on", "id"], unique=False)
    op.create_index("ix_transactions_line", "transactions", ["chapter_id", "budget_line_id"], unique=False)
    op.create_index(
        "ix_transactions_pending",
        "transactions",
        ["chapter_id", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_index("ix_transactions_source", "transactions", ["chapter_id", "source_id"], unique=False)
    op.create_index(
        "ix_transactions_unconverted",
        "transactions",
        ["chapter_id", "id"],
        unique=False,
        postgresql_where=sa.text("usd_minor is null"),
    )

    policies.open_to(op, "exchange_rates", web="select", worker="select", desk="select")
    policies.raise_wall(op, "budget_lines", web="select, insert")
    policies.raise_wall(op, "budget_revisions", web="select, insert, update (is_current)")
    policies.raise_wall(op, "funding_sources", web="select, insert, update (state)")
    policies.raise_wall(
        op,
        "transactions",
        web="select, insert, update (state, decided_at, decided_by, is_outside, usd_minor, rate_per_usd, rate_starts_on)",
    )
    policies.share_with_desk(op, "budget_lines", ["chapter_id", "id", "country", "currency", "added_at"])
    policies.share_with_desk(
        op,
        "budget_revisions",
        ["chapter_id", "id", "line_id", "country", "number", "is_current", "amount_minor", "made_at"],
    )
    policies.share_with_desk(
        op, "funding_sources", ["chapter_id", "id", "country", "kind", "state", "amount_minor", "currency", "added_at"]
    )
    policies.share_with_desk(
        op,
        "transactions",
        [
            "chapter_id",
            "id",
            "country",
            "kind",
            "state",
            "amount_minor",
            "currency",
            "dated_on",
            "budget_line_id",
            "source_id",
            "reverses_id",
            "usd_minor",
            "rate_per_usd",
            "rate_starts_on",
            "recorded_at",
            "decided_at",
            "is_outside",
            "awaits_desk",
        ],
    )


def downgrade() -> None:
    """Drop the tables again."""
    op.drop_table("transactions")
    op.drop_table("funding_sources")
    op.drop_table("budget_revisions")
    op.drop_table("budget_lines")
    op.drop_table("exchange_rates")

"""Money of a chapter: sources, budgets and transactions. Amounts are whole minor units (ISO 4217)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Index,
    Numeric,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from tenants.chapters.codes import CURRENCIES
from tenants.chapters.models import REASON_LENGTH as CLOSING_REASON_LENGTH
from tenants.db import Base, ChapterOwned, chapter_key, country_key, days_in_bounds, known, one_of

NAME_LENGTH = 120
WHAT_LENGTH = 200
REASON_LENGTH = 500
REFUSAL_LENGTH = CLOSING_REASON_LENGTH  # a chapter that is closed gives its reason to the waiting expenses
MOST_WHOLE = 10_000_000_000_000  # in units of a currency, such as dollars
MOST_MINOR = MOST_WHOLE * 1000  # in the smallest parts of a currency with three decimals
LEAST_RATE = Decimal("0.001")  # with MOST_WHOLE it keeps every amount in dollars within a bigint


class SourceKind(StrEnum):
    """The kinds of funding sources."""

    OWN = "own"
    DONOR = "donor"
    SPONSOR = "sponsor"
    IN_KIND = "in_kind"
    UN_WOMEN = "un_women"


class SourceState(StrEnum):
    """The states of a pledge. Only a gift in kind is received by its state: money is received in the ledger."""

    PLEDGED = "pledged"
    COMMITTED = "committed"
    RECEIVED = "received"
    CANCELLED = "cancelled"


class TransactionKind(StrEnum):
    """The kinds of transactions. A refund comes back from a payee and lowers the spending on a budget line.

    A reversal cancels one earlier transaction in full. That of a refund has its own kind: it adds to the spending.
    """

    INCOME = "income"
    EXPENSE = "expense"
    OPENING = "opening"
    ADVANCE = "advance"
    REFUND = "refund"
    REVERSAL = "reversal"
    REFUND_REVERSAL = "refund_reversal"


ON_A_LINE = (TransactionKind.EXPENSE, TransactionKind.REFUND)
LOWERING = (TransactionKind.REFUND, TransactionKind.REVERSAL)
"""The kinds that are subtracted from a sum."""


class TransactionState(StrEnum):
    """Only an expense waits for a decision; everything else counts as soon as it is recorded."""

    PENDING = "pending"
    APPROVED = "approved"
    REFUSED = "refused"


class ExchangeRate(Base):
    """Units of a currency for one US dollar, valid from a day until the next known rate (UN operational rates)."""

    __tablename__ = "exchange_rates"

    currency: Mapped[str] = mapped_column(String(3), primary_key=True)
    starts_on: Mapped[date] = mapped_column(primary_key=True)
    per_usd: Mapped[Decimal] = mapped_column(Numeric(18, 6))

    __table_args__ = (
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency_shape"),
        CheckConstraint(f"per_usd >= {LEAST_RATE}", name="per_usd_reason"),
        days_in_bounds("starts_on"),
        known("currency", CURRENCIES),
    )


class FundingSource(ChapterOwned, Base):
    """A source of money and its pledge. A gift in kind has a value but is not cash and is never added to it.

    `reason` is why the pledge was last changed or cancelled. What came from the source is in its transactions.
    """

    __tablename__ = "funding_sources"

    country: Mapped[str] = mapped_column(String(2))
    name: Mapped[str]
    kind: Mapped[str]
    state: Mapped[str]
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    number: Mapped[int] = mapped_column(default=1, server_default="1")
    reason: Mapped[str] = mapped_column(default="", server_default="")
    added_at: Mapped[datetime]
    added_by: Mapped[UUID]

    __table_args__ = (
        country_key("funding_sources"),
        one_of("kind", SourceKind),
        one_of("state", SourceState),
        CheckConstraint("state <> 'received' or kind = 'in_kind'", name="cash_received_in_ledger"),
        CheckConstraint("number >= 1", name="number_positive"),
        CheckConstraint(
            f"length(reason) <= {REASON_LENGTH} and (reason <> '' or (state <> 'cancelled' and number = 1))",
            name="reason_given",
        ),
        CheckConstraint(f"length(name) between 1 and {NAME_LENGTH}", name="name_length"),
        CheckConstraint(f"amount_minor between 1 and {MOST_MINOR}", name="amount_reason"),
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency_shape"),
        known("currency", CURRENCIES),
    )


class BudgetLine(ChapterOwned, Base):
    """A purpose that the chapter plans to spend money on. The amount is in its current revision."""

    __tablename__ = "budget_lines"

    country: Mapped[str] = mapped_column(String(2))
    title: Mapped[str]
    currency: Mapped[str] = mapped_column(String(3))
    added_at: Mapped[datetime]

    __table_args__ = (
        country_key("budget_lines"),
        CheckConstraint(f"length(title) between 1 and {NAME_LENGTH}", name="title_length"),
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency_shape"),
        known("currency", CURRENCIES),
    )


class BudgetRevision(ChapterOwned, Base):
    """One revision of the budget of a line. A new revision replaces the one before; both stay readable."""

    __tablename__ = "budget_revisions"

    line_id: Mapped[UUID]
    country: Mapped[str] = mapped_column(String(2))
    number: Mapped[int]
    is_current: Mapped[bool]
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    reason: Mapped[str]
    made_at: Mapped[datetime]
    made_by: Mapped[UUID]

    __table_args__ = (
        chapter_key("line_id", "budget_lines"),
        country_key("budget_revisions"),
        UniqueConstraint("chapter_id", "line_id", "number"),
        CheckConstraint("number >= 1", name="number_positive"),
        CheckConstraint(f"amount_minor between 0 and {MOST_MINOR}", name="amount_reason"),
        CheckConstraint(f"length(reason) <= {REASON_LENGTH}", name="reason_length"),
        Index("uq_budget_revisions_current", "chapter_id", "line_id", unique=True, postgresql_where=text("is_current")),
    )


class Transaction(ChapterOwned, Base):
    """An expense or a refund on a budget line, money from a source, or a reversal on the same side as its original.

    Without a rate for its day it is unconverted: `usd_minor` and both columns of the rate are null together.
    `reason` is why an expense was refused, written by the person who refused it.
    """

    __tablename__ = "transactions"

    country: Mapped[str] = mapped_column(String(2))
    kind: Mapped[str]
    state: Mapped[str]
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    dated_on: Mapped[date]
    what: Mapped[str]
    budget_line_id: Mapped[UUID | None]
    source_id: Mapped[UUID | None]
    reverses_id: Mapped[UUID | None]
    usd_minor: Mapped[int | None] = mapped_column(BigInteger)
    rate_per_usd: Mapped[Decimal | None] = mapped_column(Numeric(18, 6))
    rate_starts_on: Mapped[date | None]
    form_key: Mapped[UUID]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID]
    awaits_desk: Mapped[bool]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]
    is_outside: Mapped[bool]
    reason: Mapped[str] = mapped_column(default="", server_default="")

    @property
    def sign(self) -> int:
        """1, or -1 for a refund or a reversal. `ledger.signed` is the same in SQL."""
        return -1 if self.kind in LOWERING else 1

    __table_args__ = (
        chapter_key("budget_line_id", "budget_lines"),
        chapter_key("source_id", "funding_sources"),
        chapter_key("reverses_id", "transactions"),
        country_key("transactions"),
        UniqueConstraint("chapter_id", "form_key"),
        UniqueConstraint("chapter_id", "reverses_id"),
        one_of("kind", TransactionKind),
        one_of("state", TransactionState),
        CheckConstraint(f"amount_minor between 1 and {MOST_MINOR}", name="amount_reason"),
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency_shape"),
        CheckConstraint("dated_on between date '2014-09-20' and date '2100-01-01'", name="dated_on_reason"),
        CheckConstraint(f"length(what) between 1 and {WHAT_LENGTH}", name="what_length"),
        CheckConstraint("num_nonnulls(budget_line_id, source_id) = 1", name="one_side"),
        CheckConstraint(
            "reverses_id is not null or (kind in ('expense', 'refund')) = (budget_line_id is not null)",
            name="side_of_kind",
        ),
        CheckConstraint("(kind in ('reversal', 'refund_reversal')) = (reverses_id is not null)", name="reversal_of"),
        CheckConstraint("kind <> 'refund_reversal' or budget_line_id is not null", name="refund_of_a_line"),
        CheckConstraint(
            "num_nonnulls(usd_minor, rate_per_usd, rate_starts_on) in (0, 3) "
            "and (usd_minor is null or (usd_minor >= 0 and rate_per_usd > 0 and rate_starts_on <= dated_on))",
            name="converted_whole",
        ),
        CheckConstraint("kind = 'expense' or state = 'approved'", name="only_expenses_wait"),
        CheckConstraint(
            "num_nonnulls(decided_at, decided_by) in (0, 2) "
            "and (kind = 'expense' and state in ('approved', 'refused')) = (decided_at is not null) "
            "and (not is_outside or decided_at is not null) and (not awaits_desk or kind = 'expense')",
            name="decided_whole",
        ),
        CheckConstraint(
            f"reason = '' or (state = 'refused' and length(reason) <= {REFUSAL_LENGTH})", name="reason_of_refusal"
        ),
        Index("ix_transactions_dated", "chapter_id", "dated_on", "id"),
        Index("ix_transactions_line", "chapter_id", "budget_line_id"),
        Index("ix_transactions_source", "chapter_id", "source_id"),
        Index("ix_transactions_pending", "chapter_id", "id", postgresql_where=text("state = 'pending'")),
        Index("ix_transactions_unconverted", "chapter_id", "id", postgresql_where=text("usd_minor is null")),
        days_in_bounds("dated_on", "rate_starts_on"),
        known("currency", CURRENCIES),
    )

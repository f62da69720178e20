"""Queries over the bound chapter's money. They only read."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    RowMapping,
    Select,
    SQLColumnExpression,
    and_,
    case,
    cast,
    func,
    join,
    select,
    true,
)
from sqlalchemy.orm import Session, aliased

from tenants.action_kit.evaluation.closing import lies_in_closed
from tenants.action_kit.funding.models import (
    LOWERING,
    BudgetLine,
    BudgetRevision,
    ExchangeRate,
    FundingSource,
    SourceKind,
    SourceState,
    Transaction,
    TransactionState,
)
from tenants.action_kit.funding.rates import latest_rate
from tenants.keyset import Window, rows_in
from tenants.people.queries import known_as, name_in
from tenants.scope import bound_chapter

MOST_ROWS = 100  # sources, lines and unconverted rows that a page shows


@dataclass(frozen=True)
class Totals:
    """The chapter's totals in its own currency, in minor units; other currencies add nothing here.

    `needed` is the current budgets, `agreed` what sources have committed or paid, `arrived` what was received, `coming`
    what is committed but not received. `usd_spent` sums approved, converted expenses of every currency.
    """

    needed: int
    agreed: int
    arrived: int
    coming: int
    pledged: int
    in_kind: int
    spent: int
    usd_spent: int
    lines: int
    waiting: int
    unconverted: int
    elsewhere: int

    @property
    def in_hand(self) -> int:
        """The amount received and not spent; below zero if more was spent."""
        return self.arrived - self.spent

    @property
    def to_find(self) -> int:
        """The part of the budget that no source has agreed to yet."""
        return max(self.needed - self.agreed, 0)


@dataclass(frozen=True)
class SourceRow:
    """A source and the amount received from it, in its own currency."""

    source: FundingSource
    arrived: int

    @property
    def came(self) -> int:
        """The amount that counts as received: all of a source in state received, even if no payment is recorded."""
        is_in = self.source.state == SourceState.RECEIVED
        return max(self.arrived, self.source.amount_minor) if is_in else self.arrived


@dataclass(frozen=True)
class LineRow:
    """A budget line, its current budget and the amount spent, in its own currency."""

    line: BudgetLine
    budget: BudgetRevision
    spent: int


@dataclass(frozen=True)
class TransactionRow:
    """A transaction, the names shown with it, whether it was reversed, and whether its period is closed."""

    row: Transaction
    side: str
    by: str | None
    decided_by: str | None
    is_reversed: bool
    is_closed: bool


def signed(amount: Any) -> ColumnElement[int]:
    """Return `amount`, a column of Transaction, negated for refunds and reversals."""
    return case((Transaction.kind.in_(LOWERING), -amount), else_=amount)


def counts() -> ColumnElement[bool]:
    """Return the condition for a transaction to count: it is approved."""
    return Transaction.state == TransactionState.APPROVED


def totals(session: Session, *, currency: str) -> Totals:
    """Return the bound chapter's totals in its own `currency`, in one statement."""
    return _make_totals(session.execute(_select_totals(session, currency)).mappings().one())


def totals_with_rate(session: Session, *, currency: str, day: date) -> tuple[Totals, ExchangeRate | None]:
    """Return the totals, and the exchange rate of `currency` on a day if there is one, in one statement."""
    rate = latest_rate(currency, day).subquery()
    sums = _select_totals(session, currency).subquery()
    row = session.execute(select(sums, rate.c.starts_on, rate.c.per_usd).outerjoin(rate, true())).mappings().one()
    per_usd, starts_on = row["per_usd"], row["starts_on"]
    exchange_rate = None if per_usd is None else ExchangeRate(currency=currency, starts_on=starts_on, per_usd=per_usd)
    return _make_totals(row), exchange_rate


def _make_totals(row: RowMapping) -> Totals:
    return Totals(**{field.name: int(row[field.name] or 0) for field in fields(Totals)})


def _select_totals(session: Session, currency: str) -> Select[Any]:
    chapter_id = bound_chapter(session)
    receipts = _select_arrived().subquery()
    paid_amount = func.coalesce(receipts.c.arrived, 0)
    is_agreed = FundingSource.state.in_([SourceState.COMMITTED, SourceState.RECEIVED])
    is_cash = FundingSource.kind != SourceKind.IN_KIND
    amount = FundingSource.amount_minor
    arrived_amount = case(
        (FundingSource.state == SourceState.RECEIVED, func.greatest(paid_amount, amount)), else_=paid_amount
    )
    missing = case((FundingSource.state == SourceState.COMMITTED, func.greatest(amount - paid_amount, 0)), else_=0)
    sources = (
        select(
            _sum_where(amount, is_cash, is_agreed).label("agreed"),
            _sum_where(arrived_amount, is_cash).label("arrived"),
            _sum_where(missing, is_cash).label("coming"),
            _sum_where(amount, is_cash, ~is_agreed).label("pledged"),
            _sum_where(amount, ~is_cash).label("in_kind"),
        )
        .select_from(FundingSource)
        .outerjoin(
            receipts, and_(receipts.c.source_id == FundingSource.id, receipts.c.currency == FundingSource.currency)
        )
        .where(FundingSource.chapter_id == chapter_id, FundingSource.currency == currency)
        .subquery()
    )
    budget = (
        select(_sum_where(BudgetRevision.amount_minor).label("needed"), func.count(BudgetRevision.id).label("lines"))
        .join(BudgetLine, BudgetLine.id == BudgetRevision.line_id)
        .where(BudgetRevision.is_current, BudgetLine.currency == currency)
        .subquery()
    )
    is_out, is_own_currency = Transaction.budget_line_id.is_not(None), Transaction.currency == currency
    money = select(
        _sum_where(signed(Transaction.amount_minor), counts(), is_out, is_own_currency).label("spent"),
        _sum_where(signed(Transaction.usd_minor), counts(), is_out).label("usd_spent"),
        func.count(Transaction.id).filter(Transaction.state == TransactionState.PENDING).label("waiting"),
        func.count(Transaction.id)
        .filter(Transaction.usd_minor.is_(None), Transaction.state != TransactionState.REFUSED)
        .label("unconverted"),
        func.count(Transaction.id).filter(~is_own_currency, counts()).label("elsewhere"),
    ).subquery()
    return select(sources, budget, money).select_from(join(join(sources, budget, true()), money, true()))


def list_sources(session: Session) -> list[SourceRow]:
    """Return the sources with the amount received from each, the first added first, at most MOST_ROWS."""
    receipts = _select_arrived().subquery()
    statement = (
        select(FundingSource, func.coalesce(receipts.c.arrived, 0))
        .outerjoin(
            receipts, and_(receipts.c.source_id == FundingSource.id, receipts.c.currency == FundingSource.currency)
        )
        .order_by(FundingSource.id)
        .limit(MOST_ROWS)
    )
    return [SourceRow(source, int(amount)) for source, amount in session.execute(statement)]


def list_lines(session: Session) -> list[LineRow]:
    """Return the budget lines with budget and spending, the first added first, at most MOST_ROWS."""
    spending = (
        select(
            Transaction.budget_line_id.label("line_id"),
            Transaction.currency,
            _sum_where(signed(Transaction.amount_minor)).label("spent"),
        )
        .where(Transaction.budget_line_id.is_not(None), counts())
        .group_by(Transaction.budget_line_id, Transaction.currency)
        .subquery()
    )
    statement = (
        select(BudgetLine, BudgetRevision, func.coalesce(spending.c.spent, 0))
        .join(BudgetRevision, and_(BudgetRevision.line_id == BudgetLine.id, BudgetRevision.is_current))
        .outerjoin(spending, and_(spending.c.line_id == BudgetLine.id, spending.c.currency == BudgetLine.currency))
        .order_by(BudgetLine.id)
        .limit(MOST_ROWS)
    )
    return [LineRow(line, budget, int(amount)) for line, budget, amount in session.execute(statement)]


def list_transactions(session: Session, window: Window) -> list[TransactionRow]:
    """Return transactions, the latest day first; a cursor is a day and a transaction's id."""
    key = (Transaction.dated_on, Transaction.id)
    return [
        TransactionRow(*row) for row in rows_in(session, _select_transactions(session), window, key, descending=True)
    ]


def list_unconverted(session: Session) -> list[Transaction]:
    """Return transactions without an amount in dollars, the latest day first, at most MOST_ROWS; no refused ones."""
    statement = (
        select(Transaction)
        .where(Transaction.usd_minor.is_(None), Transaction.state != TransactionState.REFUSED)
        .order_by(Transaction.dated_on.desc(), Transaction.id.desc())
        .limit(MOST_ROWS)
    )
    return list(session.scalars(statement))


def period_spending(session: Session, starts_on: date, ends_on: date) -> list[tuple[UUID, int | None]]:
    """Return approved expenses, refunds and their reversals dated from `starts_on` to `ends_on` (both included).

    Each comes with its US cents, which are below zero if they lower the spending and None if it is unconverted.
    """
    statement = (
        select(Transaction.id, signed(Transaction.usd_minor))
        .where(
            Transaction.budget_line_id.is_not(None),
            counts(),
            Transaction.dated_on.between(starts_on, ends_on),
        )
        .order_by(Transaction.dated_on, Transaction.id)
    )
    return [(transaction_id, cents) for transaction_id, cents in session.execute(statement)]


def current_revision(session: Session, line_id: UUID) -> BudgetRevision:
    """Return the current budget of a line of the bound chapter; raises NoResultFound."""
    statement = select(BudgetRevision).where(BudgetRevision.line_id == line_id, BudgetRevision.is_current)
    return session.scalars(statement.execution_options(populate_existing=True)).one()


def budgets_of(session: Session, line_id: UUID) -> list[BudgetRevision]:
    """Return the budget revisions of a line, the latest first, at most MOST_ROWS."""
    statement = select(BudgetRevision).where(BudgetRevision.line_id == line_id)
    return list(session.scalars(statement.order_by(BudgetRevision.number.desc()).limit(MOST_ROWS)))


def _select_arrived() -> Select[UUID | None, str, int]:
    return (
        select(
            Transaction.source_id, Transaction.currency, _sum_where(signed(Transaction.amount_minor)).label("arrived")
        )
        .where(Transaction.source_id.is_not(None), counts())
        .group_by(Transaction.source_id, Transaction.currency)
    )


def _select_transactions(session: Session) -> Select[Transaction, str, str | None, str | None, bool, bool]:
    chapter_id, reversal = bound_chapter(session), aliased(Transaction)
    return (
        select(
            Transaction,
            func.coalesce(BudgetLine.title, FundingSource.name),
            name_in(chapter_id, Transaction.recorded_by),
            known_as(chapter_id, Transaction.decided_by),
            reversal.id.is_not(None),
            lies_in_closed(session, Transaction.dated_on),
        )
        .outerjoin(BudgetLine, BudgetLine.id == Transaction.budget_line_id)
        .outerjoin(FundingSource, FundingSource.id == Transaction.source_id)
        .outerjoin(reversal, and_(reversal.chapter_id == chapter_id, reversal.reverses_id == Transaction.id))
    )


def _sum_where(column: SQLColumnExpression[int], *conditions: ColumnElement[bool]) -> ColumnElement[int]:
    total: Any = func.sum(column).filter(*conditions) if conditions else func.sum(column)
    return cast(total, BigInteger)

"""Queries over the bound chapter's money. They only read."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    RowMapping,
    Select,
    SQLColumnExpression,
    and_,
    func,
    join,
    literal,
    select,
    true,
)
from sqlalchemy.orm import Session, aliased

from tenants.action_kit.evaluation.closing import lies_in_closed
from tenants.action_kit.funding.ledger import (
    agreed_of_source,
    amount_in,
    arrived_from_source,
    counts,
    is_unconverted,
    pledge_in,
    signed,
)
from tenants.action_kit.funding.models import (
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
    """The chapter's totals in its own currency, in minor units. Cash is from the transactions alone (ledger.py).

    `needed` is the current budgets, `agreed` what arrived and is coming, `arrived` what was received, `coming` what is
    committed but not received. `elsewhere` counts the transactions that no sum includes, because a rate is missing.
    `usd_spent` sums approved, converted expenses of every currency, `usd_missing` counts those that are not converted.
    """

    needed: int
    agreed: int
    arrived: int
    coming: int
    pledged: int
    in_kind: int
    spent: int
    usd_spent: int
    usd_missing: int
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
    code = literal(currency)
    source_sums = (
        select(
            FundingSource.kind,
            FundingSource.state,
            pledge_in(code).label("pledge"),
            arrived_from_source(code).label("arrived"),
            agreed_of_source(arrived_from_source(code), pledge_in(code)).label("agreed"),
        )
        .where(FundingSource.chapter_id == chapter_id)
        .subquery()
    )
    columns = source_sums.c
    is_cash, is_pledged = columns.kind != SourceKind.IN_KIND, columns.state == SourceState.PLEDGED
    sources = select(
        _sum_where(columns.agreed, is_cash).label("agreed"),
        _sum_where(columns.arrived, is_cash).label("arrived"),
        _sum_where(columns.agreed - columns.arrived, is_cash).label("coming"),
        _sum_where(func.greatest(columns.pledge - columns.arrived, 0), is_cash, is_pledged).label("pledged"),
        _sum_where(columns.pledge, ~is_cash, columns.state != SourceState.CANCELLED).label("in_kind"),
    ).subquery()
    budget = (
        select(_sum_where(BudgetRevision.amount_minor).label("needed"), func.count(BudgetRevision.id).label("lines"))
        .join(BudgetLine, BudgetLine.id == BudgetRevision.line_id)
        .where(BudgetRevision.is_current, BudgetLine.currency == currency)
        .subquery()
    )
    is_out, own_amount = Transaction.budget_line_id.is_not(None), amount_in(code)
    money = select(
        _sum_where(signed(own_amount), counts(), is_out).label("spent"),
        _sum_where(signed(Transaction.usd_minor), counts(), is_out).label("usd_spent"),
        func.count(Transaction.id).filter(Transaction.usd_minor.is_(None), counts(), is_out).label("usd_missing"),
        func.count(Transaction.id).filter(Transaction.state == TransactionState.PENDING).label("waiting"),
        func.count(Transaction.id).filter(is_unconverted(currency)).label("unconverted"),
        func.count(Transaction.id).filter(own_amount.is_(None), counts()).label("elsewhere"),
    ).subquery()
    return select(sources, budget, money).select_from(join(join(sources, budget, true()), money, true()))


def list_lines(session: Session) -> list[LineRow]:
    """Return the budget lines with budget and spending, the first added first, at most MOST_ROWS."""
    spent_amount = (
        select(func.coalesce(func.sum(signed(amount_in(BudgetLine.currency))), 0))
        .where(Transaction.budget_line_id == BudgetLine.id, counts())
        .correlate(BudgetLine)
        .scalar_subquery()
    )
    statement = (
        select(BudgetLine, BudgetRevision, spent_amount)
        .join(BudgetRevision, and_(BudgetRevision.line_id == BudgetLine.id, BudgetRevision.is_current))
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


def find_transaction(session: Session, transaction_id: UUID) -> TransactionRow | None:
    """Return a transaction of the bound chapter."""
    row = session.execute(_select_transactions(session).where(Transaction.id == transaction_id)).one_or_none()
    return None if row is None else TransactionRow(*row)


def list_unconverted(session: Session, *, currency: str) -> list[Transaction]:
    """Return unconverted transactions, the latest day first, at most MOST_ROWS; no refused ones."""
    statement = (
        select(Transaction)
        .where(is_unconverted(currency))
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
    return func.sum(column).filter(*conditions) if conditions else func.sum(column)

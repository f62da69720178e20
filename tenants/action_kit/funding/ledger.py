"""What came and what was spent, from the transactions alone. A pledge or its state never adds to it.

An amount in another currency is converted by way of the dollars on its row, at the rate of its day. Without both rates
it counts in no sum, and is listed as unconverted.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from babel.numbers import list_currencies
from sqlalchemy import (
    ColumnElement,
    Numeric,
    ScalarSelect,
    SQLColumnExpression,
    and_,
    case,
    cast,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from tenants.action_kit.funding.currencies import decimals_of
from tenants.action_kit.funding.models import (
    LOWERING,
    ExchangeRate,
    FundingSource,
    SourceState,
    Transaction,
    TransactionState,
)
from tenants.action_kit.funding.money import USD

CENTS = 100
WITH_OTHER_DECIMALS = {
    decimals: [code for code in sorted(list_currencies()) if decimals_of(code) == decimals]
    for decimals in {decimals_of(code) for code in list_currencies()} - {2}
}


def signed(amount: Any) -> ColumnElement[int]:
    """Return `amount`, a column of Transaction, negated for refunds and reversals."""
    product: ColumnElement[int] = amount * case((Transaction.kind.in_(LOWERING), -1), else_=1)
    return product


def counts() -> ColumnElement[bool]:
    """Return the condition for a transaction to count: it is approved."""
    return Transaction.state == TransactionState.APPROVED


def amount_in(
    currency: SQLColumnExpression[str], *, is_own: Callable[[Any], ColumnElement[bool]] | None = None
) -> ColumnElement[int | None]:
    """Return a transaction's amount in minor units of `currency`, null without a rate. A reversal keeps its rate.

    A statement that the session does not tie to its chapter passes `is_own`, which ties a table to it.
    """
    original = aliased(Transaction)
    original_day = select(original.dated_on).where(
        original.chapter_id == Transaction.chapter_id, original.id == Transaction.reverses_id
    )
    if is_own is not None:
        original_day = original_day.where(is_own(original))
    day = func.coalesce(original_day.correlate_except(original).scalar_subquery(), Transaction.dated_on)
    rate = select(ExchangeRate.per_usd).where(ExchangeRate.currency == currency, ExchangeRate.starts_on <= day)
    per_usd = rate.order_by(ExchangeRate.starts_on.desc()).limit(1).correlate_except(ExchangeRate)
    converted_amount = func.round(Transaction.usd_minor * per_usd.scalar_subquery() * _minor_units(currency) / CENTS)
    return case(
        (Transaction.currency == currency, cast(Transaction.amount_minor, Numeric)),
        (currency == USD, cast(Transaction.usd_minor, Numeric)),
        else_=converted_amount,
    )


def is_unconverted(currency: str) -> ColumnElement[bool]:
    """Whether a transaction is in no sum of dollars, or in none of the chapter's `currency`; refused ones are not."""
    own_amount = amount_in(literal(currency))
    return and_(
        Transaction.state != TransactionState.REFUSED, or_(Transaction.usd_minor.is_(None), own_amount.is_(None))
    )


def arrived_from_source(
    currency: SQLColumnExpression[str], *, is_own: Callable[[Any], ColumnElement[bool]] | None = None
) -> ScalarSelect[int]:
    """Return what came from the FundingSource of the statement, in minor units of `currency`."""
    conditions = [] if is_own is None else [is_own(Transaction)]
    return (
        select(func.coalesce(func.sum(signed(amount_in(currency, is_own=is_own))), 0))
        .where(Transaction.chapter_id == FundingSource.chapter_id, Transaction.source_id == FundingSource.id, counts())
        .where(*conditions)
        .correlate_except(Transaction)
        .scalar_subquery()
    )


def pledge_in(currency: SQLColumnExpression[str]) -> ColumnElement[int]:
    """Return the pledge of the FundingSource of the statement. One in another currency counts once its money came."""
    return case((FundingSource.currency == currency, FundingSource.amount_minor), else_=0)


def agreed_of_source(arrived_amount: ColumnElement[int], pledge: ColumnElement[int]) -> ColumnElement[int]:
    """Return what came, or the pledge if it is agreed and greater."""
    return func.greatest(arrived_amount, case((FundingSource.state == SourceState.COMMITTED, pledge), else_=0))


def _minor_units(currency: SQLColumnExpression[str]) -> ColumnElement[int]:
    units = [(currency.in_(codes), literal(10**decimals)) for decimals, codes in WITH_OTHER_DECIMALS.items()]
    return case(*units, else_=CENTS)

"""The sources of the bound chapter with what came from each, by currency."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import starmap

from sqlalchemy import ColumnElement, ScalarSelect, func, literal, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session

from tenants.action_kit.funding.ledger import (
    agreed_of_source,
    amount_in,
    arrived_from_source,
    counts,
    pledge_in,
    signed,
)
from tenants.action_kit.funding.models import FundingSource, SourceState, Transaction

MOST_SOURCES = 100  # that a page shows


@dataclass(frozen=True)
class Receipts:
    """What came from a source in one currency, and the same in the chapter's currency; None without a rate."""

    currency: str
    amount: int
    converted: int | None


@dataclass(frozen=True)
class SourceRow:
    """A source with what came from it. `agreed` and `arrived` are in the chapter's currency and add up to the totals.

    `paid` is what came in the currency of the pledge, as far as there are rates.
    """

    source: FundingSource
    agreed: int
    arrived: int
    paid: int
    receipts: tuple[Receipts, ...] = ()

    @property
    def missing(self) -> int:
        """The part of the pledge that has not come, in its own currency; zero once it is cancelled."""
        is_expected = self.source.state != SourceState.CANCELLED
        return max(self.source.amount_minor - self.paid, 0) if is_expected else 0


def list_sources(session: Session, *, currency: str) -> list[SourceRow]:
    """Return the sources with what came from each, the first added first, at most MOST_SOURCES.

    `currency` is the chapter's.
    """
    code = literal(currency)
    arrived_amount = arrived_from_source(code)
    statement = (
        select(
            FundingSource,
            agreed_of_source(arrived_amount, pledge_in(code)),
            arrived_amount,
            arrived_from_source(FundingSource.currency),
            _receipts(code),
        )
        .order_by(FundingSource.id)
        .limit(MOST_SOURCES)
    )
    return [
        SourceRow(source, int(sums[0]), int(sums[1]), int(sums[2]), tuple(starmap(Receipts, receipts or ())))
        for source, *sums, receipts in session.execute(statement)
    ]


def _receipts(code: ColumnElement[str]) -> ScalarSelect[list[tuple[str, int, int | None]]]:
    """Select the receipts of a source by currency as JSON, those with a rate apart from those without."""
    own_amount = amount_in(code)
    by_currency = (
        select(
            Transaction.currency,
            func.sum(signed(Transaction.amount_minor)).label("amount"),
            func.sum(signed(own_amount)).label("converted"),
        )
        .where(Transaction.chapter_id == FundingSource.chapter_id, Transaction.source_id == FundingSource.id, counts())
        .group_by(Transaction.currency, own_amount.is_(None))
        .correlate(FundingSource)
        .subquery()
    )
    columns = by_currency.c
    row = func.jsonb_build_array(columns.currency, columns.amount, columns.converted)
    return (
        select(func.jsonb_agg(aggregate_order_by(row, columns.currency))).where(columns.amount != 0).scalar_subquery()
    )

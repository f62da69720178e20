"""What step 3 expects: expenses decided on soon, and budgets that are not overspent."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, select

from tenants.action_kit.funding.models import (
    BudgetLine,
    BudgetRevision,
    FundingSource,
    SourceKind,
    SourceState,
    Transaction,
    TransactionState,
)
from tenants.action_kit.funding.queries import signed
from tenants.chapters.models import Chapter
from tenants.obligations.models import ObligationKind
from tenants.obligations.selects import DAYS_TO_DECIDE, Here, Leg, day_there, decides, joined, leads, leg
from tenants.people.permissions import Permission


def legs(here: Here) -> list[Leg]:
    """Return the legs: an expense that waits, and a line on which more is approved than its budget."""
    return [_to_approve(here), _to_revise(here)]


def standing(here: Here) -> ColumnElement[Any]:
    """Return done where agreed sources cover the whole budget, prog once anything is written down.

    Sources count in the currencies of the budget; gifts in kind do not.
    """
    needed = (
        select(func.coalesce(func.sum(BudgetRevision.amount_minor), 0))
        .where(here.own(BudgetRevision), BudgetRevision.is_current)
        .correlate(Chapter)
        .scalar_subquery()
    )
    agreed = (
        select(func.coalesce(func.sum(FundingSource.amount_minor), 0))
        .where(
            here.own(FundingSource),
            FundingSource.kind != SourceKind.IN_KIND,
            FundingSource.state.in_([SourceState.COMMITTED, SourceState.RECEIVED]),
            exists(BudgetLine.id).where(
                BudgetLine.chapter_id == FundingSource.chapter_id,
                here.of(BudgetLine.chapter_id),
                BudgetLine.currency == FundingSource.currency,
            ),
        )
        .correlate(Chapter)
        .scalar_subquery()
    )
    begun = [exists(table.id).where(here.own(table)) for table in (FundingSource, BudgetLine, Transaction)]
    return case((and_(needed > 0, agreed >= needed), "done"), (begun[0] | begun[1] | begun[2], "prog"), else_="none")


def _to_approve(here: Here) -> Leg:
    return leg(
        here,
        ObligationKind.EXPENSE_TO_APPROVE,
        subject_id=Transaction.id,
        due_on=day_there(Transaction.recorded_at) + DAYS_TO_DECIDE,
        source=joined(Transaction, here, Transaction.state == TransactionState.PENDING),
        owner=decides(Permission.APPROVE_EXPENSE, but=Transaction.recorded_by),
        title=Transaction.what if here.owners else None,
    )


def _to_revise(here: Here) -> Leg:
    """Return the leg due on the day of the latest decision; money in other currencies is not compared."""
    own_budget = and_(
        BudgetRevision.chapter_id == BudgetLine.chapter_id,
        here.of(BudgetRevision.chapter_id),
        BudgetRevision.line_id == BudgetLine.id,
        BudgetRevision.is_current,
    )
    return leg(
        here,
        ObligationKind.BUDGET_TO_REVISE,
        subject_id=BudgetLine.id,
        due_on=_on_line(here, func.max(day_there(Transaction.decided_at))),
        source=joined(BudgetLine, here).join(BudgetRevision, own_budget),
        where=[_on_line(here, func.sum(signed(Transaction.amount_minor))) > BudgetRevision.amount_minor],
        owner=leads(here),
        title=BudgetLine.title if here.owners else None,
    )


def _on_line(here: Here, value: ColumnElement[Any]) -> ColumnElement[date]:
    """Return an aggregate over what counts on the budget line, in its currency."""
    return (
        select(value)
        .where(
            here.own(Transaction),
            Transaction.budget_line_id == BudgetLine.id,
            Transaction.currency == BudgetLine.currency,
            Transaction.state == TransactionState.APPROVED,
        )
        .correlate(Chapter, BudgetLine)
        .scalar_subquery()
    )

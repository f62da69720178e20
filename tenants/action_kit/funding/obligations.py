"""Obligations of step 3: expenses are decided on soon, and overspent budgets are revised."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, select

from tenants.action_kit.funding.ledger import agreed_of_source, amount_in, arrived_from_source, pledge_in, signed
from tenants.action_kit.funding.models import (
    BudgetLine,
    BudgetRevision,
    FundingSource,
    SourceKind,
    Transaction,
    TransactionState,
)
from tenants.chapters.models import Chapter
from tenants.obligations.models import ObligationKind, Responsible, Step
from tenants.obligations.selects import (
    DAYS_TO_DECIDE,
    DueRows,
    StatementScope,
    acting_focal_point,
    chapters_with,
    deciders,
    local_day,
)
from tenants.people.permissions import Permission


def progress(scope: StatementScope) -> ColumnElement[Any]:
    """Return the state of step 3: wait while an expense waits for a decision of the chapter or UN Women.

    Otherwise it is done if agreed money covers the whole budget, and prog once anything is recorded.
    The sums are those of the page, in the chapter's currency; gifts in kind do not count.
    """
    budget_total = (
        select(func.coalesce(func.sum(BudgetRevision.amount_minor), 0))
        .join(BudgetLine, and_(BudgetLine.chapter_id == BudgetRevision.chapter_id, _of_line()))
        .where(scope.is_own(BudgetRevision), scope.is_own(BudgetLine), BudgetRevision.is_current)
        .where(BudgetLine.currency == Chapter.currency)
        .correlate(Chapter)
        .scalar_subquery()
    )
    arrived_amount = arrived_from_source(Chapter.currency, is_own=scope.is_own)
    agreed_total = (
        select(func.coalesce(func.sum(agreed_of_source(arrived_amount, pledge_in(Chapter.currency))), 0))
        .where(scope.is_own(FundingSource), FundingSource.kind != SourceKind.IN_KIND)
        .correlate(Chapter)
        .scalar_subquery()
    )
    has_rows = [exists(table.id).where(scope.is_own(table)) for table in (FundingSource, BudgetLine, Transaction)]
    is_undecided = exists(Transaction.id).where(
        scope.is_own(Transaction), Transaction.state == TransactionState.PENDING
    )
    return case(
        (is_undecided, "wait"),
        (and_(budget_total > 0, agreed_total >= budget_total), "done"),
        (has_rows[0] | has_rows[1] | has_rows[2], "prog"),
        else_="none",
    )


def _to_approve(scope: StatementScope) -> DueRows:
    return DueRows(
        subject_id=Transaction.id,
        due_on=local_day(Transaction.recorded_at) + DAYS_TO_DECIDE,
        source=chapters_with(Transaction, scope, Transaction.state == TransactionState.PENDING),
        owner=deciders(Permission.APPROVE_EXPENSE, requester=Transaction.recorded_by),
        awaits_desk=Transaction.awaits_desk.expression,
        title=Transaction.what if scope.names_owners else None,
    )


def _to_revise(scope: StatementScope) -> DueRows:
    """Return overspent budget lines, due on the day of the latest decision. Unconverted amounts are left out."""
    own_budget = and_(
        BudgetRevision.chapter_id == BudgetLine.chapter_id,
        scope.covers(BudgetRevision.chapter_id),
        _of_line(),
        BudgetRevision.is_current,
    )
    amount = amount_in(BudgetLine.currency, is_own=scope.is_own)
    return DueRows(
        subject_id=BudgetLine.id,
        due_on=_on_line(scope, func.max(local_day(Transaction.decided_at))),
        source=chapters_with(BudgetLine, scope).join(BudgetRevision, own_budget),
        where=[_on_line(scope, func.sum(signed(amount))) > BudgetRevision.amount_minor],
        owner=acting_focal_point(scope),
        title=BudgetLine.title if scope.names_owners else None,
    )


def _of_line() -> ColumnElement[bool]:
    return BudgetRevision.line_id == BudgetLine.id


def _on_line(scope: StatementScope, value: ColumnElement[Any]) -> ColumnElement[date]:
    """Return an aggregate over the approved transactions of the budget line."""
    return (
        select(value)
        .where(
            scope.is_own(Transaction),
            Transaction.budget_line_id == BudgetLine.id,
            Transaction.state == TransactionState.APPROVED,
        )
        .correlate(Chapter, BudgetLine)
        .scalar_subquery()
    )


EXPENSE_TO_APPROVE = ObligationKind(
    code="expense_to_approve",
    step=Step.FUNDING,
    due_rows=_to_approve,
    permission=Permission.APPROVE_EXPENSE,
    may_wait=False,
    responsible=Responsible.EITHER,
    is_request=True,
)
BUDGET_TO_REVISE = ObligationKind(
    code="budget_to_revise",
    step=Step.FUNDING,
    due_rows=_to_revise,
    permission=Permission.EDIT_FUNDING,
    may_wait=False,
)

KINDS = (EXPENSE_TO_APPROVE, BUDGET_TO_REVISE)

"""Route requests: to the chapter if a member other than the requester may decide there, otherwise to the desk."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tenants.action_kit.funding.models import Transaction, TransactionState
from tenants.action_kit.plan.models import PlanVersion, VersionState
from tenants.approvals import change_deciders, deciders
from tenants.audit import record
from tenants.people.permissions import Permission


def route_again(session: Session, *, actor_id: UUID | None, at: datetime) -> None:
    """Route pending requests again, in the transaction in which a member of the bound chapter joins or leaves.

    Each rerouted request is on the audit trail. A request that is being decided on meanwhile stays as decided.
    """
    session.flush()
    change_deciders(session)
    expenses = select(Transaction).where(Transaction.state == TransactionState.PENDING).order_by(Transaction.id)
    plans = select(PlanVersion).where(PlanVersion.state == VersionState.SUBMITTED)
    to_approve = deciders(session, Permission.APPROVE_EXPENSE)
    for expense in session.scalars(expenses.with_for_update().execution_options(populate_existing=True)):
        _route(session, expense, is_here=bool(to_approve - {expense.recorded_by}), actor_id=actor_id, at=at)
    to_approve = deciders(session, Permission.APPROVE_PLAN)
    for version in session.scalars(plans.with_for_update().execution_options(populate_existing=True)):
        _route(session, version, is_here=bool(to_approve - {version.submitted_by}), actor_id=actor_id, at=at)
    session.flush()


def _route(
    session: Session, request: Transaction | PlanVersion, *, is_here: bool, actor_id: UUID | None, at: datetime
) -> None:
    if request.awaits_desk is not is_here:
        return
    request.awaits_desk = not is_here
    if is_here:
        record(session, at=at, actor_id=actor_id, action="request.to_chapter", subject_id=request.id)
    else:
        record(session, at=at, actor_id=actor_id, action="request.to_desk", subject_id=request.id)

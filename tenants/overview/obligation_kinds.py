"""Every kind of obligation and the progress of every step, collected from the steps in their order."""

from __future__ import annotations

from sqlalchemy import Subquery, union_all

from tenants.action_kit.activities import obligations as activities
from tenants.action_kit.focal_point import obligations as focal_point
from tenants.action_kit.funding import obligations as funding
from tenants.action_kit.launch import obligations as launch
from tenants.action_kit.plan import obligations as plan
from tenants.action_kit.reports import obligations as reports
from tenants.obligations.models import ObligationKind, Step, selects_of
from tenants.obligations.selects import StatementScope

KINDS: tuple[ObligationKind, ...] = (
    *focal_point.KINDS,
    *plan.KINDS,
    *funding.KINDS,
    *launch.KINDS,
    *activities.KINDS,
    *reports.KINDS,
)
BY_CODE: dict[str, ObligationKind] = {kind.code: kind for kind in KINDS}
PROGRESS = {
    Step.FOCAL_POINT: focal_point.progress,
    Step.PLAN: plan.progress,
    Step.FUNDING: funding.progress,
    Step.LAUNCH: launch.progress,
    Step.ACTIVITIES: activities.progress,
    Step.EVALUATION: reports.progress,
}


def selects_of_all_kinds(scope: StatementScope) -> Subquery:
    """Return a subquery for what is due of every kind that the login can read, with the columns of their selects."""
    return union_all(*selects_of(KINDS, scope)).subquery()

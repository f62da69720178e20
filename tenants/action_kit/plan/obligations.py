"""Obligations of step 2: a plan is sent and decided on, and its activities take place by their due dates."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select
from sqlalchemy.orm import aliased, join

from tenants.action_kit.activities.models import ActivityRevision
from tenants.action_kit.plan.models import PlanLine, PlanVersion, PlanVersionLine, VersionState
from tenants.chapters.models import Chapter
from tenants.obligations.ladder import AFTER_A_DAY, BEFORE_AND_AFTER
from tenants.obligations.models import ObligationKind, Responsible, Step
from tenants.obligations.selects import (
    DAYS_TO_ANSWER,
    DAYS_TO_DECIDE,
    DueRows,
    Owner,
    StatementScope,
    acting_focal_point,
    chapters_with,
    deciders,
    local_day,
)
from tenants.people.models import Membership
from tenants.people.permissions import Permission

DAYS_TO_SUBMIT = 30
DAYS_TO_BEGIN = 7  # from the approval of an activity's due date to the day on which it can be due at the earliest


def progress(scope: StatementScope) -> ColumnElement[Any]:
    """Return the state of step 2: wait while a version waits for a decision of the chapter or UN Women.

    Otherwise it is done with an approved version, and prog with any line or version.
    """
    line = exists(PlanLine.id).where(scope.is_own(PlanLine), PlanLine.removed_at.is_(None))
    version = exists(PlanVersion.id).where(scope.is_own(PlanVersion), PlanVersion.state != VersionState.WITHDRAWN)
    has_approval = version.where(PlanVersion.state == VersionState.APPROVED)
    is_undecided = version.where(PlanVersion.state == VersionState.SUBMITTED)
    return case((is_undecided, "wait"), (has_approval, "done"), (or_(line, version), "prog"), else_="none")


def _to_submit(scope: StatementScope) -> DueRows:
    has_version = exists(PlanVersion.id).where(scope.is_own(PlanVersion), PlanVersion.state != VersionState.WITHDRAWN)
    return DueRows(
        subject_id=Chapter.id,
        due_on=local_day(Chapter.active_since) + DAYS_TO_SUBMIT,
        where=[~has_version],
        owner=acting_focal_point(scope),
    )


def _returned(scope: StatementScope) -> DueRows:
    later = aliased(PlanVersion)
    sent_again = exists(later.id).where(
        scope.is_own(later), later.number > PlanVersion.number, later.state != VersionState.WITHDRAWN
    )
    return DueRows(
        subject_id=PlanVersion.id,
        due_on=local_day(PlanVersion.decided_at) + DAYS_TO_ANSWER,
        source=chapters_with(PlanVersion, scope),
        where=[PlanVersion.state == VersionState.RETURNED, ~sent_again],
        owner=acting_focal_point(scope),
    )


def _to_approve(scope: StatementScope) -> DueRows:
    return DueRows(
        subject_id=PlanVersion.id,
        due_on=local_day(PlanVersion.submitted_at) + DAYS_TO_DECIDE,
        source=chapters_with(PlanVersion, scope),
        where=[PlanVersion.state == VersionState.SUBMITTED],
        owner=deciders(Permission.APPROVE_PLAN, requester=PlanVersion.submitted_by),
        awaits_desk=PlanVersion.awaits_desk.expression,
    )


def _planned_activities(scope: StatementScope) -> DueRows:
    """Return the activities of the approved version that did not take place as often as planned there.

    They are due as approved: a new due date needs approval as well. The log says how often they took place.
    """
    version = chapters_with(PlanVersion, scope, PlanVersion.state == VersionState.APPROVED)
    lines = join(
        version,
        PlanVersionLine,
        and_(scope.is_own(PlanVersionLine), PlanVersionLine.version_id == PlanVersion.id),
    )
    source = join(
        lines,
        PlanLine,
        and_(scope.is_own(PlanLine), PlanLine.id == PlanVersionLine.line_id),
    )
    return DueRows(
        subject_id=PlanLine.id,
        due_on=func.greatest(PlanVersionLine.due_on, _approved_on(scope) + DAYS_TO_BEGIN),
        source=source,
        where=[
            PlanVersionLine.kind == "activity",
            _entry_count(scope) < PlanVersionLine.times,
            PlanLine.done_on.is_(None),
            PlanLine.dropped_on.is_(None),
            PlanLine.removed_at.is_(None),
        ],
        owner=_responsible(scope),
        title=PlanVersionLine.title,
    )


def _entry_count(scope: StatementScope) -> ColumnElement[int]:
    """Count the current entries of the log for the activity of the statement."""
    return (
        select(func.count(ActivityRevision.id))
        .where(
            scope.is_own(ActivityRevision), ActivityRevision.plan_line_id == PlanLine.id, ActivityRevision.is_current
        )
        .correlate(Chapter, PlanLine)
        .scalar_subquery()
    )


def _approved_on(scope: StatementScope) -> ColumnElement[date]:
    """Return the day on which the activity was first approved with this due date. A later approval is no delay."""
    version, line = aliased(PlanVersion), aliased(PlanVersionLine)
    return (
        select(func.min(local_day(version.decided_at)))
        .where(
            scope.is_own(version),
            version.state.in_((VersionState.APPROVED, VersionState.SUPERSEDED)),
            scope.is_own(line),
            line.version_id == version.id,
            line.line_id == PlanVersionLine.line_id,
            line.due_on == PlanVersionLine.due_on,
        )
        .correlate(Chapter, PlanVersionLine)
        .scalar_subquery()
    )


def _responsible(scope: StatementScope) -> Owner:
    """Return the owner of an activity: its responsible member, or the acting focal point if there is none."""
    responsible = aliased(Membership)
    is_member = exists(responsible.id).where(
        scope.is_own(responsible),
        responsible.id == PlanLine.responsible_id,
        responsible.left_at.is_(None),
    )
    return lambda member: or_(member.id == PlanLine.responsible_id, and_(~is_member, acting_focal_point(scope)(member)))


PLAN_TO_SUBMIT = ObligationKind(
    code="plan_to_submit",
    step=Step.PLAN,
    due_rows=_to_submit,
    permission=Permission.EDIT_PLAN,
    ladder=BEFORE_AND_AFTER,
)
RETURNED_PLAN = ObligationKind(
    code="returned_plan",
    step=Step.PLAN,
    due_rows=_returned,
    permission=Permission.EDIT_PLAN,
    ladder=AFTER_A_DAY,
    is_returned=True,
)
PLAN_TO_APPROVE = ObligationKind(
    code="plan_to_approve",
    step=Step.PLAN,
    due_rows=_to_approve,
    permission=Permission.APPROVE_PLAN,
    may_wait=False,
    responsible=Responsible.EITHER,
    is_request=True,
)
PLANNED_ACTIVITY_DUE = ObligationKind(
    code="planned_activity_due",
    step=Step.PLAN,
    due_rows=_planned_activities,
    permission=Permission.EDIT_PLAN,
    ladder=BEFORE_AND_AFTER,
    owner_needs_no_permission=True,
)

KINDS = (PLAN_TO_SUBMIT, RETURNED_PLAN, PLAN_TO_APPROVE, PLANNED_ACTIVITY_DUE)

"""Obligations of step 5: an activity is logged every few weeks."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, case, exists, func, select

from tenants.action_kit.activities.models import Activity, ActivityRevision
from tenants.chapters.models import Chapter
from tenants.obligations.models import ObligationKind, Step
from tenants.obligations.selects import QUIET_DAYS, DueRows, StatementScope, acting_focal_point, local_day
from tenants.people.permissions import Permission


def progress(scope: StatementScope) -> ColumnElement[Any]:
    """Return the state of step 5: prog once an activity is logged."""
    has_activity = exists(ActivityRevision.id).where(scope.is_own(ActivityRevision), ActivityRevision.is_current)
    return case((has_activity, "prog"), else_="none")


def _quiet(scope: StatementScope) -> DueRows:
    """Return each chapter, due when it becomes quiet: counted from its last entry that counts, or its activation."""
    counts = exists(ActivityRevision.id).where(
        scope.is_own(ActivityRevision), ActivityRevision.activity_id == Activity.id, ActivityRevision.is_current
    )
    last_entry = (
        select(func.max(Activity.logged_at)).where(scope.is_own(Activity), counts).correlate(Chapter).scalar_subquery()
    )
    quiet_since = func.greatest(Chapter.active_since, last_entry)
    return DueRows(
        subject_id=Chapter.id,
        due_on=local_day(quiet_since) + QUIET_DAYS,
        owner=acting_focal_point(scope),
    )


QUIET_CHAPTER = ObligationKind(
    code="quiet_chapter",
    step=Step.ACTIVITIES,
    due_rows=_quiet,
    permission=Permission.LOG_ACTIVITY,
)

KINDS = (QUIET_CHAPTER,)

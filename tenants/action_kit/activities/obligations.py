"""Obligations of step 5: an activity is logged every few weeks."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, case, exists, func, select

from tenants.action_kit.activities.models import Activity, ActivityRevision
from tenants.chapters.models import Chapter
from tenants.obligations.models import ObligationKind, Step
from tenants.obligations.selects import QUIET_DAYS, TODAY, DueRows, StatementScope, acting_focal_point, local_day
from tenants.people.permissions import Permission

DAYS_OF_RECENT = 92  # a quarter


def progress(scope: StatementScope) -> ColumnElement[Any]:
    """Return the state of step 5: done if an activity was held in the last DAYS_OF_RECENT days, prog if before."""
    has_activity = exists(ActivityRevision.id).where(scope.is_own(ActivityRevision), ActivityRevision.is_current)
    has_recent = has_activity.where(ActivityRevision.held_on > TODAY - DAYS_OF_RECENT)
    return case((has_recent, "done"), (has_activity, "prog"), else_="none")


def _quiet(scope: StatementScope) -> DueRows:
    """Return the quiet chapters, due on the day when they became so.

    The weeks are counted from the last entry that counts, or from the activation. Before they are over, nothing is due.
    """
    counts = exists(ActivityRevision.id).where(
        scope.is_own(ActivityRevision), ActivityRevision.activity_id == Activity.id, ActivityRevision.is_current
    )
    last_entry = (
        select(func.max(Activity.logged_at)).where(scope.is_own(Activity), counts).correlate(Chapter).scalar_subquery()
    )
    due_on = local_day(func.greatest(Chapter.active_since, last_entry)) + QUIET_DAYS
    return DueRows(
        subject_id=Chapter.id,
        due_on=due_on,
        where=[due_on <= TODAY],
        owner=acting_focal_point(scope),
    )


QUIET_CHAPTER = ObligationKind(
    code="quiet_chapter",
    step=Step.ACTIVITIES,
    due_rows=_quiet,
    permission=Permission.LOG_ACTIVITY,
)

KINDS = (QUIET_CHAPTER,)

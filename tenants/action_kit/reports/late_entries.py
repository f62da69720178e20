"""Reports that differ from the log: an entry of their period was logged, corrected or counted after they were sent.

The sums are compared, not the rows behind them. They are the numbers on the report's own page, so the two always agree,
and a correction of a text alone creates no obligation.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Date, Text, and_, cast, exists, func, or_, select, true
from sqlalchemy.orm import aliased

from tenants.action_kit.activities.models import ActivityRevision
from tenants.action_kit.evaluation.models import (
    Report,
    ReportEvent,
    ReportEventKind,
    ReportState,
    ReportSubmission,
    ReportValue,
)
from tenants.action_kit.evaluation.periods import MONTHS
from tenants.action_kit.launch.models import LaunchEvent, TallyKind, TallyRevision
from tenants.figures.models import ALL_CELLS
from tenants.obligations.selects import (
    DAYS_TO_ANSWER,
    DueRows,
    StatementScope,
    acting_focal_point,
    chapters_with,
    local_day,
)


def late_entries(scope: StatementScope) -> DueRows | None:
    """Return the reports that were sent and whose sums in the log have changed since, until the chapter keeps them.

    Due a week after the latest change. None for UN Women's desk, which cannot read the events of reports.
    """
    if not scope.names_owners:
        return None
    log, attendance, submission = _log(scope), _came(scope), _sent(scope)
    differs = or_(
        log.c.held != submission.c.held,
        log.c.people + attendance.c.people != submission.c.people,
        log.c.first_time != submission.c.first_time,
    )
    # Only reports that differ need the time of the change: `offset` keeps the planner from computing it for all.
    latest_change = (
        select(_changed_at(scope).label("at"))
        .where(differs)
        .correlate(Report, log, attendance, submission)
        .offset(0)
        .lateral("moved")
    )
    reports = chapters_with(Report, scope, Report.state.in_([ReportState.SUBMITTED, ReportState.APPROVED]))
    return DueRows(
        source=reports.join(log, true()).join(attendance, true()).join(submission, true()).join(latest_change, true()),
        subject_id=Report.id,
        title=cast(Report.period_on, Text),
        due_on=local_day(latest_change.c.at) + DAYS_TO_ANSWER,
        where=[~_was_confirmed(scope, since=latest_change.c.at)],
        owner=acting_focal_point(scope),
    )


def _in_quarter(day: Any) -> ColumnElement[bool]:
    return and_(day >= Report.period_on, day < cast(Report.period_on + func.make_interval(0, MONTHS), Date))


def _log(scope: StatementScope) -> Any:
    revision = aliased(ActivityRevision)
    return (
        select(
            func.count().label("held"),
            func.coalesce(func.sum(revision.people), 0).label("people"),
            func.coalesce(func.sum(revision.first_time), 0).label("first_time"),
        )
        .select_from(revision)
        .where(revision.chapter_id == Report.chapter_id, scope.covers(revision.chapter_id))
        .where(revision.is_current, _in_quarter(revision.held_on))
        .lateral("log")
    )


def _came(scope: StatementScope) -> Any:
    return (
        select(func.coalesce(func.sum(TallyRevision.people), 0).label("people"))
        .join(LaunchEvent, and_(LaunchEvent.chapter_id == TallyRevision.chapter_id, _of_event()))
        .where(TallyRevision.chapter_id == Report.chapter_id, scope.covers(TallyRevision.chapter_id))
        .where(
            scope.covers(LaunchEvent.chapter_id), LaunchEvent.cancelled_at.is_(None), _in_quarter(LaunchEvent.held_on)
        )
        .where(TallyRevision.is_current, TallyRevision.kind == TallyKind.ATTENDANCE)
        .lateral("came")
    )


def _of_event() -> ColumnElement[bool]:
    return LaunchEvent.id == TallyRevision.event_id


def _sent(scope: StatementScope) -> Any:
    def of(indicator: str) -> ColumnElement[int | None]:
        return func.max(ReportValue.numerator).filter(ReportValue.indicator == indicator)

    return (
        select(
            of("activities_held").label("held"),
            of("participations").label("people"),
            of("first_time").label("first_time"),
        )
        .join(
            ReportSubmission,
            and_(
                ReportSubmission.chapter_id == ReportValue.chapter_id, ReportSubmission.id == ReportValue.submission_id
            ),
        )
        .where(ReportValue.chapter_id == Report.chapter_id, scope.covers(ReportValue.chapter_id))
        .where(scope.covers(ReportSubmission.chapter_id), ReportSubmission.report_id == Report.id)
        .where(ReportSubmission.number == Report.sent, ReportValue.cell == ALL_CELLS)
        .lateral("sent")
    )


def _changed_at(scope: StatementScope) -> ColumnElement[datetime]:
    """Return the time of the latest change in the period, or of the submission if that is later."""
    now, before = aliased(ActivityRevision), aliased(ActivityRevision)
    was_in_quarter = (
        exists()
        .where(before.chapter_id == now.chapter_id, scope.covers(before.chapter_id))
        .where(before.activity_id == now.activity_id, _in_quarter(before.held_on))
        .correlate(now, Report)
    )
    corrected_at = (
        select(func.max(now.made_at))
        .where(now.chapter_id == Report.chapter_id, scope.covers(now.chapter_id), now.is_current, was_in_quarter)
        .correlate(Report)
        .scalar_subquery()
    )
    counted_at = (
        select(func.greatest(func.max(TallyRevision.made_at), func.max(LaunchEvent.cancelled_at)))
        .join(LaunchEvent, and_(LaunchEvent.chapter_id == TallyRevision.chapter_id, _of_event()))
        .where(TallyRevision.chapter_id == Report.chapter_id, scope.covers(TallyRevision.chapter_id))
        .where(scope.covers(LaunchEvent.chapter_id), _in_quarter(LaunchEvent.held_on))
        .correlate(Report)
        .scalar_subquery()
    )
    latest: ColumnElement[datetime] = func.greatest(Report.submitted_at, corrected_at, counted_at)
    return latest


def _was_confirmed(scope: StatementScope, *, since: ColumnElement[datetime]) -> ColumnElement[bool]:
    return exists().where(
        ReportEvent.chapter_id == Report.chapter_id,
        scope.covers(ReportEvent.chapter_id),
        ReportEvent.report_id == Report.id,
        ReportEvent.kind == ReportEventKind.KEPT,
        ReportEvent.number == Report.sent,
        ReportEvent.at >= since,
    )

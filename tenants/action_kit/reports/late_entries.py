"""Reports that differ from what they were assembled from: something of their period changed after they were sent."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Text, cast, exists, func, select

from tenants.action_kit.evaluation.models import Report, ReportEvent, ReportEventKind
from tenants.action_kit.reports.changes import changes_since_sent
from tenants.obligations.selects import (
    DAYS_TO_ANSWER,
    DueRows,
    StatementScope,
    acting_focal_point,
    chapters_with,
    local_day,
)


def late_entries(scope: StatementScope) -> DueRows | None:
    """Return the reports that were sent and whose sources have changed since, until the chapter keeps them as sent.

    Due a week after the latest change. None for UN Women's desk, which cannot read the events of reports.
    """
    if not scope.names_owners:
        return None
    change = changes_since_sent(scope).subquery()
    latest_change = (
        select(change.c.report_id, func.max(change.c.at).label("at")).group_by(change.c.report_id).subquery()
    )
    return DueRows(
        source=chapters_with(Report, scope).join(latest_change, latest_change.c.report_id == Report.id),
        subject_id=Report.id,
        title=cast(Report.period_on, Text),
        due_on=local_day(latest_change.c.at) + DAYS_TO_ANSWER,
        where=[~_was_confirmed(scope, since=latest_change.c.at)],
        owner=acting_focal_point(scope),
    )


def _was_confirmed(scope: StatementScope, *, since: ColumnElement[datetime]) -> ColumnElement[bool]:
    return exists().where(
        ReportEvent.chapter_id == Report.chapter_id,
        scope.covers(ReportEvent.chapter_id),
        ReportEvent.report_id == Report.id,
        ReportEvent.kind == ReportEventKind.KEPT,
        ReportEvent.number == Report.sent,
        ReportEvent.at >= since,
    )

"""What step 6 expects: a report for every period the chapter is expected in, and a decision on what was sent."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Text, and_, case, cast, exists

from tenants.action_kit.evaluation.models import Report, ReportState
from tenants.action_kit.reports.late_entries import late_entries
from tenants.obligations.models import ObligationKind
from tenants.obligations.selects import DAYS_TO_ANSWER, DAYS_TO_DECIDE, Here, Leg, day_there, joined, leads, leg


def legs(here: Here) -> list[Leg]:
    """Return the legs: report due, returned report, report to approve, which is UN Women's, so that nobody owns it.

    And late entries, for the chapter alone.
    """
    source = joined(Report, here)
    open_to_write = Report.state.in_([ReportState.NOT_STARTED, ReportState.DRAFT])
    expected = and_(open_to_write, Report.is_expected)
    period = cast(Report.period_on, Text)
    return [
        leg(
            here,
            ObligationKind.REPORT_DUE,
            source=source,
            subject_id=Report.id,
            title=period,
            due_on=Report.due_on,
            where=[expected, Report.returned_at.is_(None)],
            owner=leads(here),
        ),
        leg(
            here,
            ObligationKind.RETURNED_REPORT,
            source=source,
            subject_id=Report.id,
            title=period,
            due_on=day_there(Report.returned_at) + DAYS_TO_ANSWER,
            where=[open_to_write, Report.returned_at.is_not(None)],
            owner=leads(here),
        ),
        leg(
            here,
            ObligationKind.REPORT_TO_APPROVE,
            source=source,
            subject_id=Report.id,
            title=period,
            due_on=day_there(Report.submitted_at) + DAYS_TO_DECIDE,
            where=[Report.state == ReportState.SUBMITTED],
        ),
        *([late_entries(here, title=period)] if here.owners else []),
    ]


def standing(here: Here) -> ColumnElement[Any]:
    """Return done once a report is approved, and in progress once one was begun."""

    def some(*states: ReportState) -> ColumnElement[bool]:
        return exists(Report.id).where(here.own(Report), Report.state.in_(list(states)))

    begun = some(ReportState.DRAFT, ReportState.SUBMITTED)
    return case((some(ReportState.APPROVED), "done"), (begun, "prog"), else_="none")

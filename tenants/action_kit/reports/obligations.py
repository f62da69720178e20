"""Obligations of step 6: a report for every period in which one is expected, and a decision on each submission."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Text, and_, case, cast, exists, func, or_, true

from tenants.action_kit.evaluation.models import Report, ReportState
from tenants.action_kit.evaluation.periods import DAYS_UNTIL_DUE
from tenants.action_kit.reports.late_entries import late_entries
from tenants.obligations.ladder import AFTER_A_DAY, BEFORE_AND_AFTER
from tenants.obligations.models import ObligationKind, Responsible, Step
from tenants.obligations.selects import (
    DAYS_TO_ANSWER,
    DAYS_TO_DECIDE,
    TODAY,
    DueRows,
    StatementScope,
    acting_focal_point,
    chapters_with,
    local_day,
)
from tenants.people.permissions import Permission

PERIOD = cast(Report.period_on, Text)


def progress(scope: StatementScope) -> ColumnElement[Any]:
    """Return the state of step 6: done if a report is approved, and every expected one of the periods that are over.

    It is wait while UN Women decides on one, prog once one was begun.
    """

    def some(*states: ReportState) -> ColumnElement[bool]:
        return exists(Report.id).where(scope.is_own(Report), Report.state.in_(list(states)))

    is_over = Report.due_on < TODAY + DAYS_UNTIL_DUE
    has_expected = exists(Report.id).where(scope.is_own(Report), _open_to_write(), Report.is_expected, is_over)
    return case(
        (some(ReportState.SUBMITTED), "wait"),
        (and_(some(ReportState.APPROVED), ~has_expected), "done"),
        (some(ReportState.DRAFT, ReportState.APPROVED), "prog"),
        else_="none",
    )


def _due(scope: StatementScope) -> DueRows:
    return DueRows(
        subject_id=Report.id,
        due_on=Report.due_on,
        source=chapters_with(Report, scope),
        where=[and_(_open_to_write(), Report.is_expected), Report.returned_at.is_(None)],
        owner=acting_focal_point(scope),
        title=PERIOD,
    )


def _returned(scope: StatementScope) -> DueRows:
    return DueRows(
        subject_id=Report.id,
        due_on=local_day(Report.returned_at) + DAYS_TO_ANSWER,
        source=chapters_with(Report, scope),
        where=[_open_to_write(), Report.returned_at.is_not(None)],
        owner=acting_focal_point(scope),
        title=PERIOD,
    )


def _to_approve(scope: StatementScope) -> DueRows:
    """Return submitted reports, and approved ones that a chapter asks to reopen.

    UN Women decides on them, so no member owns the obligation.
    """
    return DueRows(
        subject_id=Report.id,
        due_on=local_day(func.coalesce(Report.reopening_asked_at, Report.submitted_at)) + DAYS_TO_DECIDE,
        source=chapters_with(Report, scope),
        where=[or_(Report.state == ReportState.SUBMITTED, Report.reopening_asked_at.is_not(None))],
        title=PERIOD,
        awaits_desk=true(),
    )


def _open_to_write() -> ColumnElement[bool]:
    return Report.state.in_([ReportState.NOT_STARTED, ReportState.DRAFT])


REPORT_DUE = ObligationKind(
    code="report_due",
    step=Step.EVALUATION,
    due_rows=_due,
    permission=Permission.EDIT_REPORT,
    ladder=BEFORE_AND_AFTER,
)
RETURNED_REPORT = ObligationKind(
    code="returned_report",
    step=Step.EVALUATION,
    due_rows=_returned,
    permission=Permission.EDIT_REPORT,
    ladder=AFTER_A_DAY,
    is_returned=True,
)
REPORT_TO_APPROVE = ObligationKind(
    code="report_to_approve",
    step=Step.EVALUATION,
    due_rows=_to_approve,
    permission=Permission.APPROVE_REPORT,
    may_wait=False,
    responsible=Responsible.UN_WOMEN,
    is_request=True,
)
LATE_ENTRY_WAITING = ObligationKind(
    code="late_entry_waiting",
    step=Step.EVALUATION,
    due_rows=late_entries,
    permission=Permission.EDIT_REPORT,
)

KINDS = (REPORT_DUE, RETURNED_REPORT, REPORT_TO_APPROVE, LATE_ENTRY_WAITING)

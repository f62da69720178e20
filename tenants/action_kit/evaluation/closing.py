"""Closed periods: nothing can be dated in a quarter whose report is approved (ARCHITECTURE, section 5, point 3).

A constraint cannot express this, because the rule is about the absence of an approved row. A foreign key only checks
presence, an exclusion covers one table, and rows that are already in the quarter must stay. Without triggers, a lock
guards the rule: recording money locks the report of its quarter `for share`; sending, approving or reopening the report
locks it `for update`. Either the money is there before the report is read, or it finds the quarter closed.

A quarter without a report is open, and there is no row to lock. To be missed, money would have to be in flight while
three consecutive requests create the report, send it and approve it.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, Date, DateTime, SQLColumnExpression, cast, exists, func, select
from sqlalchemy.orm import Session

from tenants.action_kit.evaluation.models import Report, ReportState
from tenants.action_kit.evaluation.periods import Period
from tenants.errors import Refused
from tenants.scope import bound_chapter


class PeriodClosed(Refused):
    """The day lies in a quarter whose report is approved. The web package has the message, which names `period`."""

    def __init__(self, period: Period) -> None:
        super().__init__({"dated_on": f"{period.code} is closed"})
        self.period = period


def refuse_closed(session: Session, day: date) -> None:
    """Raise PeriodClosed if `day` lies in an approved period; else lock its report until the transaction ends."""
    period = Period.of(day)
    state = session.scalar(
        select(Report.state)
        .where(Report.chapter_id == bound_chapter(session), Report.period_on == period.starts_on)
        .with_for_update(read=True)
    )
    if state == ReportState.APPROVED:
        raise PeriodClosed(period)


def lies_in_closed(session: Session, day: SQLColumnExpression[date]) -> ColumnElement[bool]:
    """Return the SQL condition that a day lies in an approved period of the bound chapter."""
    quarter = cast(func.date_trunc("quarter", cast(day, DateTime)), Date)
    return exists().where(
        Report.chapter_id == bound_chapter(session), Report.period_on == quarter, Report.state == ReportState.APPROVED
    )

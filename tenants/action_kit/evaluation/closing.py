"""An approved period closes the book: what moved is written down in an open one (ARCHITECTURE, section 5, point 3).

No constraint can say so. That nothing comes while a row of another table is approved is a rule about absence: a foreign
key knows presence alone, an exclusion one table, and what is in the quarter already must stay. Without triggers the
guard is the lock: whoever moves money holds the report of its quarter `for share`, whoever sends, approves or reopens
it holds it `for update`. Either the money is there before the report is read, or it finds the quarter closed.

A quarter without a report is open, and there is nothing to hold. To be missed, money would have to be in flight while
three requests after one another begin the report, send it and approve it.
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
    """A day lies in a quarter whose report is approved. The web has the words, which name `period`."""

    def __init__(self, period: Period) -> None:
        super().__init__({"dated_on": f"{period.code} is closed"})
        self.period = period


def refuse_closed(session: Session, day: date) -> None:
    """Raise PeriodClosed where `day` lies in an approved period; else keep its report as it is for this transaction."""
    period = Period.of(day)
    state = session.scalar(
        select(Report.state)
        .where(Report.chapter_id == bound_chapter(session), Report.period_on == period.starts_on)
        .with_for_update(read=True)
    )
    if state == ReportState.APPROVED:
        raise PeriodClosed(period)


def lies_in_closed(session: Session, day: SQLColumnExpression[date]) -> ColumnElement[bool]:
    """Whether a day lies in an approved period of the bound chapter, as part of a statement."""
    quarter = cast(func.date_trunc("quarter", cast(day, DateTime)), Date)
    return exists().where(
        Report.chapter_id == bound_chapter(session), Report.period_on == quarter, Report.state == ReportState.APPROVED
    )

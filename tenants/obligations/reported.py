"""Where chapters are with their reports, as the desk of some countries sees it: states and days, no word of theirs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select, tuple_
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from tenants.action_kit.evaluation.models import Report, ReportState
from tenants.action_kit.evaluation.periods import Period
from tenants.chapters.models import Chapter

Cursor = tuple[date, UUID]
"""Where a page of the list ended: the first day of its last report's period, and that report."""

SHARED = (
    Report.chapter_id,
    Report.id,
    Report.period_on,
    Report.due_on,
    Report.state,
    Report.is_expected,
    Report.sent,
    Report.submitted_at,
    Report.returned_at,
    Report.decided_at,
)


@dataclass(frozen=True)
class SharedReport:
    """What a chapter shares of a report; `sent` is how often it was sent."""

    chapter_id: UUID
    id: UUID
    period_on: date
    due_on: date
    state: str
    is_expected: bool
    sent: int
    submitted_at: datetime | None
    returned_at: datetime | None
    decided_at: datetime | None


@dataclass(frozen=True)
class ReportsIn:
    """How many chapters were expected to report for a period, and how many reports are in: sent, or approved."""

    period: Period
    expected: int
    sent: int


def reports_in(session: Session, countries: Sequence[str], *, period: Period) -> ReportsIn:
    """Return how many reports of the chapters of `countries` for one period are in, in one statement."""
    is_in = Report.state.in_([ReportState.SUBMITTED, ReportState.APPROVED])
    asked = (
        select(func.count(), func.count().filter(is_in))
        .join(Chapter, Chapter.id == Report.chapter_id)
        .where(Chapter.country.in_(countries), Report.period_on == period.starts_on, Report.is_expected)
    )
    return ReportsIn(period, *session.execute(asked).one())


def latest_reports(session: Session, chapters: Sequence[UUID]) -> dict[UUID, SharedReport]:
    """Return the report of the latest period of each of some chapters, in one statement; none where there is none."""
    latest = (
        select(*SHARED)
        .where(Report.chapter_id.in_(chapters))
        .ext(distinct_on(Report.chapter_id))
        .order_by(Report.chapter_id, Report.period_on.desc())
    )
    return {report.chapter_id: report for report in _read(session, latest)}


def reports_of(
    session: Session,
    chapter_id: UUID,
    *,
    limit: int,
    before: Cursor | None = None,
    after: Cursor | None = None,
) -> list[SharedReport]:
    """Return at most `limit` reports of a chapter, the latest period first.

    `before` goes on with earlier periods than a page's last one, `after` with later ones than its first.
    """
    key = (Report.period_on, Report.id)
    statement = select(*SHARED).where(Report.chapter_id == chapter_id).limit(limit)
    if after is not None:
        return _read(session, statement.where(tuple_(*key) > after).order_by(*key))[::-1]
    if before is not None:
        statement = statement.where(tuple_(*key) < before)
    return _read(session, statement.order_by(*(column.desc() for column in key)))


def _read(session: Session, statement: Select[*tuple[Any, ...]]) -> list[SharedReport]:
    return [SharedReport(*row) for row in session.execute(statement)]

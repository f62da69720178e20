"""Where chapters are with their reports, as the desk of some countries sees it: states and days, no word of theirs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from tenants.action_kit.evaluation.models import Report, ReportState
from tenants.action_kit.evaluation.periods import Period
from tenants.chapters.models import Chapter
from tenants.keyset import Window, rows_in

SHARED_COLUMNS = (
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


@dataclass(frozen=True)
class Coverage:
    """Where the reports expected for one period are: the four counts are of different chapters, and all there is."""

    approved: int = 0
    waiting: int = 0
    returned: int = 0
    missing: int = 0

    @property
    def expected(self) -> int:
        """How many chapters are expected to report."""
        return self.approved + self.waiting + self.returned + self.missing

    def __add__(self, other: Coverage) -> Coverage:
        return Coverage(
            self.approved + other.approved,
            self.waiting + other.waiting,
            self.returned + other.returned,
            self.missing + other.missing,
        )


def coverage_by_country(session: Session, countries: Sequence[str], *, period: Period) -> dict[str, Coverage]:
    """Return where the reports for one period are, country by country, in one statement.

    A chapter that reports although nothing was expected of it counts once its report is approved, as in the figures.
    """
    is_approved, is_submitted = Report.state == ReportState.APPROVED, Report.state == ReportState.SUBMITTED
    is_returned = ~is_approved & ~is_submitted & Report.returned_at.is_not(None)
    kinds = (is_approved, is_submitted, is_returned, ~is_approved & ~is_submitted & Report.returned_at.is_(None))
    rows = session.execute(
        select(Chapter.country, *(func.count().filter(kind) for kind in kinds))
        .join(Report, and_(Report.chapter_id == Chapter.id, Report.country == Chapter.country))
        .where(Chapter.country.in_(countries), Report.period_on == period.starts_on, Report.is_expected | is_approved)
        .group_by(Chapter.country)
    )
    return {country: Coverage(*counts) for country, *counts in rows}


def reports_in(session: Session, countries: Sequence[str], *, period: Period) -> ReportsIn:
    """Return how many reports of the chapters of `countries` for one period are in, in one statement."""
    is_in = Report.state.in_([ReportState.SUBMITTED, ReportState.APPROVED])
    statement = (
        select(func.count(), func.count().filter(is_in))
        .join(Chapter, Chapter.id == Report.chapter_id)
        .where(Chapter.country.in_(countries), Report.period_on == period.starts_on, Report.is_expected)
    )
    return ReportsIn(period, *session.execute(statement).one())


def latest_reports(session: Session, chapters: Sequence[UUID]) -> dict[UUID, SharedReport]:
    """Return the report of the latest period of each of some chapters, in one statement; none where there is none."""
    latest: Select[*tuple[Any, ...]] = (
        select(*SHARED_COLUMNS)
        .where(Report.chapter_id.in_(chapters))
        .ext(distinct_on(Report.chapter_id))
        .order_by(Report.chapter_id, Report.period_on.desc())
    )
    reports = [SharedReport(*row) for row in session.execute(latest)]
    return {report.chapter_id: report for report in reports}


def reports_of(session: Session, chapter_id: UUID, window: Window) -> list[SharedReport]:
    """Return reports of a chapter, the latest period first; a cursor is a period's first day and a report's id."""
    statement: Select[*tuple[Any, ...]] = select(*SHARED_COLUMNS).where(Report.chapter_id == chapter_id)
    key = (Report.period_on, Report.id)
    return [SharedReport(*row) for row in rows_in(session, statement, window, key, descending=True)]

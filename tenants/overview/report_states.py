"""The states of chapters' reports, the same for the chapter and for the desk: states and days, but no texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, literal, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from tenants.action_kit.evaluation.models import Report, ReportState
from tenants.action_kit.evaluation.periods import Period
from tenants.chapters.models import Chapter, ChapterState
from tenants.keyset import Window, rows_in
from tenants.obligations.selects import local_day

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
    """The columns of a report that a chapter shares. `sent` is how often it was sent."""

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


class ReportStatus(StrEnum):
    """What a report's state means on a day, wherever it is shown."""

    APPROVED = "approved"
    WAITING = "waiting"
    RETURNED = "returned"
    NOT_EXPECTED = "not_expected"
    NOT_SENT = "not_sent"
    LATE = "late"
    DRAFT = "draft"
    NOT_DUE = "not_due"


SENT_STATUS: dict[str, ReportStatus] = {
    ReportState.APPROVED: ReportStatus.APPROVED,
    ReportState.SUBMITTED: ReportStatus.WAITING,
}


def report_status(report: Report | SharedReport, *, today: date, chapter_state: str) -> ReportStatus:
    """Return the status of a report on its chapter's day `today`.

    An unsent report is late only while the chapter is active, because nothing is due in another one. There it is "not
    sent" once its date is over. `is_late` is the same in SQL.
    """
    if report.state in SENT_STATUS:
        return SENT_STATUS[report.state]
    if report.returned_at is not None:
        return ReportStatus.RETURNED
    if not report.is_expected:
        return ReportStatus.NOT_EXPECTED
    if report.due_on < today:
        return ReportStatus.LATE if chapter_state == ChapterState.ACTIVE else ReportStatus.NOT_SENT
    return ReportStatus.DRAFT if report.state == ReportState.DRAFT else ReportStatus.NOT_DUE


@dataclass(frozen=True)
class Coverage:
    """The states of the reports expected for one period. Each chapter is in exactly one of the five counts.

    `missing` reports are late, on their chapters' own days. Others that were not sent are `not_due`: their date is not
    over, or their chapter is not active.
    """

    approved: int = 0
    waiting: int = 0
    returned: int = 0
    missing: int = 0
    not_due: int = 0

    @property
    def expected(self) -> int:
        """How many chapters are expected to report."""
        return self.approved + self.waiting + self.returned + self.missing + self.not_due

    @property
    def sent(self) -> int:
        """How many reports were sent and not returned."""
        return self.approved + self.waiting

    def __add__(self, other: Coverage) -> Coverage:
        return Coverage(
            self.approved + other.approved,
            self.waiting + other.waiting,
            self.returned + other.returned,
            self.missing + other.missing,
            self.not_due + other.not_due,
        )


def covered(countries: Sequence[str], coverage: Mapping[str, Coverage]) -> Coverage:
    """Return the coverage of some countries together. Pages and mails count it in this way alone."""
    return sum((coverage[code] for code in countries if code in coverage), Coverage())


def coverage_by_country(
    session: Session, countries: Sequence[str], *, period: Period, at: datetime
) -> dict[str, Coverage]:
    """Return the coverage of one period by country at the moment `at`, in one statement.

    A report that was not expected counts once it is approved, as in the figures.
    """
    is_approved, is_submitted = Report.state == ReportState.APPROVED, Report.state == ReportState.SUBMITTED
    is_returned = ~is_approved & ~is_submitted & Report.returned_at.is_not(None)
    is_unsent = ~is_approved & ~is_submitted & Report.returned_at.is_(None)
    kinds = (is_approved, is_submitted, is_returned, is_unsent & is_late(at), is_unsent & ~is_late(at))
    rows = session.execute(
        select(Chapter.country, *(func.count().filter(kind) for kind in kinds))
        .join(Report, and_(Report.chapter_id == Chapter.id, Report.country == Chapter.country))
        .where(Chapter.country.in_(countries), Report.period_on == period.starts_on, Report.is_expected | is_approved)
        .group_by(Chapter.country)
    )
    return {country: Coverage(*counts) for country, *counts in rows}


def is_past_due(at: datetime) -> ColumnElement[bool]:
    """Return the condition that the due date of the statement's Report is over on the day of its Chapter."""
    return Report.due_on < local_day(literal(at))


def is_late(at: datetime) -> ColumnElement[bool]:
    """Return the condition that the statement's Report, if it was not sent, is late: its Chapter is active."""
    return and_(Chapter.state == ChapterState.ACTIVE, is_past_due(at))


def latest_reports(session: Session, chapters: Sequence[UUID], *, at: datetime) -> dict[UUID, SharedReport]:
    """Return the latest report of each chapter that was sent or is overdue, else the latest, in one statement.

    Chapters without a report are left out.
    """
    has_result = or_(Report.sent > 0, is_past_due(at))
    latest: Select[*tuple[Any, ...]] = (
        select(*SHARED_COLUMNS)
        .join(Chapter, Chapter.id == Report.chapter_id)
        .where(Report.chapter_id.in_(chapters))
        .ext(distinct_on(Report.chapter_id))
        .order_by(Report.chapter_id, has_result.desc(), Report.period_on.desc())
    )
    reports = [SharedReport(*row) for row in session.execute(latest)]
    return {report.chapter_id: report for report in reports}


def reports_of(session: Session, chapter_id: UUID, window: Window) -> list[SharedReport]:
    """Return reports of a chapter, latest period first. A cursor is a period's first day and a report's id."""
    statement: Select[*tuple[Any, ...]] = select(*SHARED_COLUMNS).where(Report.chapter_id == chapter_id)
    key = (Report.period_on, Report.id)
    return [SharedReport(*row) for row in rows_in(session, statement, window, key, descending=True)]

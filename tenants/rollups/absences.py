"""Expected chapters without a value of their own in a figure, and the reasons. For UN Women's desk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ScalarSelect, and_, case, exists, func, select
from sqlalchemy.orm import Session, aliased

from tenants.action_kit.evaluation.indicators import Indicator
from tenants.action_kit.evaluation.models import Report, ReportState, ReportSubmission, ReportValue
from tenants.action_kit.evaluation.periods import Period
from tenants.chapters.models import Chapter
from tenants.chapters.queries import listed_name
from tenants.figures.models import ALL_CELLS, CompiledReport
from tenants.overview.report_states import is_late, is_past_due


class Absent(StrEnum):
    """Why an expected chapter has no value of its own in a figure."""

    WAITING = "waiting"
    RETURNED = "returned"
    NOT_SENT = "not_sent"
    NOT_ACTIVE = "not_active"
    NOT_DUE = "not_due"
    NOT_KNOWN = "not_known"


@dataclass(frozen=True)
class AbsentChapter:
    """An expected chapter without a value of its own.

    `together` counts the chapters with the same reason. `sent` is the sum of their sent, unapproved values, or None.
    """

    why: Absent
    together: int
    sent: int | None
    chapter_id: UUID
    name: str
    country: str


def absent_from(
    session: Session, *, indicator: Indicator, period: Period, countries: Sequence[str], at: datetime, limit: int
) -> dict[Absent, list[AbsentChapter]]:
    """Return the expected chapters without a value of their own in a figure, by reason, at most `limit` each, by name.

    With the reported ones they are all that are expected. An approved report that is not compiled yet counts as
    waiting. Of a chapter that is not active, nothing is due.
    """
    compiled_report, report_value = CompiledReport, aliased(ReportValue)
    has_value = exists().where(
        report_value.chapter_id == compiled_report.chapter_id,
        report_value.submission_id == compiled_report.submission_id,
        report_value.indicator == indicator.code,
        report_value.version == indicator.version,
        report_value.cell == ALL_CELLS,
        report_value.numerator.is_not(None),
    )
    is_sent = Report.state.in_([ReportState.SUBMITTED, ReportState.APPROVED])
    reason = case(
        (compiled_report.submission_id.is_not(None), str(Absent.NOT_KNOWN)),
        (is_sent, str(Absent.WAITING)),
        (Report.returned_at.is_not(None), str(Absent.RETURNED)),
        (~is_past_due(at), str(Absent.NOT_DUE)),
        (~is_late(at), str(Absent.NOT_ACTIVE)),
        else_=str(Absent.NOT_SENT),
    )
    ranked_chapters = (
        select(
            reason.label("why"),
            func.count().over(partition_by=reason).label("together"),
            func.sum(_sent_value(indicator)).over(partition_by=reason).label("sent"),
            compiled_report.chapter_id,
            listed_name(),
            Chapter.country,
            func.row_number().over(partition_by=reason, order_by=(Chapter.sort_key, Chapter.id)).label("place"),
        )
        .join(Chapter, and_(Chapter.id == compiled_report.chapter_id, Chapter.country == compiled_report.country))
        .outerjoin(
            Report, and_(Report.chapter_id == compiled_report.chapter_id, Report.period_on == compiled_report.period_on)
        )
        .where(
            compiled_report.country.in_(countries),
            compiled_report.period_on == period.starts_on,
            compiled_report.is_expected,
            ~has_value,
        )
        .subquery()
    )
    chapters_by_reason: dict[Absent, list[AbsentChapter]] = {}
    rows = session.execute(
        select(ranked_chapters)
        .where(ranked_chapters.c.place <= limit)
        .order_by(ranked_chapters.c.why, ranked_chapters.c.place)
    )
    for row in rows:
        why_absent, sent_in_all = Absent(row.why), None if row.sent is None else int(row.sent)
        chapters_by_reason.setdefault(why_absent, []).append(
            AbsentChapter(why_absent, row.together, sent_in_all, *row[3:6])
        )
    return chapters_by_reason


def _sent_value(indicator: Indicator) -> ScalarSelect[Any]:
    """Return the value of an indicator in the latest submission of the outer row's report."""
    last, report_value = ReportSubmission, aliased(ReportValue)
    return (
        select(report_value.numerator)
        .join(last, and_(last.chapter_id == report_value.chapter_id, last.id == report_value.submission_id))
        .where(
            last.chapter_id == Report.chapter_id,
            last.report_id == Report.id,
            last.number == Report.sent,
            report_value.indicator == indicator.code,
            report_value.version == indicator.version,
            report_value.cell == ALL_CELLS,
        )
        .correlate(Report)
        .scalar_subquery()
    )

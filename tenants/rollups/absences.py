"""Who is not in a figure, and why: with those who are, they are all that are expected. For UN Women's desk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ScalarSelect, and_, case, exists, func, select
from sqlalchemy.orm import Session, aliased

from tenants.action_kit.evaluation.indicators import Indicator
from tenants.action_kit.evaluation.models import Report, ReportState, ReportSubmission, ReportValue
from tenants.action_kit.evaluation.periods import Period
from tenants.chapters.models import Chapter
from tenants.figures.models import ALL, CompiledReport


class Absent(StrEnum):
    """Why a chapter that is expected has no value of its own in a figure."""

    WAITING = "waiting"
    RETURNED = "returned"
    NOT_SENT = "not_sent"
    NOT_KNOWN = "not_known"


@dataclass(frozen=True)
class AbsentChapter:
    """A chapter that is expected and has no value of its own.

    `together` is how many are so for the same reason, and `sent` what those among them sent who sent something that is
    not approved, added up; None where nobody did.
    """

    why: Absent
    together: int
    sent: int | None
    chapter_id: UUID
    name: str
    country: str


def absent_from(
    session: Session, *, indicator: Indicator, period: Period, countries: Sequence[str], most: int
) -> dict[Absent, list[AbsentChapter]]:
    """Return who is expected in a figure and has no value of its own, at most `most` by name for each reason.

    With those reported they are all that are expected. What is approved and not compiled yet still waits.
    """
    held, own = CompiledReport, aliased(ReportValue)
    given = exists().where(
        own.chapter_id == held.chapter_id,
        own.submission_id == held.submission_id,
        own.indicator == indicator.code,
        own.version == indicator.version,
        own.cell == ALL,
        own.numerator.is_not(None),
    )
    sent = Report.state.in_([ReportState.SUBMITTED, ReportState.APPROVED])
    why = case(
        (held.submission_id.is_not(None), str(Absent.NOT_KNOWN)),
        (sent, str(Absent.WAITING)),
        (Report.returned_at.is_not(None), str(Absent.RETURNED)),
        else_=str(Absent.NOT_SENT),
    )
    ranked = (
        select(
            why.label("why"),
            func.count().over(partition_by=why).label("together"),
            func.sum(_sent_value(indicator)).over(partition_by=why).label("sent"),
            held.chapter_id,
            Chapter.name,
            Chapter.country,
            func.row_number().over(partition_by=why, order_by=(Chapter.sort_key, Chapter.id)).label("place"),
        )
        .join(Chapter, and_(Chapter.id == held.chapter_id, Chapter.country == held.country))
        .outerjoin(Report, and_(Report.chapter_id == held.chapter_id, Report.period_on == held.period_on))
        .where(held.country.in_(countries), held.period_on == period.starts_on, held.is_expected, ~given)
        .subquery()
    )
    found: dict[Absent, list[AbsentChapter]] = {}
    rows = session.execute(select(ranked).where(ranked.c.place <= most).order_by(ranked.c.why, ranked.c.place))
    for row in rows:
        why_absent, sent_in_all = Absent(row.why), None if row.sent is None else int(row.sent)
        found.setdefault(why_absent, []).append(AbsentChapter(why_absent, row.together, sent_in_all, *row[3:6]))
    return found


def _sent_value(indicator: Indicator) -> ScalarSelect[Any]:
    """Return what the latest submission of the report in the row around says of an indicator."""
    last, said = ReportSubmission, aliased(ReportValue)
    return (
        select(said.numerator)
        .join(last, and_(last.chapter_id == said.chapter_id, last.id == said.submission_id))
        .where(
            last.chapter_id == Report.chapter_id,
            last.report_id == Report.id,
            last.number == Report.sent,
            said.indicator == indicator.code,
            said.version == indicator.version,
            said.cell == ALL,
        )
        .correlate(Report)
        .scalar_subquery()
    )

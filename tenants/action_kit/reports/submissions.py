"""Store a submission: the texts, each value, and the rows behind each value."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from tenants.action_kit.evaluation.models import (
    WORDS,
    Report,
    ReportSubmission,
    ReportValue,
    ValueSource,
)
from tenants.action_kit.reports.assembly import Assembled
from tenants.db import new_id
from tenants.figures.models import ALL_CELLS


def store(
    session: Session, report: Report, values: list[Assembled], *, actor_id: UUID, at: datetime, is_nil: bool
) -> ReportSubmission:
    """Store the next submission of a report, whose row must be locked, and return it."""
    submission = ReportSubmission(
        chapter_id=report.chapter_id,
        id=new_id(),
        report_id=report.id,
        country=report.country,
        number=report.sent + 1,
        is_nil=is_nil,
        submitted_by=actor_id,
        submitted_at=at,
        **{name: getattr(report, name) for name in WORDS},
    )
    session.add(submission)
    session.flush()
    rows = [_make_value(report, submission, value, ALL_CELLS, value.numerator) for value in values]
    session.add_all(rows)
    session.add_all(
        _make_value(report, submission, value, cell, people) for value in values for cell, people in value.cells.items()
    )
    session.flush()
    session.add_all(_make_sources(report, rows, values))
    session.flush()
    return submission


def _make_value(
    report: Report, submission: ReportSubmission, value: Assembled, cell: str, numerator: int | None
) -> ReportValue:
    return ReportValue(
        chapter_id=report.chapter_id,
        id=new_id(),
        submission_id=submission.id,
        country=report.country,
        period_on=report.period_on,
        indicator=value.indicator.code,
        version=value.indicator.version,
        cell=cell,
        numerator=numerator,
        denominator=value.denominator,
        missing=value.missing,
    )


def _make_sources(report: Report, rows: list[ReportValue], values: list[Assembled]) -> list[ValueSource]:
    return [
        ValueSource(
            chapter_id=report.chapter_id,
            value_id=row.id,
            country=report.country,
            kind=source.kind,
            source_id=source.source_id,
            revision=source.revision,
            numerator=source.numerator,
        )
        for row, value in zip(rows, values, strict=True)
        for source in value.sources
    ]

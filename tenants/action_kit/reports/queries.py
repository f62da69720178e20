"""Queries over the bound chapter's reports. They only read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tenants.action_kit.evaluation.models import (
    Report,
    ReportEntry,
    ReportEvent,
    ReportEventKind,
    ReportSubmission,
    ReportValue,
)
from tenants.action_kit.evaluation.periods import Period
from tenants.action_kit.reports.assembly import Assembled
from tenants.figures.models import ALL_CELLS
from tenants.people.queries import known_as
from tenants.scope import bound_chapter


@dataclass(frozen=True)
class Event:
    """An event of a report. `by` is the actor's name in the chapter, or else in their account."""

    kind: str
    number: int
    at: datetime
    is_desk: bool
    reason: str
    by: str | None


@dataclass(frozen=True)
class Drift:
    """A submitted value that would be different now."""

    code: str
    sent: int | None
    now: int | None


def reports(session: Session, *, limit: int) -> list[Report]:
    """Return the bound chapter's reports, the latest period first."""
    return list(session.scalars(select(Report).order_by(Report.period_on.desc()).limit(limit)))


def report_for(session: Session, period: Period) -> Report | None:
    """Return the bound chapter's report for a period, if there is one."""
    return session.scalars(select(Report).where(Report.period_on == period.starts_on)).one_or_none()


def entries_of(session: Session, report_id: UUID) -> dict[str, ReportEntry]:
    """Return the values typed in a report, by indicator."""
    rows = session.scalars(select(ReportEntry).where(ReportEntry.report_id == report_id))
    return {row.indicator: row for row in rows}


def events_of(session: Session, report_id: UUID) -> list[Event]:
    """Return the events of a report, the latest first. Needs the web's login, because it reads account names."""
    person = ReportEvent.actor_id
    rows = session.execute(
        select(ReportEvent, known_as(bound_chapter(session), person))
        .where(ReportEvent.report_id == report_id)
        .order_by(ReportEvent.at.desc(), ReportEvent.id.desc())
    )
    return [Event(row.kind, row.number, row.at, row.is_desk, row.reason, by) for row, by in rows]


def last_decision(session: Session, report_id: UUID) -> Event | None:
    """Return the latest event of a report, ignoring `kept` events, which change nothing about it."""
    return next((event for event in events_of(session, report_id) if event.kind != ReportEventKind.KEPT), None)


def sent_values(session: Session, report: Report) -> tuple[ReportSubmission, list[ReportValue]] | None:
    """Return the latest submission of a report with its values, those of all cells first; None if nothing was sent."""
    of_submission = (ReportValue.submission_id == ReportSubmission.id) & (
        ReportValue.chapter_id == ReportSubmission.chapter_id
    )
    rows = session.execute(
        select(ReportSubmission, ReportValue)
        .outerjoin(ReportValue, of_submission)
        .where(ReportSubmission.report_id == report.id, ReportSubmission.number == report.sent)
    ).all()
    if not rows:
        return None
    values = [value for _submission, value in rows if value is not None]
    return rows[0][0], sorted(values, key=lambda row: (row.cell != ALL_CELLS, row.indicator, row.cell))


def drift(submitted_values: list[ReportValue], now: list[Assembled]) -> list[Drift]:
    """Return the values that differ from those that were sent. A correction changes nothing in the report itself."""
    before = {row.indicator: row.numerator for row in submitted_values if row.cell == ALL_CELLS}
    return [
        Drift(value.indicator.code, before.get(value.indicator.code), value.numerator)
        for value in now
        if value.indicator.code in before and before[value.indicator.code] != value.numerator
    ]

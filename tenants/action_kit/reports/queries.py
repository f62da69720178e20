"""Queries over the bound chapter's reports. They only read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from tenants.action_kit.activities.models import ActivityRevision
from tenants.action_kit.evaluation.models import (
    Report,
    ReportEntry,
    ReportEvent,
    ReportEventKind,
    ReportSubmission,
    ReportValue,
    ValueSourceKind,
)
from tenants.action_kit.evaluation.periods import Period
from tenants.action_kit.reports.changes import changes_since_sent
from tenants.figures.models import ALL_CELLS
from tenants.obligations.selects import StatementScope
from tenants.people.queries import known_as
from tenants.scope import bound_chapter

CHAPTER_STATEMENT = StatementScope(names_owners=True)


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
class ChangedSource:
    """A row behind a sent report that changed since, was added or no longer counts; the title of an activity."""

    kind: ValueSourceKind
    source_id: UUID
    title: str | None


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
    """Return the latest event of a report that decided something: `kept` and `asked` change nothing about it."""
    ignored_kinds = (ReportEventKind.KEPT, ReportEventKind.ASKED)
    return next((event for event in events_of(session, report_id) if event.kind not in ignored_kinds), None)


def sent_values(
    session: Session, report: Report, number: int | None = None
) -> tuple[ReportSubmission, list[ReportValue]] | None:
    """Return a submission of a report with its values, those of all cells first; None if nothing was sent.

    It is the `number`th, by default the latest.
    """
    of_submission = (ReportValue.submission_id == ReportSubmission.id) & (
        ReportValue.chapter_id == ReportSubmission.chapter_id
    )
    rows = session.execute(
        select(ReportSubmission, ReportValue)
        .outerjoin(ReportValue, of_submission)
        .where(ReportSubmission.report_id == report.id, ReportSubmission.number == (number or report.sent))
    ).all()
    if not rows:
        return None
    values = [value for _submission, value in rows if value is not None]
    return rows[0][0], sorted(values, key=lambda row: (row.cell != ALL_CELLS, row.indicator, row.cell))


def changed_sources(session: Session, report: Report) -> list[ChangedSource]:
    """Return what changed since a report was sent, the latest change first."""
    change = changes_since_sent(CHAPTER_STATEMENT).subquery()
    is_revision = and_(ActivityRevision.activity_id == change.c.source_id, ActivityRevision.is_current)
    rows = session.execute(
        select(change.c.kind, change.c.source_id, ActivityRevision.title)
        .outerjoin(ActivityRevision, is_revision)
        .where(change.c.report_id == report.id)
        .order_by(change.c.at.desc(), change.c.source_id),
        CHAPTER_STATEMENT.parameters([bound_chapter(session)]),
    )
    return [ChangedSource(ValueSourceKind(kind), source_id, title) for kind, source_id, title in rows]

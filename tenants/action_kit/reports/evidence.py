"""The entries behind a value of a report: as it was sent, or as it would be sent now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import and_, select, tuple_
from sqlalchemy.orm import Session

from tenants.action_kit.activities.models import ActivityRevision, HeadCount
from tenants.action_kit.evaluation.models import Report, ReportSubmission, ReportValue, ValueSource, ValueSourceKind
from tenants.action_kit.funding.models import Transaction
from tenants.action_kit.launch.models import LaunchEvent, TallyCount, TallyRevision
from tenants.action_kit.reports.assembly import Source
from tenants.figures.models import ALL_CELLS
from tenants.scope import bound_chapter


@dataclass(frozen=True)
class EvidenceEntry:
    """An entry behind a value: its title and day in the revision that was read, and the number that it contributed."""

    source: Source
    title: str | None
    held_on: date | None
    numerator: int


def sent_sources(session: Session, report: Report, code: str) -> list[Source]:
    """Return the sources of an indicator's value in the latest submission of a report."""
    chapter_id = bound_chapter(session)
    value = and_(ReportValue.chapter_id == chapter_id, ReportValue.id == ValueSource.value_id)
    submission = and_(ReportSubmission.chapter_id == chapter_id, ReportSubmission.id == ReportValue.submission_id)
    rows = session.scalars(
        select(ValueSource)
        .join(ReportValue, value)
        .join(ReportSubmission, submission)
        .where(ReportSubmission.report_id == report.id, ReportSubmission.number == report.sent)
        .where(ReportValue.indicator == code, ReportValue.cell == ALL_CELLS)
    )
    return [Source(ValueSourceKind(row.kind), row.source_id, row.revision, row.numerator) for row in rows]


def entries_behind(session: Session, sources: Sequence[Source], cell: str | None = None) -> list[EvidenceEntry]:
    """Return the entries of `sources`, the earliest day first. With a cell, only those with people in it."""
    names = _names(session, sources)
    people = None if cell is None else _people_in(session, sources, *cell.split("."))
    entries = []
    for source in sources:
        number = source.numerator if people is None else people.get(_key(source), 0)
        if number or people is None:
            title, held_on = names.get(_key(source), (None, None))
            entries.append(EvidenceEntry(source, title, held_on, number))
    return sorted(entries, key=lambda entry: (entry.held_on or date.max, str(entry.source.source_id)))


def _key(source: Source) -> tuple[str, UUID, int]:
    return source.kind, source.source_id, source.revision


def _names(session: Session, sources: Sequence[Source]) -> dict[tuple[str, UUID, int], tuple[str, date]]:
    """Return title and day of each source: three statements, however many there are."""
    activity = ActivityRevision
    revisions = session.execute(
        select(activity.activity_id, activity.number, activity.title, activity.held_on).where(
            tuple_(activity.activity_id, activity.number).in_(_revisions(sources, ValueSourceKind.ACTIVITY))
        )
    )
    ids = [source.source_id for source in sources if source.kind is not ValueSourceKind.ACTIVITY]
    events = session.execute(
        select(LaunchEvent.id, LaunchEvent.title, LaunchEvent.held_on).where(LaunchEvent.id.in_(ids))
    )
    transactions = session.execute(
        select(Transaction.id, Transaction.what, Transaction.dated_on).where(Transaction.id.in_(ids))
    )
    other_names = {row_id: (title, day) for rows in (events, transactions) for row_id, title, day in rows}
    names = {(str(ValueSourceKind.ACTIVITY), row[0], row[1]): (row[2], row[3]) for row in revisions}
    own_keys = {_key(source): source.source_id for source in sources if source.source_id in other_names}
    return names | {key: other_names[row_id] for key, row_id in own_keys.items()}


def _people_in(
    session: Session, sources: Sequence[Source], sex: str, age_band: str
) -> dict[tuple[str, UUID, int], int]:
    """Return the people of one cell, by source. A source without people in it is left out."""
    pairs = [
        (ValueSourceKind.ACTIVITY, ActivityRevision, ActivityRevision.activity_id, HeadCount),
        (ValueSourceKind.ATTENDANCE, TallyRevision, TallyRevision.event_id, TallyCount),
    ]
    people: dict[tuple[str, UUID, int], int] = {}
    for kind, revision, source_id, count in pairs:
        for row in session.execute(
            _select_people(revision, source_id, count, _revisions(sources, kind), sex, age_band)
        ):
            people[(str(kind), row[0], row[1])] = row[2]
    return people


def _select_people(
    revision: Any, source_id: Any, count: Any, revisions: list[tuple[UUID, int]], sex: str, age_band: str
) -> Any:
    statement = (
        select(source_id, revision.number, count.people)
        .join(count, and_(count.chapter_id == revision.chapter_id, count.revision_id == revision.id))
        .where(tuple_(source_id, revision.number).in_(revisions), count.sex == sex, count.age_band == age_band)
    )
    return statement if revision is ActivityRevision else statement.where(revision.kind == ValueSourceKind.ATTENDANCE)


def _revisions(sources: Sequence[Source], kind: ValueSourceKind) -> list[tuple[UUID, int]]:
    return [(source.source_id, source.revision) for source in sources if source.kind is kind]

"""The evidence of a figure: the values of the chapters, and the rows of the log from which each value was made.

For UN Women's desk, whose login reads the columns that chapters share. Every statement names its countries.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, select, true
from sqlalchemy.orm import Session, aliased
from sqlalchemy.sql.selectable import LateralFromClause

from tenants.action_kit.activities.models import ActivityRevision
from tenants.action_kit.evaluation.indicators import Indicator
from tenants.action_kit.evaluation.models import ReportSubmission, ReportValue, ValueSource, ValueSourceKind
from tenants.action_kit.evaluation.periods import Period
from tenants.action_kit.funding.models import Transaction
from tenants.action_kit.launch.models import LaunchEvent, TallyRevision
from tenants.figures.measures import Accumulation, Parts
from tenants.figures.models import ALL_CELLS, CompiledReport
from tenants.keyset import Window, rows_in


@dataclass(frozen=True)
class ChapterValue:
    """What the figures hold of one chapter. `said_on` is the period of the report whose value counts, or None.

    A value from an earlier period is carried forward. `number` and `submitted_at` are those of its submission.
    `missing` is why the period's own approved report has no value.
    """

    chapter_id: UUID
    is_expected: bool
    said_on: date | None
    submission_id: UUID | None
    value_id: UUID | None
    numerator: int | None
    denominator: int | None
    number: int | None
    submitted_at: datetime | None
    missing: str | None

    def parts(self, period: Period) -> Parts:
        """Return what it contributes to a period. A chapter with a value of its own counts as expected."""
        is_own = self.said_on == period.starts_on
        return Parts(
            numerator=self.numerator,
            denominator=self.denominator,
            reported=int(is_own),
            carried=int(self.said_on is not None and not is_own),
            expected=int(self.is_expected or is_own),
        )


@dataclass(frozen=True)
class EvidenceRow:
    """A row from which a value was made, in the revision that was read, and its contribution.

    `title` and `held_on` are those of that revision; a transaction has only its day. `latest` is the number of the
    row's current revision. If it is larger, the row has been corrected since.
    """

    id: UUID
    kind: ValueSourceKind
    source_id: UUID
    revision: int
    numerator: int
    title: str | None
    held_on: date | None
    latest: int | None

    @property
    def is_corrected(self) -> bool:
        """Whether the row has been corrected since it was read."""
        return self.latest is not None and self.latest > self.revision


def chapter_values(
    session: Session, *, indicator: Indicator, period: Period, chapters: Sequence[UUID], countries: Sequence[str]
) -> dict[UUID, ChapterValue]:
    """Return what the figures hold of some chapters. Chapters that were never asked for a report are left out."""
    rows = session.execute(
        _select_values(indicator, countries).where(
            CompiledReport.chapter_id.in_(chapters), CompiledReport.period_on == period.starts_on
        )
    )
    return {row.chapter_id: ChapterValue(*row[1:]) for row in rows}


def values_over_periods(
    session: Session, *, indicator: Indicator, chapter_id: UUID, periods: Sequence[Period], countries: Sequence[str]
) -> dict[Period, ChapterValue]:
    """Return what the figures hold of one chapter in some periods. Periods without a report request are left out."""
    rows = session.execute(
        _select_values(indicator, countries).where(
            CompiledReport.chapter_id == chapter_id,
            CompiledReport.period_on.in_([period.starts_on for period in periods]),
        )
    )
    return {Period(row.period_on): ChapterValue(*row[1:]) for row in rows}


def cells_of(
    session: Session, value: ChapterValue, *, indicator: Indicator, countries: Sequence[str]
) -> dict[str, int]:
    """Return the people by cell of a chapter's value, from the submission of the value itself."""
    rows = session.execute(
        select(ReportValue.cell, ReportValue.numerator).where(
            ReportValue.chapter_id == value.chapter_id,
            ReportValue.country.in_(countries),
            ReportValue.submission_id == value.submission_id,
            ReportValue.indicator == indicator.code,
            ReportValue.version == indicator.version,
            ReportValue.cell != ALL_CELLS,
        )
    )
    return {cell: people for cell, people in rows if people is not None}


def sources_of(
    session: Session,
    value: ChapterValue,
    window: Window,
    *,
    countries: Sequence[str],
) -> list[EvidenceRow]:
    """Return the rows from which a chapter's value was made, by id. A cursor is an id."""
    read, now, latest = aliased(ActivityRevision), aliased(ActivityRevision), aliased(TallyRevision)
    source, is_activity = ValueSource, ValueSource.kind == ValueSourceKind.ACTIVITY
    is_tally = source.kind.in_([ValueSourceKind.ATTENDANCE, ValueSourceKind.SIGNUPS])
    statement = (
        select(
            source.id,
            source.kind,
            source.source_id,
            source.revision,
            source.numerator,
            func.coalesce(read.title, LaunchEvent.title),
            func.coalesce(read.held_on, LaunchEvent.held_on, Transaction.dated_on),
            func.coalesce(now.number, latest.number),
        )
        .outerjoin(
            read, and_(is_activity, *_joins_source(read, value, read.activity_id), read.number == source.revision)
        )
        .outerjoin(now, and_(is_activity, *_joins_source(now, value, now.activity_id), now.is_current))
        .outerjoin(LaunchEvent, and_(is_tally, *_joins_source(LaunchEvent, value, LaunchEvent.id)))
        .outerjoin(
            latest, and_(*_joins_source(latest, value, latest.event_id), latest.kind == source.kind, latest.is_current)
        )
        .outerjoin(
            Transaction,
            and_(source.kind == ValueSourceKind.TRANSACTION, *_joins_source(Transaction, value, Transaction.id)),
        )
        .where(
            source.chapter_id == value.chapter_id,
            source.country.in_(countries),
            source.value_id == value.value_id,
        )
    )
    rows = rows_in(session, statement, window, (source.id,))
    return [EvidenceRow(row[0], ValueSourceKind(row[1]), *row[2:]) for row in rows]


def _select_values(indicator: Indicator, countries: Sequence[str]) -> Select[*tuple[Any, ...]]:
    """Select the period, then the fields of a ChapterValue."""
    stands, report_value = _select_current_value(indicator), aliased(ReportValue)
    return (
        select(
            CompiledReport.period_on,
            CompiledReport.chapter_id,
            CompiledReport.is_expected,
            stands.c.said_on,
            stands.c.submission_id,
            stands.c.value_id,
            stands.c.numerator,
            stands.c.denominator,
            stands.c.number,
            stands.c.submitted_at,
            report_value.missing,
        )
        .select_from(CompiledReport)
        .outerjoin(stands, true())
        .outerjoin(
            report_value,
            and_(
                report_value.chapter_id == CompiledReport.chapter_id,
                report_value.submission_id == CompiledReport.submission_id,
                report_value.indicator == indicator.code,
                report_value.version == indicator.version,
                report_value.cell == ALL_CELLS,
            ),
        )
        .where(CompiledReport.country.in_(countries))
    )


def _select_current_value(indicator: Indicator) -> LateralFromClause:
    """Select the value that counts: for a flow the period's own, otherwise the latest one up to the period."""
    claim, outer, submission = aliased(CompiledReport), CompiledReport, ReportSubmission
    is_flow = indicator.rule.accumulation is Accumulation.FLOW
    stays = [] if indicator.rule.accumulation is not Accumulation.STOCK else [outer.is_open]
    return (
        select(
            claim.period_on.label("said_on"),
            claim.submission_id,
            ReportValue.id.label("value_id"),
            ReportValue.numerator,
            ReportValue.denominator,
            submission.number,
            submission.submitted_at,
        )
        .join(
            ReportValue,
            and_(ReportValue.chapter_id == claim.chapter_id, ReportValue.submission_id == claim.submission_id),
        )
        .join(submission, and_(submission.chapter_id == claim.chapter_id, submission.id == claim.submission_id))
        .where(
            claim.chapter_id == outer.chapter_id,
            claim.period_on == outer.period_on if is_flow else claim.period_on <= outer.period_on,
            ReportValue.indicator == indicator.code,
            ReportValue.version == indicator.version,
            ReportValue.cell == ALL_CELLS,
            ReportValue.numerator.is_not(None),
            *stays,
        )
        .order_by(claim.period_on.desc())
        .limit(1)
        .correlate(outer)
        .lateral("stands")
    )


def _joins_source(table: Any, value: ChapterValue, column: Any) -> tuple[ColumnElement[bool], ...]:
    return table.chapter_id == value.chapter_id, column == ValueSource.source_id

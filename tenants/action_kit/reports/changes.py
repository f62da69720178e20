"""What a sent report was assembled from and has changed since: entries of the log, counts at events, transactions.

Each row behind the report is compared with its current state, not only the sums: another day, another box or another
payment is a change, also if it leaves a total as it was. A correction of a text alone is none, and neither is one that
was corrected back.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Date,
    Select,
    Text,
    and_,
    cast,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import aliased

from tenants.action_kit.activities.models import ActivityRevision, HeadCount
from tenants.action_kit.evaluation.models import (
    Report,
    ReportState,
    ReportSubmission,
    ReportValue,
    ValueSource,
    ValueSourceKind,
)
from tenants.action_kit.evaluation.periods import MONTHS
from tenants.action_kit.funding.ledger import counts, signed
from tenants.action_kit.funding.models import Transaction
from tenants.action_kit.launch.models import LaunchEvent, TallyCount, TallyKind, TallyRevision
from tenants.obligations.selects import StatementScope

READ_FOR = {
    ValueSourceKind.ACTIVITY: "activities_held",
    ValueSourceKind.ATTENDANCE: "participations",
    ValueSourceKind.SIGNUPS: "signups_tallied",
    ValueSourceKind.TRANSACTION: "spent",
}  # the indicator that reads every row of a kind


def changes_since_sent(scope: StatementScope) -> CompoundSelect[Any]:
    """Select report_id, kind, source_id and time of each change since a report was sent, in the bound chapter."""
    return union_all(*_activities(scope), *_tallies(scope), *_transactions(scope))


def _activities(scope: StatementScope) -> Iterator[Select[Any]]:
    kind, now, before = ValueSourceKind.ACTIVITY, aliased(ActivityRevision), aliased(ActivityRevision)
    source = _sources(scope, kind)
    is_current = and_(now.chapter_id == Report.chapter_id, scope.covers(now.chapter_id), now.is_current)
    differs = or_(
        now.id.is_(None),
        now.held_on != before.held_on,
        now.people.is_distinct_from(before.people),
        now.first_time.is_distinct_from(before.first_time),
        _cells(scope, HeadCount, now).is_distinct_from(_cells(scope, HeadCount, before)),
    )
    was_read = and_(before.chapter_id == Report.chapter_id, scope.covers(before.chapter_id))
    yield (
        _change(kind, source.c.source_id, now.made_at)
        .join(source, source.c.report_id == Report.id)
        .join(before, and_(was_read, before.activity_id == source.c.source_id, before.number == source.c.revision))
        .outerjoin(now, and_(is_current, now.activity_id == source.c.source_id))
        .where(_is_sent(scope), differs)
    )
    yield (
        _change(kind, now.activity_id, now.made_at)
        .join(now, and_(is_current, now.held_on >= Report.period_on, now.held_on < _end_of_period()))
        .outerjoin(source, _same(source, now.activity_id))
        .where(_is_sent(scope), source.c.source_id.is_(None))
    )


def _tallies(scope: StatementScope) -> Iterator[Select[Any]]:
    for kind, tally_kind in (
        (ValueSourceKind.ATTENDANCE, TallyKind.ATTENDANCE),
        (ValueSourceKind.SIGNUPS, TallyKind.SIGNUPS),
    ):
        now, before, source = _current_tallies(scope, tally_kind), aliased(TallyRevision), _sources(scope, kind)
        was_read = and_(before.chapter_id == Report.chapter_id, scope.covers(before.chapter_id))
        is_counted = and_(now.c.held_on < _end_of_period(), now.c.cancelled_at.is_(None))
        if kind is ValueSourceKind.ATTENDANCE:  # sign-ups are counted since the beginning
            is_counted = and_(is_counted, now.c.held_on >= Report.period_on)
        differs = or_(~is_counted, now.c.cells.is_distinct_from(_cells(scope, TallyCount, before)))
        yield (
            _change(kind, source.c.source_id, func.greatest(now.c.made_at, now.c.cancelled_at))
            .join(source, source.c.report_id == Report.id)
            .join(before, and_(was_read, before.event_id == source.c.source_id, before.number == source.c.revision))
            .outerjoin(now, now.c.event_id == source.c.source_id)
            .where(_is_sent(scope), before.kind == tally_kind, differs)
        )
        yield (
            _change(kind, now.c.event_id, now.c.made_at)
            .join(now, is_counted)
            .outerjoin(source, _same(source, now.c.event_id))
            .where(_is_sent(scope), source.c.source_id.is_(None))
        )


def _current_tallies(scope: StatementScope, kind: TallyKind) -> Any:
    cells = _cells(scope, TallyCount, TallyRevision).label("cells")
    is_of_event = and_(
        LaunchEvent.chapter_id == TallyRevision.chapter_id,
        LaunchEvent.id == TallyRevision.event_id,
        scope.covers(LaunchEvent.chapter_id),
    )
    return (
        select(TallyRevision.event_id, TallyRevision.made_at, LaunchEvent.held_on, LaunchEvent.cancelled_at, cells)
        .join(LaunchEvent, is_of_event)
        .where(scope.covers(TallyRevision.chapter_id), TallyRevision.is_current, TallyRevision.kind == kind)
        .subquery()
    )


def _transactions(scope: StatementScope) -> Iterator[Select[Any]]:
    kind = ValueSourceKind.TRANSACTION
    source, cents = _sources(scope, kind), signed(Transaction.usd_minor)
    is_own = and_(Transaction.chapter_id == Report.chapter_id, scope.covers(Transaction.chapter_id))
    counted_at = func.greatest(Transaction.recorded_at, Transaction.decided_at)
    is_spent = and_(Transaction.budget_line_id.is_not(None), counts())
    in_period = and_(Transaction.dated_on >= Report.period_on, Transaction.dated_on < _end_of_period())
    yield (
        _change(kind, source.c.source_id, counted_at)
        .join(source, source.c.report_id == Report.id)
        .join(Transaction, and_(is_own, Transaction.id == source.c.source_id))
        .where(_is_sent(scope), or_(~is_spent, cents.is_distinct_from(source.c.numerator)))
    )
    yield (
        _change(kind, Transaction.id, counted_at)
        .join(Transaction, and_(is_own, is_spent, in_period))
        .outerjoin(source, _same(source, Transaction.id))
        .where(_is_sent(scope), source.c.source_id.is_(None))
        .where(or_(cents.is_not(None), counted_at > Report.submitted_at))  # the report left out what has no rate
    )


def _change(kind: ValueSourceKind, source_id: Any, changed_at: Any) -> Select[Any]:
    """Begin the select of a change. Its time is that of sending, if the row has no later one."""
    at = func.greatest(changed_at, Report.submitted_at).label("at")
    columns = Report.id.label("report_id"), literal(str(kind), Text).label("kind"), source_id.label("source_id"), at
    return select(*columns).select_from(Report)


def _is_sent(scope: StatementScope) -> ColumnElement[bool]:
    return and_(scope.covers(Report.chapter_id), Report.state.in_([ReportState.SUBMITTED, ReportState.APPROVED]))


def _end_of_period() -> ColumnElement[Any]:
    return cast(Report.period_on + func.make_interval(0, MONTHS), Date)


def _sources(scope: StatementScope, kind: ValueSourceKind) -> Any:
    """Return the rows of a kind that the latest submission of each report was assembled from."""
    chapter_id = Report.chapter_id
    is_latest = and_(ReportSubmission.report_id == Report.id, ReportSubmission.number == Report.sent)
    return (
        select(Report.id.label("report_id"), ValueSource.source_id, ValueSource.revision, ValueSource.numerator)
        .join(ReportSubmission, and_(ReportSubmission.chapter_id == chapter_id, is_latest))
        .join(ReportValue, and_(ReportValue.chapter_id == chapter_id, ReportValue.submission_id == ReportSubmission.id))
        .join(ValueSource, and_(ValueSource.chapter_id == chapter_id, ValueSource.value_id == ReportValue.id))
        .where(_is_sent(scope), scope.covers(ReportSubmission.chapter_id), scope.covers(ReportValue.chapter_id))
        .where(scope.covers(ValueSource.chapter_id))
        .where(ReportValue.indicator == READ_FOR[kind], ValueSource.kind == kind)
        .subquery()
    )


def _same(source: Any, source_id: Any) -> ColumnElement[bool]:
    return and_(source.c.report_id == Report.id, source.c.source_id == source_id)


def _cells(scope: StatementScope, count: type[HeadCount] | type[TallyCount], revision: Any) -> ColumnElement[Any]:
    """Return the people of a revision by cell as JSON, without empty cells."""
    cell = func.concat(count.sex, ".", count.age_band)
    return (
        select(func.jsonb_object_agg(cell, count.people))
        .where(count.chapter_id == revision.chapter_id, scope.covers(count.chapter_id))
        .where(count.revision_id == revision.id, count.people > 0)
        .correlate_except(count)
        .scalar_subquery()
    )

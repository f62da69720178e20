"""Assemble a report: compute each value from the chapter's records, with the rows behind it.

Nothing is typed twice, and nothing is estimated: an activity without a head count adds an activity and no people. If
people were asked nowhere whether they came before, the number of those who came first is missing, not zero.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tenants.action_kit.activities.models import ActivityRevision, HeadCount
from tenants.action_kit.evaluation.indicators import BY_CODE, CORE, TYPED_INDICATORS, Indicator
from tenants.action_kit.evaluation.models import Missing, ReportEntry, ValueSourceKind
from tenants.action_kit.evaluation.periods import Period
from tenants.action_kit.funding.queries import period_spending
from tenants.action_kit.launch.models import TallyKind
from tenants.action_kit.launch.queries import Tally, period_tallies
from tenants.clock import THE_MOVEMENT_BEGAN
from tenants.scope import bound_chapter


@dataclass(frozen=True)
class Source:
    """A row behind a value: its kind, the revision that was read, and the number that it contributes."""

    kind: ValueSourceKind
    source_id: UUID
    revision: int
    numerator: int


@dataclass(frozen=True)
class Assembled:
    """A current value. Exactly one of `numerator` and `missing` is set; `cells`, if any, add up to the numerator."""

    indicator: Indicator
    numerator: int | None
    denominator: int | None = None
    missing: Missing | None = None
    sources: tuple[Source, ...] = ()
    cells: Mapping[str, int] = field(default_factory=dict)
    left_out: int = 0
    """How many rows have no number: activities without a head count, expenses that are not converted."""


@dataclass(frozen=True)
class _LoggedActivity:
    revision: ActivityRevision
    cells: Mapping[str, int]


def assemble(session: Session, period: Period, entries: Mapping[str, ReportEntry]) -> list[Assembled]:
    """Return the values of all core indicators for the bound chapter; `entries` are those typed in the report."""
    activities = _load_activities(session, period)
    tallies = period_tallies(session, THE_MOVEMENT_BEGAN, period.ends_on)
    attendance = [
        tally for tally in tallies if tally.kind == TallyKind.ATTENDANCE and tally.held_on >= period.starts_on
    ]
    values = {
        "activities_held": _count_activities(activities),
        "participations": _count_participations(activities, attendance),
        "first_time": _count_first_time(activities),
        "signups_tallied": _count_signups(tallies),
        "spent": _sum_spending(session, period),
        **{indicator.code: _value_of_entry(indicator, entries.get(indicator.code)) for indicator in TYPED_INDICATORS},
    }
    return [values[indicator.code] for indicator in CORE]


def cell_code(sex: str, age_band: str) -> str:
    """Return the code of a cell, such as women.18_24."""
    return f"{sex}.{age_band}"


def _load_activities(session: Session, period: Period) -> list[_LoggedActivity]:
    chapter_id = bound_chapter(session)
    of_revision = (HeadCount.revision_id == ActivityRevision.id) & (HeadCount.chapter_id == chapter_id)
    rows = session.execute(
        select(ActivityRevision, HeadCount)
        .outerjoin(HeadCount, of_revision)
        .where(
            ActivityRevision.chapter_id == chapter_id,
            ActivityRevision.is_current,
            ActivityRevision.held_on.between(period.starts_on, period.ends_on),
        )
        .order_by(ActivityRevision.held_on, ActivityRevision.activity_id)
    )
    cells: dict[ActivityRevision, dict[str, int]] = {}
    for revision, count in rows:
        counts = cells.setdefault(revision, {})
        if count is not None:
            counts[cell_code(count.sex, count.age_band)] = count.people
    return [_LoggedActivity(revision, counts) for revision, counts in cells.items()]


def _count_activities(activities: Sequence[_LoggedActivity]) -> Assembled:
    sources = tuple(_source_of_activity(activity.revision, 1) for activity in activities)
    return Assembled(BY_CODE["activities_held"], len(sources), sources=sources)


def _count_participations(activities: Sequence[_LoggedActivity], attendance: Sequence[Tally]) -> Assembled:
    cells: dict[str, int] = defaultdict(int)
    sources: list[Source] = []
    for activity in activities:
        if activity.revision.people is not None:
            sources.append(_source_of_activity(activity.revision, activity.revision.people))
            _add_cells(cells, activity.cells)
    for tally in attendance:
        sources.append(_source_of_tally(ValueSourceKind.ATTENDANCE, tally))
        _add_cells(cells, {cell_code(*cell): people for cell, people in tally.counts.items()})
    missing_count = sum(activity.revision.people is None for activity in activities)
    total = sum(source.numerator for source in sources)
    return Assembled(
        BY_CODE["participations"], total, sources=tuple(sources), cells=dict(cells), left_out=missing_count
    )


def _count_first_time(activities: Sequence[_LoggedActivity]) -> Assembled:
    sources = tuple(
        _source_of_activity(activity.revision, activity.revision.first_time)
        for activity in activities
        if activity.revision.first_time is not None
    )
    missing_count = len(activities) - len(sources)
    if any(activity.revision.people for activity in activities) and not sources:
        return Assembled(BY_CODE["first_time"], None, missing=Missing.NOT_AVAILABLE, left_out=missing_count)
    total = sum(source.numerator for source in sources)
    return Assembled(BY_CODE["first_time"], total, sources=sources, left_out=missing_count)


def _count_signups(tallies: Sequence[Tally]) -> Assembled:
    sources = tuple(
        _source_of_tally(ValueSourceKind.SIGNUPS, tally) for tally in tallies if tally.kind == TallyKind.SIGNUPS
    )
    if not sources:
        return Assembled(BY_CODE["signups_tallied"], None, missing=Missing.NOT_AVAILABLE)
    return Assembled(BY_CODE["signups_tallied"], sum(source.numerator for source in sources), sources=sources)


def _sum_spending(session: Session, period: Period) -> Assembled:
    spending = period_spending(session, period.starts_on, period.ends_on)
    sources = tuple(
        Source(ValueSourceKind.TRANSACTION, transaction_id, 1, usd_minor)
        for transaction_id, usd_minor in spending
        if usd_minor is not None
    )
    left_out = len(spending) - len(sources)
    if left_out and not sources:
        return Assembled(BY_CODE["spent"], None, missing=Missing.NOT_AVAILABLE, left_out=left_out)
    total = sum(source.numerator for source in sources)
    return Assembled(BY_CODE["spent"], total, sources=sources, left_out=left_out)


def _value_of_entry(indicator: Indicator, entry: ReportEntry | None) -> Assembled:
    if entry is None or entry.numerator is None:
        missing = Missing(entry.missing) if entry and entry.missing else Missing.NOT_REPORTED
        return Assembled(indicator, None, missing=missing)
    return Assembled(indicator, entry.numerator, entry.denominator)


def _source_of_activity(revision: ActivityRevision, numerator: int) -> Source:
    return Source(ValueSourceKind.ACTIVITY, revision.activity_id, revision.number, numerator)


def _source_of_tally(kind: ValueSourceKind, tally: Tally) -> Source:
    return Source(kind, tally.event_id, tally.number, tally.people)


def _add_cells(cells: dict[str, int], counts: Mapping[str, int]) -> None:
    for cell, people in counts.items():
        cells[cell] += people

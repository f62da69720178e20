"""The data of a chapter's first page about its six steps and its figures, read in one statement.

A statement for each step would cost more than the rest of the page. Obligations are not included; they are read
elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import (
    TIMESTAMP,
    ColumnElement,
    Date,
    ScalarSelect,
    and_,
    case,
    cast,
    func,
    literal,
    select,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from tenants.action_kit.activities.models import ActivityRevision
from tenants.action_kit.evaluation.models import Report
from tenants.action_kit.funding.models import BudgetLine, FundingSource, Transaction, TransactionState
from tenants.action_kit.launch.models import ChecklistItem, LaunchEvent, TallyKind, TallyRevision
from tenants.action_kit.plan.models import LineKind, PlanLine, PlanVersion, VersionState
from tenants.action_kit.plan.queries import select_entry_count
from tenants.action_kit.targets.models import IndicatorTarget
from tenants.people.models import Membership
from tenants.people.terms import FocalPointTerm
from tenants.scope import bound_chapter


@dataclass(frozen=True)
class Quarter:
    """What a chapter recorded in one quarter, given by its first day. Sign-ups are separate and added to nothing.

    `counted` and `asked` are the activities with a head count, and those where people were asked who came before.
    """

    starts_on: date
    activities: int = 0
    counted: int = 0
    asked: int = 0
    people: int = 0
    first_time: int = 0
    signups: int = 0


@dataclass(frozen=True)
class TargetSet:
    """The target that counts for an indicator and a year. `baseline` is None if none was given."""

    indicator: str
    version: int
    year: int
    baseline: int | None
    target: int


@dataclass(frozen=True)
class RecentActivity:
    """A logged activity. `people` is None if nobody counted."""

    id: UUID
    held_on: date
    kind: str
    title: str
    people: int | None


@dataclass(frozen=True)
class ChapterFacts:
    """The progress of the bound chapter, from its rows. `plan` and `report` are the latest ones, with their states.

    `held` and `planned` count as the page of the plan does (`count_progress`).
    """

    holders: list[str]
    members: int
    lines: int
    planned: int
    held: int
    plan_number: int | None
    plan_state: str | None
    money: int
    waiting: int
    launch_on: date | None
    items: int
    items_done: int
    report_due_on: date | None
    report_state: str | None
    is_report_returned: bool
    quarters: list[Quarter] = field(default_factory=list)
    targets: list[TargetSet] = field(default_factory=list)
    recent: list[RecentActivity] = field(default_factory=list)

    @property
    def is_blank(self) -> bool:
        """Whether nothing has been recorded yet except members."""
        return not (self.lines or self.money or self.launch_on or self.quarters or self.plan_number)


def chapter_facts(session: Session, *, today: date, recent: int = 0) -> ChapterFacts:
    """Return the facts of the bound chapter on its day `today`, with `recent` latest activities, in one statement."""
    chapter_id = bound_chapter(session)
    row = session.execute(
        select(
            _select_holders(chapter_id, today).label("holders"),
            _select_count(chapter_id, Membership.id, Membership.left_at.is_(None)).label("members"),
            _select_count(chapter_id, PlanLine.id, PlanLine.removed_at.is_(None)).label("lines"),
            _select_progress(chapter_id).label("progress"),
            _select_plan(chapter_id).label("plan"),
            (
                _select_count(chapter_id, BudgetLine.id)
                + _select_count(chapter_id, FundingSource.id)
                + _select_count(chapter_id, Transaction.id)
            ).label("money"),
            _select_count(chapter_id, Transaction.id, Transaction.state == TransactionState.PENDING).label("waiting"),
            _select_launch(chapter_id).label("launch"),
            _select_report(chapter_id).label("report"),
            _select_quarters(chapter_id).label("quarters"),
            _select_targets(chapter_id, today.year).label("targets"),
            _select_recent(chapter_id, recent).label("recent"),
        )
    ).one()
    plan, launch, report = row.plan or {}, row.launch or {}, row.report or {}
    held_count, planned_count = row.progress
    return ChapterFacts(
        holders=row.holders or [],
        members=row.members,
        lines=row.lines,
        planned=planned_count or 0,
        held=held_count or 0,
        plan_number=plan.get("number"),
        plan_state=plan.get("state"),
        money=row.money,
        waiting=row.waiting,
        launch_on=_parse_day(launch.get("held_on")),
        items=launch.get("items", 0),
        items_done=launch.get("items_done", 0),
        report_due_on=_parse_day(report.get("due_on")),
        report_state=report.get("state"),
        is_report_returned=bool(report.get("returned_at")),
        quarters=_sum_quarters(row.quarters or []),
        targets=_current_targets(row.targets or []),
        recent=[
            RecentActivity(UUID(activity[0]), date.fromisoformat(activity[1]), *activity[2:])
            for activity in row.recent or []
        ],
    )


def _select_count(
    chapter_id: UUID, column: InstrumentedAttribute[UUID], *conditions: ColumnElement[bool]
) -> ScalarSelect[int]:
    return select(func.count(column)).where(column.class_.chapter_id == chapter_id, *conditions).scalar_subquery()


def _select_progress(chapter_id: UUID) -> ScalarSelect[Any]:
    """Select how often the activities of the working copy took place, and how often they were planned."""
    held_count = func.least(select_entry_count(), PlanLine.times)
    activities = (
        select(
            held_count.label("held"),
            case((PlanLine.dropped_on.is_(None), PlanLine.times), else_=held_count).label("planned"),
        )
        .where(PlanLine.chapter_id == chapter_id, PlanLine.kind == LineKind.ACTIVITY, PlanLine.removed_at.is_(None))
        .subquery()
    )
    sums = func.json_build_array(func.sum(activities.c.held), func.sum(activities.c.planned))
    return select(sums).scalar_subquery()


def _select_holders(chapter_id: UUID, today: date) -> ScalarSelect[Any]:
    """Select the names of the focal point and then of the deputies."""
    is_same_member = and_(Membership.chapter_id == chapter_id, Membership.id == FocalPointTerm.membership_id)
    holders = (
        select(Membership.name.label("name"))
        .join(FocalPointTerm, is_same_member)
        .where(
            FocalPointTerm.chapter_id == chapter_id, FocalPointTerm.starts_on <= today, FocalPointTerm.ends_on >= today
        )
        .order_by(FocalPointTerm.rank.desc(), Membership.name)  # "primary" before "deputy"
        .subquery()
    )
    return select(func.json_agg(holders.c.name)).scalar_subquery()


def _select_plan(chapter_id: UUID) -> ScalarSelect[Any]:
    return (
        select(func.json_build_object("number", PlanVersion.number, "state", PlanVersion.state))
        .where(PlanVersion.chapter_id == chapter_id, PlanVersion.state != VersionState.WITHDRAWN)
        .order_by(PlanVersion.number.desc())
        .limit(1)
        .scalar_subquery()
    )


def _select_launch(chapter_id: UUID) -> ScalarSelect[Any]:
    item = ChecklistItem.event_id == LaunchEvent.id
    items = (
        select(func.count(ChecklistItem.id)).where(ChecklistItem.chapter_id == chapter_id, item).correlate(LaunchEvent)
    )
    return (
        select(
            func.json_build_object(
                "held_on",
                LaunchEvent.held_on,
                "items",
                items.scalar_subquery(),
                "items_done",
                items.where(ChecklistItem.done_at.is_not(None)).scalar_subquery(),
            )
        )
        .where(LaunchEvent.chapter_id == chapter_id, LaunchEvent.is_launch, LaunchEvent.cancelled_at.is_(None))
        .limit(1)
        .scalar_subquery()
    )


def _select_report(chapter_id: UUID) -> ScalarSelect[Any]:
    report = func.json_build_object("due_on", Report.due_on, "state", Report.state, "returned_at", Report.returned_at)
    latest = select(report).where(Report.chapter_id == chapter_id).order_by(Report.period_on.desc()).limit(1)
    return latest.scalar_subquery()


def _select_quarters(chapter_id: UUID) -> ScalarSelect[Any]:
    """Select logged activities and counts by quarter. Attendance at events is added to participations."""
    zero = literal(0)
    activities = select(
        _quarter(ActivityRevision.held_on).label("starts_on"),
        func.count(ActivityRevision.id).label("activities"),
        func.count(ActivityRevision.people).label("counted"),
        func.count(ActivityRevision.first_time).label("asked"),
        func.coalesce(func.sum(ActivityRevision.people), 0).label("people"),
        func.coalesce(func.sum(ActivityRevision.first_time), 0).label("first_time"),
        zero.label("signups"),
    ).where(ActivityRevision.chapter_id == chapter_id, ActivityRevision.is_current)
    attendance, signups = (
        func.coalesce(func.sum(TallyRevision.people).filter(TallyRevision.kind == kind), 0)
        for kind in (TallyKind.ATTENDANCE, TallyKind.SIGNUPS)
    )
    tallies = (
        select(_quarter(LaunchEvent.held_on).label("starts_on"), zero, zero, zero, attendance, zero, signups)
        .join(TallyRevision, and_(TallyRevision.chapter_id == chapter_id, TallyRevision.event_id == LaunchEvent.id))
        .where(LaunchEvent.chapter_id == chapter_id, LaunchEvent.cancelled_at.is_(None), TallyRevision.is_current)
    )
    quarters = union_all(activities.group_by("starts_on"), tallies.group_by("starts_on")).subquery()
    return select(func.json_agg(func.json_build_array(*quarters.c))).scalar_subquery()


def _quarter(day: InstrumentedAttribute[date]) -> ColumnElement[date]:
    """Return the first day of the quarter. It uses a timestamp without time zone, so that no time zone shifts it."""
    return cast(func.date_trunc("quarter", cast(day, TIMESTAMP)), Date)


def _select_targets(chapter_id: UUID, year: int) -> ScalarSelect[Any]:
    """Select all targets of a year and the one before, with their numbers. The highest number counts."""
    row = func.json_build_array(
        IndicatorTarget.indicator,
        IndicatorTarget.version,
        IndicatorTarget.year,
        IndicatorTarget.baseline_numerator,
        IndicatorTarget.target_numerator,
        IndicatorTarget.number,
    )
    statement = select(func.json_agg(row)).where(
        IndicatorTarget.chapter_id == chapter_id, IndicatorTarget.year.in_((year - 1, year))
    )
    return statement.scalar_subquery()


def _select_recent(chapter_id: UUID, limit: int) -> ScalarSelect[Any]:
    latest = (
        select(
            ActivityRevision.activity_id,
            ActivityRevision.held_on,
            ActivityRevision.kind,
            ActivityRevision.title,
            ActivityRevision.people,
        )
        .where(ActivityRevision.chapter_id == chapter_id, ActivityRevision.is_current)
        .order_by(ActivityRevision.held_on.desc(), ActivityRevision.activity_id.desc())
        .limit(limit)
        .subquery()
    )
    return select(func.json_agg(func.json_build_array(*latest.c))).scalar_subquery()


def _sum_quarters(rows: list[list[Any]]) -> list[Quarter]:
    """Add up the rows of activities and events of each quarter, earliest quarter first."""
    sums: dict[str, list[int]] = {}
    for starts_on, *numbers in rows:
        sums[starts_on] = [
            before + number for before, number in zip(sums.get(starts_on, [0] * 6), numbers, strict=True)
        ]
    return [Quarter(date.fromisoformat(starts_on), *numbers) for starts_on, numbers in sorted(sums.items())]


def _current_targets(rows: list[list[Any]]) -> list[TargetSet]:
    """Return the target with the highest number for each indicator and year. A later target replaces earlier ones."""
    last = {tuple(row[:3]): row for row in sorted(rows, key=lambda row: row[-1])}
    return [TargetSet(*row[:-1]) for row in last.values()]


def _parse_day(iso_day: str | None) -> date | None:
    return date.fromisoformat(iso_day) if iso_day else None

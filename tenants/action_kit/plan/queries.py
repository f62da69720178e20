"""Queries over the bound chapter's plan. They only read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ScalarSelect, and_, func, select
from sqlalchemy.orm import Session, aliased

from tenants.action_kit.activities.models import ActivityRevision
from tenants.action_kit.plan.models import LineKind, PlanLine, PlanVersion, PlanVersionLine, VersionState
from tenants.people.models import Membership
from tenants.people.queries import known_as
from tenants.scope import bound_chapter

VERSIONS_SHOWN = 20


@dataclass(frozen=True)
class ActivityProgress:
    """A line of the plan, and how many current entries of the log are for it."""

    line: PlanLine
    held: int

    @property
    def is_complete(self) -> bool:
        """Whether an activity took place as often as planned."""
        return self.held >= self.line.times

    @property
    def is_open(self) -> bool:
        """Whether an activity is still to take place."""
        return not self.is_complete and self.line.done_on is None and self.line.dropped_on is None


@dataclass(frozen=True)
class NamedLine(ActivityProgress):
    """A line with the name of its responsible member if still present, and whether the reader is that member."""

    responsible: str | None
    is_own: bool


def select_entry_count() -> ScalarSelect[int]:
    """Count the current entries of the log for the PlanLine of the statement, in its chapter."""
    return (
        select(func.count(ActivityRevision.id))
        .where(
            ActivityRevision.chapter_id == PlanLine.chapter_id,
            ActivityRevision.plan_line_id == PlanLine.id,
            ActivityRevision.is_current,
        )
        .correlate(PlanLine)
        .scalar_subquery()
    )


def count_progress(lines: Sequence[ActivityProgress]) -> tuple[int, int]:
    """Return how often the activities took place, and how often they were planned.

    A time beyond the plan does not make up for another activity. What was dropped is planned as often as it took place.
    """
    activities = [row for row in lines if row.line.kind == LineKind.ACTIVITY]
    held_counts = [min(row.held, row.line.times) for row in activities]
    planned_counts = [
        number if row.line.dropped_on is not None else row.line.times
        for row, number in zip(activities, held_counts, strict=True)
    ]
    return sum(held_counts), sum(planned_counts)


@dataclass(frozen=True)
class NamedVersion:
    """A version and the names of the people who sent it and decided on it."""

    version: PlanVersion
    sent_by: str | None
    decided_by: str | None


def living_lines(session: Session) -> list[PlanLine]:
    """Return the lines of the working copy, in order."""
    statement = select(PlanLine).where(PlanLine.removed_at.is_(None)).order_by(PlanLine.position, PlanLine.id)
    return list(session.scalars(statement))


def named_lines(session: Session, *, reader_id: UUID) -> list[NamedLine]:
    """Return the lines of the working copy, in order, with the names of the responsible members."""
    member = aliased(Membership)
    of_line = and_(
        member.chapter_id == bound_chapter(session), member.id == PlanLine.responsible_id, member.left_at.is_(None)
    )
    statement = (
        select(PlanLine, select_entry_count(), member.name, func.coalesce(member.user_id == reader_id, False))
        .outerjoin(member, of_line)
        .where(PlanLine.removed_at.is_(None))
        .order_by(PlanLine.position, PlanLine.id)
    )
    return [NamedLine(*row) for row in session.execute(statement)]


def open_activities(session: Session) -> list[ActivityProgress]:
    """Return the activities of the working copy that are still to take place, the earliest due date first."""
    statement = select(PlanLine, select_entry_count()).where(
        PlanLine.kind == LineKind.ACTIVITY,
        PlanLine.removed_at.is_(None),
        PlanLine.done_on.is_(None),
        PlanLine.dropped_on.is_(None),
    )
    rows = session.execute(statement.order_by(PlanLine.due_on, PlanLine.position, PlanLine.id))
    return [row for row in (ActivityProgress(*values) for values in rows) if row.is_open]


def find_planned(session: Session, line_id: UUID) -> ActivityProgress | None:
    """Return a planned activity, also one that is no longer in the plan; None if the chapter has no such activity."""
    statement = select(PlanLine, select_entry_count()).where(PlanLine.id == line_id, PlanLine.kind == LineKind.ACTIVITY)
    row = session.execute(statement).one_or_none()
    return None if row is None else ActivityProgress(*row)


def named_versions(session: Session) -> list[NamedVersion]:
    """Return the latest versions, newest first, without withdrawn ones.

    Needs the web's login, because the names of UN Women's staff are those of their accounts.
    """
    chapter_id, sender, decider = bound_chapter(session), PlanVersion.submitted_by, PlanVersion.decided_by
    statement = (
        select(
            PlanVersion,
            known_as(chapter_id, sender),
            known_as(chapter_id, decider),
        )
        .where(PlanVersion.state != VersionState.WITHDRAWN)
        .order_by(PlanVersion.number.desc())
        .limit(VERSIONS_SHOWN)
    )
    return [NamedVersion(*row) for row in session.execute(statement)]


def version_lines(session: Session, version_id: UUID) -> list[PlanVersionLine]:
    """Return the lines of one version, in order."""
    statement = select(PlanVersionLine).where(PlanVersionLine.version_id == version_id)
    return list(session.scalars(statement.order_by(PlanVersionLine.position, PlanVersionLine.id)))


def has_changed(session: Session, lines: Sequence[PlanLine]) -> bool:
    """Whether `lines`, the working copy in order, differs from the version in force, if there is one."""
    version_id = select(PlanVersion.id).where(PlanVersion.state == VersionState.APPROVED).scalar_subquery()
    statement = select(PlanVersionLine).where(PlanVersionLine.version_id == version_id)
    in_force = session.scalars(statement.order_by(PlanVersionLine.position, PlanVersionLine.id)).all()
    return [_content_of(line.id, line.parent_id, line) for line in lines] != [
        _content_of(line.line_id, line.parent_line_id, line) for line in in_force
    ]


def is_responsible(session: Session, line: PlanLine, *, user_id: UUID) -> bool:
    """Whether a person is the responsible member of a line and still belongs to the chapter."""
    statement = select(Membership.id).where(
        Membership.id == line.responsible_id, Membership.user_id == user_id, Membership.left_at.is_(None)
    )
    return session.scalar(statement) is not None


def _content_of(line_id: UUID, parent_id: UUID | None, line: PlanLine | PlanVersionLine) -> tuple[object, ...]:
    return line_id, parent_id, line.kind, line.title, line.starts_on, line.due_on, line.times, line.risk

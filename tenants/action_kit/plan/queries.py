"""Queries over the bound chapter's plan. They only read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, aliased

from tenants.action_kit.plan.models import PlanLine, PlanVersion, PlanVersionLine, VersionState
from tenants.people.models import Membership
from tenants.people.queries import known_as
from tenants.scope import bound_chapter

VERSIONS_SHOWN = 20


@dataclass(frozen=True)
class NamedLine:
    """A line, the name of its responsible member if still present, and whether the reader is that member."""

    line: PlanLine
    responsible: str | None
    is_own: bool


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
        select(PlanLine, member.name, func.coalesce(member.user_id == reader_id, False))
        .outerjoin(member, of_line)
        .where(PlanLine.removed_at.is_(None))
        .order_by(PlanLine.position, PlanLine.id)
    )
    return [NamedLine(line, name, is_own) for line, name, is_own in session.execute(statement)]


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
    return line_id, parent_id, line.kind, line.title, line.starts_on, line.due_on, line.risk

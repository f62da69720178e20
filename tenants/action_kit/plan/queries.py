"""Named selects over the bound chapter's plan; no writes."""

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
class ToldLine:
    """A line, the name of the present member who is responsible, and whether it is hers who asks."""

    line: PlanLine
    responsible: str | None
    is_own: bool


@dataclass(frozen=True)
class ToldVersion:
    """A version and the names of who sent it and who decided."""

    version: PlanVersion
    sent_by: str | None
    decided_by: str | None


def living_lines(session: Session) -> list[PlanLine]:
    """Return the lines of the working copy, in order."""
    statement = select(PlanLine).where(PlanLine.removed_at.is_(None)).order_by(PlanLine.position, PlanLine.id)
    return list(session.scalars(statement))


def told_lines(session: Session, *, reader_id: UUID) -> list[ToldLine]:
    """Return the lines of the working copy, in order, with who is responsible."""
    who = aliased(Membership)
    of_line = and_(who.chapter_id == bound_chapter(session), who.id == PlanLine.responsible_id, who.left_at.is_(None))
    statement = (
        select(PlanLine, who.name, func.coalesce(who.user_id == reader_id, False))
        .outerjoin(who, of_line)
        .where(PlanLine.removed_at.is_(None))
        .order_by(PlanLine.position, PlanLine.id)
    )
    return [ToldLine(line, name, is_own) for line, name, is_own in session.execute(statement)]


def told_versions(session: Session) -> list[ToldVersion]:
    """Return the latest versions, newest first, without those taken back.

    Needs the web's login: UN Women's names are those of accounts.
    """
    here, sender, decider = bound_chapter(session), PlanVersion.submitted_by, PlanVersion.decided_by
    statement = (
        select(
            PlanVersion,
            known_as(here, sender),
            known_as(here, decider),
        )
        .where(PlanVersion.state != VersionState.WITHDRAWN)
        .order_by(PlanVersion.number.desc())
        .limit(VERSIONS_SHOWN)
    )
    return [ToldVersion(*row) for row in session.execute(statement)]


def version_lines(session: Session, version_id: UUID) -> list[PlanVersionLine]:
    """Return the lines of one version, in order."""
    statement = select(PlanVersionLine).where(PlanVersionLine.version_id == version_id)
    return list(session.scalars(statement.order_by(PlanVersionLine.position, PlanVersionLine.id)))


def has_changed(session: Session, lines: Sequence[PlanLine]) -> bool:
    """Tell whether the working copy, its lines in order, says anything else than the version in force, if any."""
    approved = select(PlanVersion.id).where(PlanVersion.state == VersionState.APPROVED).scalar_subquery()
    statement = select(PlanVersionLine).where(PlanVersionLine.version_id == approved)
    in_force = session.scalars(statement.order_by(PlanVersionLine.position, PlanVersionLine.id)).all()
    return [_content_of(each.id, each.parent_id, each) for each in lines] != [
        _content_of(each.line_id, each.parent_line_id, each) for each in in_force
    ]


def is_responsible(session: Session, line: PlanLine, *, user_id: UUID) -> bool:
    """Tell whether a person is the present member who sees to a line."""
    here = select(Membership.id).where(
        Membership.id == line.responsible_id, Membership.user_id == user_id, Membership.left_at.is_(None)
    )
    return session.scalar(here) is not None


def _content_of(line_id: UUID, parent_id: UUID | None, line: PlanLine | PlanVersionLine) -> tuple[object, ...]:
    return line_id, parent_id, line.kind, line.title, line.starts_on, line.due_on, line.risk

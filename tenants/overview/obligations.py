"""What is due: one query over all steps, used by pages, reminders, feeds and the desk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from tenants.chapters.models import Chapter
from tenants.obligations.literal_statement import WrittenStatement, written_out
from tenants.obligations.models import Obligation
from tenants.obligations.selects import BY, StatementScope, term_is_over
from tenants.overview.obligation_kinds import BY_CODE, selects_of_all_kinds
from tenants.people.models import Membership
from tenants.people.permissions import Role
from tenants.scope import bound_chapter

DAYS_A_WEEK = 7


def obligations_due(session: Session, *, by: date, quiet_weeks: int, today: date | None = None) -> list[Obligation]:
    """Return the obligations of the bound chapter due by the day `by`, earliest first, once for each owner.

    `quiet_weeks` is how long a chapter may go without logging an activity. Owners are determined on `today`, which is
    `by` unless the caller looks ahead.
    """
    return _read(session, [bound_chapter(session)], names_owners=True, by=by, quiet_weeks=quiet_weeks, today=today)


def obligations_of(
    session: Session, chapters: Sequence[UUID], *, by: date, quiet_weeks: int, today: date | None = None
) -> list[Obligation]:
    """Return the obligations of some chapters due by the day `by`, for UN Women's desk: without owners."""
    return _read(session, chapters, names_owners=False, by=by, quiet_weeks=quiet_weeks, today=today)


def deputies(session: Session, *, today: date) -> Sequence[UUID]:
    """Return the membership ids of the bound chapter's deputies on its day `today`."""
    return _deputies().execute(session, {"bound": bound_chapter(session), "today": today}).scalars().all()


@dataclass(frozen=True)
class Leader:
    """A focal point or deputy: their membership, role, frequency of digests, and the last day of their absence."""

    membership_id: UUID
    role: str
    digest_frequency: str
    away_until: date | None


def leaders(session: Session, *, today: date) -> list[Leader]:
    """Return the focal points and deputies of the bound chapter on its day `today`."""
    rows = _leaders().execute(session, {"bound": bound_chapter(session), "today": today})
    return [Leader(row.id, row.role, row.digest_frequency, row.away_until) for row in rows]


def _read(
    session: Session, chapters: Sequence[UUID], *, names_owners: bool, by: date, quiet_weeks: int, today: date | None
) -> list[Obligation]:
    scope = StatementScope(names_owners=names_owners)
    days = {"by": by, "today": today or by, "quiet_days": quiet_weeks * DAYS_A_WEEK}
    rows = _all_kinds(names_owners=names_owners).execute(session, {**scope.parameters(chapters), **days})
    return [
        Obligation(
            chapter_id=row.chapter_id,
            kind=BY_CODE[row.kind],
            subject_id=row.subject_id,
            due_on=row.due_on,
            owner_id=row.owner_id,
            title=row.title,
            awaits_desk=row.awaits_desk,
        )
        for row in rows
    ]


@cache
def _all_kinds(*, names_owners: bool) -> WrittenStatement:
    """Return the statement over all kinds. It is built once per process, because that takes longer than running it."""
    due = selects_of_all_kinds(StatementScope(names_owners))
    return written_out(
        select(due).where(due.c.due_on <= BY).order_by(due.c.due_on, due.c.kind, due.c.subject_id, due.c.owner_id)
    )


@cache
def _deputies() -> WrittenStatement:
    return written_out(_present_in(Role.DEPUTY).with_only_columns(Membership.id))


@cache
def _leaders() -> WrittenStatement:
    return written_out(_present_in(Role.FOCAL_POINT, Role.DEPUTY))


def _present_in(*roles: Role) -> Select[UUID, str, str, date | None]:
    """Select the present members of the bound chapter in these roles, except those whose term is over."""
    scope = StatementScope(names_owners=True)
    members = select(Membership.id, Membership.role, Membership.digest_frequency, Membership.away_until)
    in_roles = members.where(scope.covers(Membership.chapter_id), Membership.role.in_(roles))
    present = in_roles.join(Chapter, scope.is_own(Membership)).where(
        scope.covers(Chapter.id), Membership.left_at.is_(None), ~term_is_over(scope, Membership)
    )
    return present.order_by(Membership.id)

"""What is due: one query over all steps, of which pages, reminders, feeds and the desk are readings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cache
from uuid import UUID

from sqlalchemy import select, union_all
from sqlalchemy.orm import Session

from tenants.action_kit.activities import obligations as activities
from tenants.action_kit.focal_point import obligations as focal_point
from tenants.action_kit.funding import obligations as funding
from tenants.action_kit.launch import obligations as launch
from tenants.action_kit.plan import obligations as plan
from tenants.action_kit.reports import obligations as evaluation
from tenants.chapters.models import Chapter
from tenants.obligations.literal_statement import WrittenStatement, written_out
from tenants.obligations.models import Act, Obligation, ObligationKind, Step
from tenants.obligations.selects import BY, Here, Leg, term_is_over
from tenants.people.models import Membership
from tenants.people.permissions import Role
from tenants.scope import bound_chapter

DAYS_A_WEEK = 7
IN_ORDER = (focal_point, plan, funding, launch, activities, evaluation)


def obligations_due(session: Session, *, by: date, quiet_weeks: int, today: date | None = None) -> list[Obligation]:
    """Return what the bound chapter owes by the day `by`, earliest first; once for each owner who may do it.

    `quiet_weeks` is how long a chapter may go without logging an activity. Who owns what is seen on `today`, which is
    `by` unless one looks ahead.
    """
    return _read(session, [bound_chapter(session)], owners=True, by=by, quiet_weeks=quiet_weeks, today=today)


def obligations_of(
    session: Session, chapters: Sequence[UUID], *, by: date, quiet_weeks: int, today: date | None = None
) -> list[Obligation]:
    """Return what some chapters owe by the day `by`, as UN Women's desk sees it: nobody is named as an owner."""
    return _read(session, chapters, owners=False, by=by, quiet_weeks=quiet_weeks, today=today)


def deputies(session: Session, *, today: date) -> Sequence[UUID]:
    """Return the members who stand beside whoever answers for the bound chapter on its day `today`."""
    return _deputies().execute(session, {"bound": bound_chapter(session), "today": today}).scalars().all()


def _read(
    session: Session, chapters: Sequence[UUID], *, owners: bool, by: date, quiet_weeks: int, today: date | None
) -> list[Obligation]:
    days = {"by": by, "today": today or by, "quiet_days": quiet_weeks * DAYS_A_WEEK}
    asked = {**Here(owners).asked(chapters), **days}
    return [
        Obligation(
            chapter_id=row.chapter_id,
            step=Step(row.step),
            kind=ObligationKind(row.kind),
            subject_id=row.subject_id,
            due_on=row.due_on,
            owner_id=row.owner_id,
            act=Act(row.act),
            one_click=row.one_click,
            title=row.title,
        )
        for row in _all_legs(owners=owners).execute(session, asked)
    ]


@cache
def _all_legs(*, owners: bool) -> WrittenStatement:
    """Put the legs together, once a process: building the statement takes longer than answering it."""
    here = Here(owners=owners)
    legs: list[Leg] = [each for step in IN_ORDER for each in step.legs(here)]
    together = union_all(*legs).subquery()
    return written_out(
        select(together)
        .where(together.c.due_on <= BY)
        .order_by(together.c.due_on, together.c.kind, together.c.subject_id, together.c.owner_id)
    )


@cache
def _deputies() -> WrittenStatement:
    here = Here(owners=True)
    beside = select(Membership.id).where(here.of(Membership.chapter_id), Membership.role == Role.DEPUTY)
    present = beside.join(Chapter, here.own(Membership)).where(
        Membership.left_at.is_(None), ~term_is_over(here, Membership)
    )
    return written_out(present.order_by(Membership.id))

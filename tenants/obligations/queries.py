"""What is due: one query over all steps, of which pages, reminders, feeds and the desk are readings.

Each leg says `chapter_id = the bound chapter` itself. A leg about something missing ("no activity for weeks") would
otherwise report every other chapter as lacking it, because nothing of theirs can be seen from here.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    Select,
    Uuid,
    and_,
    bindparam,
    cast,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from tenants.action_kit.activities.models import Activity
from tenants.chapters.models import Chapter, ChapterState
from tenants.obligations.models import Act, Obligation, ObligationKind, Step
from tenants.people.models import Membership
from tenants.people.permissions import Role
from tenants.scope import bound_chapter

DAYS_A_WEEK = 7
BOUND = bindparam("bound", type_=Uuid)
BY = bindparam("by", type_=Date)
QUIET_DAYS = bindparam("quiet_days", type_=Integer)


def obligations_due(session: Session, *, by: date, quiet_weeks: int) -> list[Obligation]:
    """Return what the bound chapter owes by the day `by`, earliest first; once for each owner who may do it.

    `quiet_weeks` is how long a chapter may go without logging an activity.
    """
    rows = session.execute(
        _all_legs(), {"bound": bound_chapter(session), "by": by, "quiet_days": quiet_weeks * DAYS_A_WEEK}
    )
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
        )
        for row in rows
    ]


@cache
def _all_legs() -> Select[*tuple[Any, ...]]:
    """Put the legs together, once a process: building the statement takes longer than answering it."""
    legs = union_all(_quiet_chapter(), _vacancy()).subquery()
    return select(legs).where(legs.c.due_on <= BY).order_by(legs.c.due_on, legs.c.kind, legs.c.owner_id)


def _quiet_chapter() -> Select[*tuple[Any, ...]]:
    """No activity logged for some weeks since the later of the chapter's start and its last entry."""
    last_entry = (
        select(func.max(Activity.logged_at)).where(Activity.chapter_id == BOUND).correlate(None).scalar_subquery()
    )
    quiet_since = func.greatest(Chapter.active_since, last_entry)
    owner = aliased(Membership)
    return (
        _leg(Step.ACTIVITIES, ObligationKind.QUIET_CHAPTER, Act.LOG_ACTIVITY)
        .add_columns(
            (_day_there(quiet_since) + QUIET_DAYS).label("due_on"),
            owner.id.label("owner_id"),
        )
        .outerjoin(owner, and_(owner.chapter_id == BOUND, _leads(owner)))
        .where(Chapter.id == BOUND, Chapter.state == ChapterState.ACTIVE)
    )


def _vacancy() -> Select[*tuple[Any, ...]]:
    """No focal point is there; due since the last one left."""
    last_left = (
        select(func.max(Membership.left_at))
        .where(Membership.chapter_id == BOUND, Membership.role == Role.FOCAL_POINT)
        .correlate(None)
        .scalar_subquery()
    )
    return (
        _leg(Step.FOCAL_POINT, ObligationKind.VACANCY, Act.INVITE_FOCAL_POINT)
        .add_columns(
            _day_there(func.greatest(Chapter.active_since, last_left)).label("due_on"),
            cast(null(), Uuid).label("owner_id"),
        )
        .where(
            Chapter.id == BOUND,
            Chapter.state == ChapterState.ACTIVE,
            ~_present(Role.FOCAL_POINT),
        )
    )


def _leg(step: Step, kind: ObligationKind, act: Act) -> Select[*tuple[Any, ...]]:
    return select(
        Chapter.id.label("chapter_id"),
        literal(str(step)).label("step"),
        literal(str(kind)).label("kind"),
        Chapter.id.label("subject_id"),
        literal(str(act)).label("act"),
        literal(False).label("one_click"),  # noqa: FBT003  (SQLAlchemy's way to say false)
    )


def _day_there(moment: ColumnElement[object]) -> ColumnElement[date]:
    """Return the calendar day of a moment where the chapter is."""
    return cast(func.timezone(Chapter.zone, moment), Date)


def _leads(owner: type[Membership]) -> ColumnElement[bool]:
    """Whether a member answers for the chapter: a focal point, and a deputy only while there is none."""
    deputy_alone = and_(owner.role == Role.DEPUTY, ~_present(Role.FOCAL_POINT))
    return and_(owner.left_at.is_(None), or_(owner.role == Role.FOCAL_POINT, deputy_alone))


def _present(role: Role) -> ColumnElement[bool]:
    someone = aliased(Membership)
    return exists().where(someone.chapter_id == BOUND, someone.role == role, someone.left_at.is_(None))

"""Which chapters of some countries are late by days, the longest first, as UN Women's desk sees it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Date,
    DateTime,
    Integer,
    Select,
    bindparam,
    cast,
    func,
    literal,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import Session

from tenants.chapters.models import Chapter, ChapterState
from tenants.obligations.literal_statement import WrittenStatement, written_out
from tenants.obligations.models import ObligationKind
from tenants.obligations.selects import Here
from tenants.overview.obligations import DAYS_A_WEEK, IN_ORDER

AT = bindparam("at", type_=DateTime(timezone=True))
DAYS = bindparam("days", type_=Integer)
MOST = bindparam("most", type_=Integer)

# What UN Women decides on itself is in the list of what waits for it, and no lateness of the chapter.
WAITS_FOR_THE_DESK = (ObligationKind.REPORT_TO_APPROVE, ObligationKind.PLAN_TO_APPROVE)


@dataclass(frozen=True)
class LateChapter:
    """A chapter and what it has been late with for longest; `things` is how many are as late as was asked about."""

    chapter_id: UUID
    name: str
    country: str
    kind: ObligationKind
    subject_id: UUID
    due_on: date
    days: int
    things: int


@dataclass(frozen=True)
class Overdue:
    """How many chapters are late by so many days, the first of them, and in how many nobody answers."""

    chapters: int
    vacancies: int
    first: tuple[LateChapter, ...]


def overdue(
    session: Session, countries: tuple[str, ...], *, days: int, most: int, at: datetime, quiet_weeks: int
) -> Overdue:
    """Return what is late by `days` or more, each on its chapter's own day, and the `most` chapters that are longest.

    For the desk's login, in two statements however many chapters there are.
    """
    active = select(Chapter.id).where(Chapter.country.in_(countries), Chapter.state == ChapterState.ACTIVE)
    chapters = session.scalars(active).all()
    if not chapters:
        return Overdue(0, 0, ())
    asked = {
        **Here(owners=False).asked(chapters),
        "today": at.date(),
        "quiet_days": quiet_weeks * DAYS_A_WEEK,
        "at": at,
        "days": days,
        "most": most,
    }
    rows = _overdue().execute(session, asked).all()
    first = tuple(
        LateChapter(row.chapter_id, row.name, row.country, ObligationKind(row.kind), *row[6:])
        for row in rows
        if row.kind
    )
    return Overdue(rows[0].chapters, rows[0].vacancies, first)


@cache
def _overdue() -> WrittenStatement:
    """Put it together, once a process; it gives a row of counts even where nobody is late."""
    here = Here(owners=False)
    legs = union_all(*(each for step in IN_ORDER for each in step.legs(here))).subquery()
    late_by = cast(func.timezone(Chapter.zone, AT), Date) - legs.c.due_on
    owed: Any = (
        select(
            legs.c.chapter_id,
            Chapter.name,
            Chapter.sort_key,
            Chapter.country,
            legs.c.kind,
            legs.c.subject_id,
            legs.c.due_on,
            late_by.label("days"),
        )
        .join(Chapter, Chapter.id == legs.c.chapter_id)
        .where(late_by >= 0)
        .cte("owed")
    )
    chapter, order = owed.c.chapter_id, (owed.c.due_on, owed.c.kind, owed.c.subject_id)
    ranked = (
        select(
            owed,
            func.count().over(partition_by=chapter).label("things"),
            func.row_number().over(partition_by=chapter, order_by=order).label("place"),
        )
        .where(owed.c.days >= DAYS, owed.c.kind.not_in([str(kind) for kind in WAITS_FOR_THE_DESK]))
        .cte("ranked")
    )
    return written_out(_counted(owed, ranked))


def _counted(owed: Any, ranked: Any) -> Select[*tuple[Any, ...]]:
    longest = (ranked.c.days.desc(), ranked.c.sort_key, ranked.c.chapter_id)
    first = select(ranked).where(ranked.c.place == 1).order_by(*longest).limit(MOST).subquery("first")
    late = select(func.count()).select_from(ranked).where(ranked.c.place == 1).scalar_subquery()
    vacant = select(func.count()).select_from(owed).where(owed.c.kind == str(ObligationKind.VACANCY)).scalar_subquery()
    one = select(literal(1).label("one")).subquery("one")
    return (
        select(
            late.label("chapters"),
            vacant.label("vacancies"),
            first.c.chapter_id,
            first.c.name,
            first.c.country,
            first.c.kind,
            first.c.subject_id,
            first.c.due_on,
            first.c.days,
            first.c.things,
        )
        .select_from(one.outerjoin(first, true()))
        .order_by(first.c.days.desc(), first.c.sort_key, first.c.chapter_id)
    )

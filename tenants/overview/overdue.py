"""The chapters of some countries that are late, longest first, as UN Women's desk sees them."""

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
    and_,
    bindparam,
    cast,
    func,
    literal,
    select,
    true,
)
from sqlalchemy.orm import Session

from tenants.action_kit.focal_point.obligations import VACANCY
from tenants.chapters.models import Chapter, ChapterState
from tenants.chapters.names import reads_latin
from tenants.chapters.queries import listed_name
from tenants.obligations.literal_statement import WrittenStatement, written_out
from tenants.obligations.models import ObligationKind
from tenants.obligations.selects import StatementScope
from tenants.overview.obligation_kinds import BY_CODE, KINDS, selects_of_all_kinds
from tenants.overview.obligations import DAYS_A_WEEK

AT = bindparam("at", type_=DateTime(timezone=True))
DAYS = bindparam("days", type_=Integer)
LIMIT = bindparam("most", type_=Integer)


@dataclass(frozen=True)
class LateChapter:
    """A chapter and what has been late for longest in it. `things` counts all that is late by the days asked for."""

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
    """How many chapters are late by the days asked for, the first of them, and how many have no focal point."""

    chapters: int
    vacancies: int
    first: tuple[LateChapter, ...]


def overdue(
    session: Session, countries: tuple[str, ...], *, days: int, limit: int, at: datetime, quiet_weeks: int
) -> Overdue:
    """Return how many chapters are late by `days` or more, on their own local day, and the `limit` longest of them.

    For the desk's login. Uses two statements, however many chapters there are.
    """
    active = select(Chapter.id).where(Chapter.country.in_(countries), Chapter.state == ChapterState.ACTIVE)
    chapters = session.scalars(active).all()
    if not chapters:
        return Overdue(0, 0, ())
    parameters = {
        **StatementScope(names_owners=False).parameters(chapters),
        "today": at.date(),
        "quiet_days": quiet_weeks * DAYS_A_WEEK,
        "at": at,
        "days": days,
        "most": limit,
    }
    rows = _overdue(is_latin=reads_latin()).execute(session, parameters).all()
    first = tuple(
        LateChapter(row.chapter_id, row.name, row.country, BY_CODE[row.kind], *row[6:]) for row in rows if row.kind
    )
    return Overdue(rows[0].chapters, rows[0].vacancies, first)


@cache
def _overdue(*, is_latin: bool) -> WrittenStatement:
    """Build the statement, once per process and kind of name.

    It returns a row of counts even if no chapter is late.
    """
    due = selects_of_all_kinds(StatementScope(names_owners=False))
    late_by = cast(func.timezone(Chapter.zone, AT), Date) - due.c.due_on
    obligations: Any = (
        select(
            due.c.chapter_id,
            listed_name(is_latin=is_latin),
            Chapter.sort_key,
            Chapter.country,
            due.c.kind,
            due.c.subject_id,
            due.c.due_on,
            due.c.awaits_desk,
            late_by.label("days"),
        )
        .join(Chapter, Chapter.id == due.c.chapter_id)
        .where(late_by >= 0)
        .cte("owed")
    )
    chapter, order = obligations.c.chapter_id, (obligations.c.due_on, obligations.c.kind, obligations.c.subject_id)
    ranked_obligations = (
        select(
            obligations,
            func.count().over(partition_by=chapter).label("things"),
            func.row_number().over(partition_by=chapter, order_by=order).label("place"),
        )
        .where(
            obligations.c.days >= DAYS,
            ~and_(obligations.c.awaits_desk, obligations.c.kind.in_([kind.code for kind in KINDS if kind.is_request])),
        )
        .cte("ranked")
    )
    return written_out(_counted(obligations, ranked_obligations))


def _counted(obligations: Any, ranked_obligations: Any) -> Select[*tuple[Any, ...]]:
    longest = (ranked_obligations.c.days.desc(), ranked_obligations.c.sort_key, ranked_obligations.c.chapter_id)
    first = (
        select(ranked_obligations)
        .where(ranked_obligations.c.place == 1)
        .order_by(*longest)
        .limit(LIMIT)
        .subquery("first")
    )
    late = select(func.count()).select_from(ranked_obligations).where(ranked_obligations.c.place == 1).scalar_subquery()
    vacant = select(func.count()).select_from(obligations).where(obligations.c.kind == VACANCY.code).scalar_subquery()
    single_row = select(literal(1).label("one")).subquery("one")
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
        .select_from(single_row.outerjoin(first, true()))
        .order_by(first.c.days.desc(), first.c.sort_key, first.c.chapter_id)
    )

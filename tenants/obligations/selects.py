"""What every leg of the query of obligations is made with: whose obligations, which columns, who owns them.

Each leg names the chapters itself. A leg about something missing ("no activity for weeks") would otherwise report every
other chapter as lacking it, because nothing of theirs can be seen from here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Date,
    FromClause,
    Integer,
    Select,
    SQLColumnExpression,
    Text,
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
)
from sqlalchemy.orm import aliased, join

from tenants.chapters.models import Chapter, ChapterState
from tenants.obligations.models import EXPECTATIONS, ObligationKind
from tenants.people.models import Membership
from tenants.people.permissions import Permission, Role, roles_that_may
from tenants.people.terms import FocalPointTerm, Rank

BOUND = bindparam("bound", type_=Uuid)
CHAPTERS = bindparam("chapters", type_=ARRAY(Uuid))
BY = bindparam("by", type_=Date)
TODAY = bindparam("today", type_=Date)
QUIET_DAYS = bindparam("quiet_days", type_=Integer)

DAYS_TO_DECIDE = 2  # whoever decides hears of it after 48 hours
DAYS_TO_ANSWER = 7  # whoever got something back answers within a week

Leg = Select[*tuple[Any, ...]]
Owner = Callable[[Any], ColumnElement[bool]]
"""Given an alias of Membership, whether that person owns the obligation."""


@dataclass(frozen=True)
class Here:
    """Whose obligations: those of the one chapter `bound`, or for UN Women's desk of some `chapters`.

    `owners` says whether owners are named: the desk's login reads no memberships, so for it nobody is.
    """

    owners: bool

    def of(self, chapter_id: Any) -> ColumnElement[bool]:
        """Whether a chapter-owned row is of the chapters asked about; a leg says it of what it reads, or says `own`."""
        asked: ColumnElement[bool] = chapter_id == (BOUND if self.owners else func.any(CHAPTERS))
        return asked

    def own(self, table: Any) -> ColumnElement[bool]:
        """Whether a row of `table` is the own row of the Chapter of the statement, which is among those asked about.

        For the desk that says it all: naming every chapter for every row once more made the cost grow with the square
        of their number (measured for 1,000: 1.6 s instead of 18).
        """
        same: ColumnElement[bool] = table.chapter_id == Chapter.id
        return and_(same, self.of(table.chapter_id)) if self.owners else same

    def asked(self, chapters: Sequence[UUID]) -> dict[str, Any]:
        """Return the parameters that name `chapters`; where owners are named it is one alone."""
        return {"bound": chapters[0] if self.owners else None, "chapters": list(chapters)}


def leg(
    here: Here,
    kind: ObligationKind,
    *,
    subject_id: SQLColumnExpression[UUID],
    due_on: SQLColumnExpression[date],
    source: Any = Chapter,
    where: Sequence[ColumnElement[bool]] = (),
    owner: Owner | None = None,
    title: SQLColumnExpression[str] | None = None,
) -> Leg:
    """Return one leg: of active chapters, one row for each owner, or one without an owner.

    `source` is Chapter or Chapter joined with what the step keeps. Columns: chapter_id, step, kind, act, one_click,
    subject_id, title, due_on, owner_id.
    """
    fixed, person = EXPECTATIONS[kind], aliased(Membership)
    named = here.owners and owner is not None
    statement = select(
        Chapter.id.label("chapter_id"),
        literal(str(fixed.step), Text).label("step"),
        literal(str(kind), Text).label("kind"),
        literal(str(fixed.act), Text).label("act"),
        literal(fixed.one_click).label("one_click"),
        subject_id.label("subject_id"),
        (cast(null(), Text) if title is None else cast(title, Text)).label("title"),
        due_on.label("due_on"),
        (person.id if named else cast(null(), Uuid)).label("owner_id"),
    ).select_from(source)
    if named and owner is not None:
        present = and_(here.own(person), person.left_at.is_(None), ~term_is_over(here, person))
        statement = statement.outerjoin(person, and_(present, owner(person)))
    return statement.where(here.of(Chapter.id), Chapter.state == ChapterState.ACTIVE, *where)


def day_there(moment: SQLColumnExpression[Any]) -> ColumnElement[date]:
    """Return the calendar day of a moment where the chapter is."""
    return cast(func.timezone(Chapter.zone, moment), Date)


def leads(here: Here) -> Owner:
    """Own what is the chapter's to do: who answers for it today, and whoever stands in only while nobody does."""

    def owned(person: Any) -> ColumnElement[bool]:
        stands_in = and_(person.role.in_((Role.FOCAL_POINT, Role.DEPUTY)), ~answered(here))
        return or_(_has_term(here, person, Rank.PRIMARY), stands_in)

    return owned


def decides(permission: Permission, *, but: SQLColumnExpression[UUID]) -> Owner:
    """Own a decision: whoever of the chapter may take it and has not asked for it."""
    roles = roles_that_may(permission)
    return lambda person: and_(person.role.in_(roles), person.user_id != but)


def running(here: Here, term: Any) -> ColumnElement[bool]:
    """Whether a term is the chapter's own and runs today."""
    return and_(here.own(term), term.starts_on <= TODAY, term.ends_on >= TODAY)


def answered(here: Here) -> ColumnElement[bool]:
    """Whether somebody answers for the chapter today."""
    term = aliased(FocalPointTerm)
    return exists(term.id).where(running(here, term), term.rank == Rank.PRIMARY)


def _has_term(here: Here, person: Any, *ranks: Rank) -> ColumnElement[bool]:
    term = aliased(FocalPointTerm)
    return exists(term.id).where(running(here, term), term.membership_id == person.id, term.rank.in_(ranks))


def term_is_over(here: Here, person: Any) -> ColumnElement[bool]:
    """Whether she has answered for the chapter and does no more: nothing is sent to her, though she may still act."""
    over = aliased(FocalPointTerm)
    has_answered = exists(over.id).where(
        here.own(over), over.membership_id == person.id, over.rank == Rank.PRIMARY, over.ends_on < TODAY
    )
    leads_by_role = person.role.in_((Role.FOCAL_POINT, Role.DEPUTY))
    return and_(leads_by_role, has_answered, ~_has_term(here, person, *Rank))


def joined(target: Any, here: Here, *more: ColumnElement[bool]) -> FromClause:
    """Return Chapter joined with the rows of `target` that are its own."""
    return join(Chapter, target, and_(here.own(target), *more))

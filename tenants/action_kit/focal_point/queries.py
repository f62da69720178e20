"""Queries about terms, for a session bound to a chapter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, literal, select
from sqlalchemy.orm import Session

from tenants.chapters.models import Chapter
from tenants.obligations.selects import local_day
from tenants.people.models import Membership
from tenants.people.terms import FocalPointTerm, Rank
from tenants.scope import bound_chapter

MOST_TERMS = 40


@dataclass(frozen=True)
class MemberTerm:
    """A term and the member who holds or held it."""

    term: FocalPointTerm
    member: Membership

    def runs(self, today: date) -> bool:
        """Whether the term runs on the chapter's day `today`."""
        return self.term.starts_on <= today <= self.term.ends_on


def primary_on(session: Session, today: date) -> FocalPointTerm | None:
    """Return the term of the member who is focal point of the bound chapter on a day, if there is one."""
    return session.scalars(select(FocalPointTerm).where(_is_primary_on(today))).one_or_none()


def primary_name_on(session: Session, today: date) -> str | None:
    """Return the name of the member who is focal point of the bound chapter on a day, if there is one."""
    row = session.execute(_select_terms(session).where(_is_primary_on(today))).one_or_none()
    return None if row is None else MemberTerm(*row).member.name


def has_rank(rank: Rank, at: datetime) -> ColumnElement[bool]:
    """Whether the Chapter of a statement has a focal point or a deputy, as `rank` says, on its own day of `at`."""
    return exists(FocalPointTerm.id).where(
        FocalPointTerm.chapter_id == Chapter.id,
        FocalPointTerm.rank == rank,
        local_day(literal(at)).between(FocalPointTerm.starts_on, FocalPointTerm.ends_on),
    )


def terms_of(session: Session, membership_id: UUID) -> Sequence[FocalPointTerm]:
    """Return all terms of one member of the bound chapter, the latest first."""
    statement = select(FocalPointTerm).where(FocalPointTerm.membership_id == membership_id)
    return session.scalars(statement.order_by(FocalPointTerm.starts_on.desc(), FocalPointTerm.id.desc())).all()


def term_of(session: Session, term_id: UUID) -> MemberTerm | None:
    """Return one term of the bound chapter with its member; None if there is no such term."""
    row = session.execute(_select_terms(session).where(FocalPointTerm.id == term_id)).one_or_none()
    return MemberTerm(*row) if row else None


def latest_terms(session: Session) -> list[MemberTerm]:
    """Return the bound chapter's latest terms, at most MOST_TERMS, those with the latest last day first."""
    newest = _select_terms(session).order_by(
        FocalPointTerm.ends_on.desc(), FocalPointTerm.starts_on.desc(), FocalPointTerm.id.desc()
    )
    return [MemberTerm(*row) for row in session.execute(newest.limit(MOST_TERMS))]


def running_terms(session: Session, today: date) -> dict[UUID, FocalPointTerm]:
    """Return the terms that run on a day in the bound chapter, by membership id."""
    statement = select(FocalPointTerm).where(FocalPointTerm.starts_on <= today, FocalPointTerm.ends_on >= today)
    return {term.membership_id: term for term in session.scalars(statement)}


def _is_primary_on(today: date) -> ColumnElement[bool]:
    return and_(FocalPointTerm.rank == Rank.PRIMARY, FocalPointTerm.starts_on <= today, FocalPointTerm.ends_on >= today)


def _select_terms(session: Session) -> Select[FocalPointTerm, Membership]:
    chapter_id = bound_chapter(session)
    is_same_member = and_(Membership.chapter_id == chapter_id, Membership.id == FocalPointTerm.membership_id)
    return select(FocalPointTerm, Membership).join(Membership, is_same_member)

"""Obligations of step 1: a focal point with a term, confirmed twice a year, and addresses that mail reaches."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, FromClause, and_, case, cast, func, literal, select, true
from sqlalchemy.orm import Session, aliased, join

from tenants.action_kit.focal_point.services import confirm_term
from tenants.chapters.models import Chapter, ChapterState
from tenants.obligations.ladder import BEFORE_AND_AFTER
from tenants.obligations.models import ObligationKind, Responsible, Step
from tenants.obligations.selects import (
    DAYS_TO_ANSWER,
    TODAY,
    DueRows,
    StatementScope,
    acting_focal_point,
    chapters_with,
    has_focal_point,
    is_running,
    local_day,
)
from tenants.people.models import Membership, UnreachedAddress
from tenants.people.permissions import Permission
from tenants.people.terms import FocalPointTerm, Rank

DAYS_TO_CONFIRM = 182  # twice a year


def progress(scope: StatementScope) -> ColumnElement[Any]:
    """Return the state of step 1, the same for the chapter and for UN Women: done while there is a focal point.

    It is wait until the first one joins, which UN Women invites. Later, a vacancy is due.
    """
    return case((has_focal_point(scope), "done"), (Chapter.state == ChapterState.SIGNED, "wait"), else_="none")


def _vacancy(scope: StatementScope) -> DueRows:
    """Return chapters without a focal point, due the day after the last term. The desk acts if no member can."""
    last = aliased(FocalPointTerm)
    last_day = (
        select(func.max(last.ends_on))
        .where(scope.is_own(last), last.rank == Rank.PRIMARY, last.ends_on < TODAY)
        .correlate(Chapter)
        .scalar_subquery()
    )
    return DueRows(
        subject_id=Chapter.id,
        due_on=func.greatest(local_day(Chapter.active_since), cast(last_day + 1, Date)),
        where=[~has_focal_point(scope)],
        owner=acting_focal_point(scope),
    )


def _to_confirm(scope: StatementScope) -> DueRows:
    """Return terms, due half a year after the last confirmation or the start, unless the term ends before."""
    due_on = cast(func.coalesce(FocalPointTerm.confirmed_on, FocalPointTerm.starts_on) + DAYS_TO_CONFIRM, Date)
    return DueRows(
        subject_id=FocalPointTerm.id,
        due_on=due_on,
        source=_terms(scope),
        where=[*_of_today(scope), due_on <= FocalPointTerm.ends_on],
        owner=lambda member: member.id == FocalPointTerm.membership_id,
        title=Membership.name if scope.names_owners else None,
    )


def _term_ending(scope: StatementScope) -> DueRows:
    """Return terms, due on their last day. From the next day there is a vacancy, or another person's term."""
    return DueRows(
        subject_id=FocalPointTerm.id,
        due_on=FocalPointTerm.ends_on,
        source=_terms(scope),
        where=_of_today(scope),
        owner=acting_focal_point(scope),
        title=Membership.name if scope.names_owners else None,
    )


def _address_unreached(scope: StatementScope) -> DueRows:
    """Return addresses that mail does not reach. No member owns this obligation, so UN Women's desk acts."""
    source = chapters_with(UnreachedAddress, scope, UnreachedAddress.cleared_at.is_(None))
    if scope.names_owners:
        member = and_(
            scope.is_own(Membership), Membership.id == UnreachedAddress.membership_id, Membership.left_at.is_(None)
        )
        source = join(source, Membership, member)
    return DueRows(
        subject_id=UnreachedAddress.id,
        due_on=local_day(UnreachedAddress.since) + DAYS_TO_ANSWER,
        source=source,
        title=Membership.name if scope.names_owners else None,
        awaits_desk=true(),
    )


def _of_today(scope: StatementScope) -> list[ColumnElement[bool]]:
    return [is_running(scope, FocalPointTerm), FocalPointTerm.rank == literal(str(Rank.PRIMARY))]


def _terms(scope: StatementScope) -> FromClause:
    """Join chapters with their terms, and with the members who hold them if the login may read names."""
    terms = chapters_with(FocalPointTerm, scope)
    if not scope.names_owners:
        return terms
    return join(terms, Membership, and_(scope.is_own(Membership), Membership.id == FocalPointTerm.membership_id))


def _confirm(session: Session, subject_id: UUID, *, actor_id: UUID, at: datetime) -> None:
    confirm_term(session, term_id=subject_id, actor_id=actor_id, at=at)


VACANCY = ObligationKind(
    code="vacancy",
    step=Step.FOCAL_POINT,
    due_rows=_vacancy,
    permission=Permission.MANAGE_PEOPLE,
    doubts_contacts=True,
)
CONFIRM_FOCAL_POINT = ObligationKind(
    code="confirm_focal_point",
    step=Step.FOCAL_POINT,
    due_rows=_to_confirm,
    permission=Permission.MANAGE_PEOPLE,
    one_click=_confirm,
    doubts_contacts=True,
)
TERM_ENDING = ObligationKind(
    code="term_ending",
    step=Step.FOCAL_POINT,
    due_rows=_term_ending,
    permission=Permission.MANAGE_PEOPLE,
    ladder=BEFORE_AND_AFTER,
)
ADDRESS_UNREACHED = ObligationKind(
    code="address_unreached",
    step=Step.FOCAL_POINT,
    due_rows=_address_unreached,
    permission=Permission.MANAGE_PEOPLE,
    title_permission=Permission.SEE_PEOPLE,
    responsible=Responsible.UN_WOMEN,
    doubts_contacts=True,
    began_days_before=DAYS_TO_ANSWER,
)

KINDS = (VACANCY, CONFIRM_FOCAL_POINT, TERM_ENDING, ADDRESS_UNREACHED)

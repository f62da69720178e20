"""What step 1 expects: somebody who answers for the chapter, is still right and has a term; and that mail arrives."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Date, FromClause, and_, case, cast, exists, func, literal, select
from sqlalchemy.orm import aliased, join

from tenants.chapters.models import Chapter
from tenants.obligations.models import ObligationKind
from tenants.obligations.selects import (
    DAYS_TO_ANSWER,
    TODAY,
    Here,
    Leg,
    answered,
    day_there,
    joined,
    leads,
    leg,
    running,
)
from tenants.people.models import Invitation, Membership, UnreachedAddress
from tenants.people.permissions import Role
from tenants.people.terms import FocalPointTerm, Rank

DAYS_TO_CONFIRM = 182  # twice a year


def legs(here: Here) -> list[Leg]:
    """Return this step's legs of the query of obligations; the desk sees them without names."""
    return [_vacancy(here), _to_confirm(here), _ending(here), _unreached(here)]


def standing(here: Here) -> ColumnElement[Any]:
    """Return done while somebody answers for the chapter, and in progress while a focal point is invited."""
    if not here.owners:  # invitations are not shared with UN Women
        return case((answered(here), "done"), else_="none")
    invited = exists().where(
        and_(
            here.own(Invitation),
            Invitation.role == Role.FOCAL_POINT,
            Invitation.accepted_at.is_(None),
            Invitation.withdrawn_at.is_(None),
        )
    )
    return case((answered(here), "done"), (invited, "prog"), else_="none")


def _vacancy(here: Here) -> Leg:
    """Nobody answers for the chapter; due since the day after the last term. The desk sees to it where nobody can."""
    last = aliased(FocalPointTerm)
    last_day = (
        select(func.max(last.ends_on))
        .where(here.own(last), last.rank == Rank.PRIMARY, last.ends_on < TODAY)
        .correlate(Chapter)
        .scalar_subquery()
    )
    return leg(
        here,
        ObligationKind.VACANCY,
        subject_id=Chapter.id,
        due_on=func.greatest(day_there(Chapter.active_since), cast(last_day + 1, Date)),
        where=[~answered(here)],
        owner=leads(here),
    )


def _to_confirm(here: Here) -> Leg:
    """Half a year after she was last confirmed, or began; not where the term ends before."""
    due_on = cast(func.coalesce(FocalPointTerm.confirmed_on, FocalPointTerm.starts_on) + DAYS_TO_CONFIRM, Date)
    return leg(
        here,
        ObligationKind.CONFIRM_FOCAL_POINT,
        subject_id=FocalPointTerm.id,
        due_on=due_on,
        source=_terms(here),
        where=[*_of_today(here), due_on <= FocalPointTerm.ends_on],
        owner=(lambda person: person.id == FocalPointTerm.membership_id) if here.owners else None,
        title=Membership.name if here.owners else None,
    )


def _ending(here: Here) -> Leg:
    """Due on the last day of a term; on the next one it is a vacancy, or somebody else's."""
    return leg(
        here,
        ObligationKind.TERM_ENDING,
        subject_id=FocalPointTerm.id,
        due_on=FocalPointTerm.ends_on,
        source=_terms(here),
        where=_of_today(here),
        owner=leads(here),
        title=Membership.name if here.owners else None,
    )


def _unreached(here: Here) -> Leg:
    """No mail reaches a member's address. Nobody of the chapter may hear of it by mail, so UN Women sees to it."""
    source = joined(UnreachedAddress, here, UnreachedAddress.cleared_at.is_(None))
    if here.owners:
        hers = and_(here.own(Membership), Membership.id == UnreachedAddress.membership_id, Membership.left_at.is_(None))
        source = join(source, Membership, hers)
    return leg(
        here,
        ObligationKind.ADDRESS_UNREACHED,
        subject_id=UnreachedAddress.id,
        due_on=day_there(UnreachedAddress.since) + DAYS_TO_ANSWER,
        source=source,
        title=Membership.name if here.owners else None,
    )


def _of_today(here: Here) -> list[ColumnElement[bool]]:
    return [running(here, FocalPointTerm), FocalPointTerm.rank == literal(str(Rank.PRIMARY))]


def _terms(here: Here) -> FromClause:
    """Chapters with their terms, and for whoever may read names with whose they are."""
    terms = joined(FocalPointTerm, here)
    if not here.owners:
        return terms
    return join(terms, Membership, and_(here.own(Membership), Membership.id == FocalPointTerm.membership_id))

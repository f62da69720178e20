"""What step 1 expects: that somebody answers for the chapter."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, literal, select

from tenants.chapters.models import Chapter
from tenants.obligations.legs import Here, Leg, day_there, leg, present
from tenants.obligations.models import ObligationKind
from tenants.people.models import Invitation, Membership
from tenants.people.permissions import Role


def legs(here: Here) -> list[Leg]:
    """Return this step's legs of the query of obligations."""
    return [_vacancy(here)] if here.owners else []


def standing(here: Here) -> ColumnElement[Any]:
    """Return done with a focal point present, and in progress while one is invited."""
    if not here.owners:
        return literal("none")
    invited = exists().where(
        and_(
            here.own(Invitation),
            Invitation.role == Role.FOCAL_POINT,
            Invitation.accepted_at.is_(None),
            Invitation.withdrawn_at.is_(None),
        )
    )
    return case((present(here, Role.FOCAL_POINT), "done"), (invited, "prog"), else_="none")


def _vacancy(here: Here) -> Leg:
    """No focal point is there; due since the last one left. Nobody of the chapter owns it: the desk sees to it."""
    last_left = (
        select(func.max(Membership.left_at))
        .where(here.own(Membership), Membership.role == Role.FOCAL_POINT)
        .correlate(Chapter)
        .scalar_subquery()
    )
    return leg(
        here,
        ObligationKind.VACANCY,
        subject_id=Chapter.id,
        due_on=day_there(func.greatest(Chapter.active_since, last_left)),
        where=[~present(here, Role.FOCAL_POINT)],
    )

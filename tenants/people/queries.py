"""Queries about people. Those about a chapter need a session bound to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, SQLColumnExpression, func, select
from sqlalchemy.orm import Session

from tenants.chapters.models import Chapter, ChapterSlug
from tenants.people.details import normalized_address
from tenants.people.models import Invitation, Membership, User
from tenants.people.permissions import Role
from tenants.scope import bound_chapter

UserId = UUID | SQLColumnExpression[UUID] | SQLColumnExpression[UUID | None]


class OfferState(StrEnum):
    """Whether an invitation can be accepted, and if not, why."""

    OPEN = "open"
    USED = "used"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


@dataclass(frozen=True)
class Offer:
    """An invitation as its page shows it. `languages` are the one of the invitation, then those of the chapter."""

    chapter_id: UUID
    slug: str
    chapter_name: str
    country: str
    zone: str
    languages: tuple[str, ...]
    invitation_id: UUID
    invited_by: UUID | None
    email: str
    name: str
    role: Role
    expires_at: datetime
    state: OfferState
    has_account: bool


def find_user(session: Session, email: str) -> User | None:
    """Return the person with this address, in any notation. Works in any session of the web."""
    address = normalized_address(email)
    if address is None:
        return None
    return session.scalars(select(User).where(User.email == address)).one_or_none()


def slugs_of(session: Session, *, user_id: UUID) -> Sequence[str]:
    """Return the slugs of a person's chapters. `session` has a NobodyScope with the person as actor."""
    return session.scalars(
        select(ChapterSlug.slug)
        .join(Membership, Membership.chapter_id == ChapterSlug.chapter_id)
        .where(Membership.user_id == user_id, Membership.left_at.is_(None))
    ).all()


def present_members(session: Session) -> Sequence[Membership]:
    """Return the present members of the bound chapter, in the order of joining."""
    return session.scalars(
        select(Membership).where(Membership.left_at.is_(None)).order_by(Membership.joined_at, Membership.id)
    ).all()


def present_membership(session: Session, *, user_id: UUID) -> Membership | None:
    """Return a person's present membership of the bound chapter, or None."""
    return session.scalars(
        select(Membership).where(Membership.user_id == user_id, Membership.left_at.is_(None))
    ).one_or_none()


def member_with_address(session: Session, email: str) -> Membership | None:
    """Return the present member of the bound chapter with this address, or None."""
    return session.scalars(
        select(Membership).where(Membership.email == email, Membership.left_at.is_(None)).limit(1)
    ).one_or_none()


def name_of(session: Session, user_id: UUID) -> str | None:
    """Return the name of a person in the bound chapter, else that of their account. Needs the web's login."""
    return session.scalar(select(known_as(bound_chapter(session), user_id)))


def known_as(chapter_id: UUID, user_id: UserId) -> ColumnElement[str]:
    """Return the SQL expression of `name_of`. Needs the web's login."""
    return func.coalesce(name_in(chapter_id, user_id), account_name(user_id))


def name_in(chapter_id: UUID, user_id: UserId) -> ScalarSelect[str]:
    """Return a subquery for the name of a person in a chapter, which is that of their latest membership."""
    return (
        select(Membership.name)
        .where(Membership.chapter_id == chapter_id, Membership.user_id == user_id)
        .order_by(Membership.joined_at.desc())
        .limit(1)
        .correlate_except(Membership)
        .scalar_subquery()
    )


def account_name(user_id: UserId) -> ScalarSelect[str]:
    """Return a subquery for the name of a person's account. Needs the web's login."""
    return select(User.name).where(User.id == user_id).correlate_except(User).scalar_subquery()


def open_invitations(session: Session) -> Sequence[Invitation]:
    """Return the bound chapter's invitations that are not accepted or withdrawn, also expired ones, newest first."""
    return session.scalars(
        select(Invitation)
        .where(Invitation.accepted_at.is_(None), Invitation.withdrawn_at.is_(None))
        .order_by(Invitation.invited_at.desc(), Invitation.id.desc())
    ).all()


def focal_point_invited_until(session: Session, *, at: datetime) -> datetime | None:
    """Return until when the bound chapter's next focal point can accept; None if nobody is invited as such."""
    return session.scalar(
        select(func.max(Invitation.expires_at)).where(
            Invitation.role == Role.FOCAL_POINT,
            Invitation.accepted_at.is_(None),
            Invitation.withdrawn_at.is_(None),
            Invitation.expires_at > at,
        )
    )


def offer_behind(session: Session, invitation_id: UUID, *, at: datetime) -> Offer | None:
    """Return an invitation of the bound chapter as its page shows it at `at`, or None if there is no such one."""
    invitation = session.get(Invitation, (bound_chapter(session), invitation_id))
    if invitation is None:
        return None
    chapter = session.scalars(select(Chapter)).one()
    return Offer(
        chapter_id=chapter.id,
        slug=chapter.slug,
        chapter_name=chapter.name,
        country=chapter.country,
        zone=chapter.zone,
        languages=(invitation.language, *chapter.languages),
        invitation_id=invitation.id,
        invited_by=invitation.invited_by,
        email=invitation.email,
        name=invitation.name,
        role=Role(invitation.role),
        expires_at=invitation.expires_at,
        state=_state_of(invitation, at),
        has_account=find_user(session, invitation.email) is not None,
    )


def _state_of(invitation: Invitation, at: datetime) -> OfferState:
    if invitation.accepted_at is not None:
        return OfferState.USED
    if invitation.withdrawn_at is not None:
        return OfferState.WITHDRAWN
    return OfferState.EXPIRED if invitation.expires_at <= at else OfferState.OPEN

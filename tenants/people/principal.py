"""The signed-in person with their memberships and permissions, immutable. The web checks it before every action."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from tenants.chapters.models import ChapterSlug
from tenants.people.models import DeskAppointment, Membership, User
from tenants.people.permissions import OF_DESK_ROLE, OF_ROLE, DeskRole, Permission, Role


@dataclass(frozen=True)
class OwnMembership:
    """A person's membership of one chapter."""

    chapter_id: UUID
    slug: str
    role: Role


@dataclass(frozen=True)
class OwnAppointment:
    """A person's role at UN Women for some countries."""

    role: DeskRole
    countries: tuple[str, ...]


@dataclass(frozen=True)
class Principal:
    """A signed-in person with everything that they may do today."""

    user_id: UUID
    session_id: UUID
    name: str
    email: str
    language: str
    zone: str | None
    memberships: tuple[OwnMembership, ...]
    desk_roles: tuple[OwnAppointment, ...]

    def membership_in(self, chapter_id: UUID) -> OwnMembership | None:
        """Return the person's membership of a chapter, or None."""
        return next(
            (own_membership for own_membership in self.memberships if own_membership.chapter_id == chapter_id), None
        )

    def may_in_chapter(self, permission: Permission, *, chapter_id: UUID, country: str) -> bool:
        """Whether the person may do this in a chapter, as its member or as UN Women's desk for its country."""
        as_member = self.may_as_member(permission, chapter_id=chapter_id)
        return as_member or country in self.desk_countries(permission)

    def may_as_member(self, permission: Permission, *, chapter_id: UUID) -> bool:
        """Whether the person's role in the chapter permits this. If not, they can only act for UN Women."""
        own_membership = self.membership_in(chapter_id)
        return own_membership is not None and permission in OF_ROLE[own_membership.role]

    def desk_countries(self, permission: Permission) -> tuple[str, ...]:
        """Return the countries, sorted, for which the person has this permission at UN Women. May be empty."""
        country_lists = (desk.countries for desk in self.desk_roles if permission in OF_DESK_ROLE[desk.role])
        return tuple(sorted({country for countries in country_lists for country in countries}))


def load_principal(session: Session, *, user: User, session_id: UUID, today: date) -> Principal:
    """Load what `user` may do today. `session` has a NobodyScope with the user as actor."""
    own_memberships = session.execute(
        select(Membership.chapter_id, ChapterSlug.slug, Membership.role)
        .join(ChapterSlug, ChapterSlug.chapter_id == Membership.chapter_id)
        .where(Membership.user_id == user.id, Membership.left_at.is_(None))
        .order_by(ChapterSlug.slug)
    )
    desks = session.scalars(
        select(DeskAppointment).where(
            DeskAppointment.user_id == user.id,
            DeskAppointment.starts_on <= today,
            or_(DeskAppointment.ends_on.is_(None), DeskAppointment.ends_on >= today),
        )
    )
    return Principal(
        user_id=user.id,
        session_id=session_id,
        name=user.name,
        email=user.email,
        language=user.language,
        zone=user.zone,
        memberships=tuple(OwnMembership(chapter_id, slug, Role(role)) for chapter_id, slug, role in own_memberships),
        desk_roles=tuple(OwnAppointment(DeskRole(desk.role), tuple(desk.countries)) for desk in desks),
    )

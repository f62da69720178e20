"""Named questions about what a chapter was sent."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from tenants.people.models import Membership
from tenants.reminders.models import Notification


def messages(session: Session, *, page: int, size: int, to: UUID | None = None) -> Sequence[Notification]:
    """Return one page of the bound chapter's mails with their recipients, newest first; pages count from 1.

    And one more where there is a next page. With `to` only those sent to this person, under any of her memberships.
    """
    newest = _with_people().order_by(Notification.made_at.desc(), Notification.id.desc())
    if to is not None:
        hers = select(Membership.id).where(Membership.user_id == to)
        newest = newest.where(Notification.membership_id.in_(hers))
    return session.scalars(newest.limit(size + 1).offset((page - 1) * size)).all()


def message(session: Session, message_id: UUID) -> Notification | None:
    """Return one of the bound chapter's mails with its recipient."""
    return session.scalars(_with_people().where(Notification.id == message_id)).one_or_none()


def _with_people() -> Select[Notification]:
    return select(Notification).options(joinedload(Notification.membership), joinedload(Notification.invitation))

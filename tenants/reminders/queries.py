"""Named questions about the mails of a chapter, and about those of UN Women's desk."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import Select, and_, select, tuple_
from sqlalchemy.orm import Session, joinedload

from tenants.mail.desk_models import DeskNotification
from tenants.mail.models import Notification, ReminderPause
from tenants.people.models import Membership
from tenants.reminders.obligation_keys import Duty
from tenants.scope import bound_chapter


def messages(session: Session, *, page: int, size: int, to: UUID | None = None) -> Sequence[Notification]:
    """Return one page of the bound chapter's mails with their recipients, newest first; pages count from 1.

    And one more where there is a next page. With `to` only those sent to this person, under any of her memberships.
    """
    newest = _select_with_recipients().order_by(Notification.made_at.desc(), Notification.id.desc())
    if to is not None:
        hers = select(Membership.id).where(Membership.user_id == to)
        newest = newest.where(Notification.membership_id.in_(hers))
    return session.scalars(newest.limit(size + 1).offset((page - 1) * size)).all()


def message(session: Session, message_id: UUID) -> Notification | None:
    """Return one of the bound chapter's mails with its recipient."""
    return session.scalars(_select_with_recipients().where(Notification.id == message_id)).one_or_none()


def desk_messages(session: Session, *, user_id: UUID, page: int, size: int) -> Sequence[DeskNotification]:
    """Return one page of the mails of a person at UN Women, newest first, and one more where there is a next page.

    Pages count from 1. Needs the desk's login.
    """
    own = select(DeskNotification).where(DeskNotification.user_id == user_id)
    newest = own.order_by(DeskNotification.made_at.desc(), DeskNotification.id.desc())
    return session.scalars(newest.limit(size + 1).offset((page - 1) * size)).all()


def owners_and_pauses(
    session: Session, owners: Collection[UUID], duties: Collection[Duty]
) -> list[tuple[Membership, ReminderPause | None]]:
    """Return some of the bound chapter's memberships, each with what it asked about these duties; one statement."""
    here = bound_chapter(session)
    about = tuple_(ReminderPause.kind, ReminderPause.subject_id, ReminderPause.due_on).in_(list(duties))
    hers = and_(ReminderPause.chapter_id == here, ReminderPause.membership_id == Membership.id, about)
    rows = session.execute(
        select(Membership, ReminderPause)
        .outerjoin(ReminderPause, hers)
        .where(Membership.chapter_id == here, Membership.id.in_(owners))
    )
    return [(member, pause) for member, pause in rows]


def _select_with_recipients() -> Select[Notification]:
    return select(Notification).options(joinedload(Notification.membership), joinedload(Notification.invitation))

"""Queries about the mails of a chapter, and about those of UN Women's desk."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import Select, and_, select, tuple_
from sqlalchemy.orm import Session, joinedload

from tenants.keyset import Window, rows_in
from tenants.mail.desk_models import DeskNotification
from tenants.mail.models import Notification, ReminderPause
from tenants.people.models import Membership
from tenants.reminders.obligation_keys import ObligationKey
from tenants.scope import bound_chapter


def messages(session: Session, window: Window, *, to: UUID | None = None) -> list[Notification]:
    """Return the bound chapter's mails with their recipients, newest first. A cursor is a moment and a mail's id.

    With `to`, return only those sent to this person, under any of their memberships.
    """
    statement = _select_with_recipients()
    if to is not None:
        membership_ids = select(Membership.id).where(Membership.user_id == to)
        statement = statement.where(Notification.membership_id.in_(membership_ids))
    key = (Notification.made_at, Notification.id)
    return [mail for (mail,) in rows_in(session, statement, window, key, descending=True)]


def message(session: Session, message_id: UUID) -> Notification | None:
    """Return one of the bound chapter's mails with its recipient, or None."""
    return session.scalars(_select_with_recipients().where(Notification.id == message_id)).one_or_none()


def desk_messages(session: Session, window: Window, *, user_id: UUID) -> list[DeskNotification]:
    """Return a person's own desk mails, newest first. A cursor is a moment and a mail's id. For the desk's login."""
    statement = select(DeskNotification).where(DeskNotification.user_id == user_id)
    key = (DeskNotification.made_at, DeskNotification.id)
    return [mail for (mail,) in rows_in(session, statement, window, key, descending=True)]


def owners_and_pauses(
    session: Session, owners: Collection[UUID], obligation_keys: Collection[ObligationKey]
) -> list[tuple[Membership, ReminderPause | None]]:
    """Return some memberships of the bound chapter, each with its pauses of these obligations, in one statement."""
    chapter_id = bound_chapter(session)
    is_of_obligation = tuple_(ReminderPause.kind, ReminderPause.subject_id, ReminderPause.due_on).in_(
        list(obligation_keys)
    )
    is_of_member = and_(
        ReminderPause.chapter_id == chapter_id, ReminderPause.membership_id == Membership.id, is_of_obligation
    )
    rows = session.execute(
        select(Membership, ReminderPause)
        .outerjoin(ReminderPause, is_of_member)
        .where(Membership.chapter_id == chapter_id, Membership.id.in_(owners))
    )
    return [(member, pause) for member, pause in rows]


def _select_with_recipients() -> Select[Notification]:
    return select(Notification).options(joinedload(Notification.membership), joinedload(Notification.invitation))

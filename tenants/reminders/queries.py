"""Named questions about what a chapter was sent."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from tenants.reminders.models import Notification


def messages(session: Session, *, page: int, size: int) -> Sequence[Notification]:
    """Return one page of the bound chapter's mails with their recipients, newest first; pages count from 1."""
    newest = select(Notification).order_by(Notification.made_at.desc(), Notification.id.desc())
    with_people = newest.options(joinedload(Notification.membership), joinedload(Notification.invitation))
    return session.scalars(with_people.limit(size).offset((page - 1) * size)).all()

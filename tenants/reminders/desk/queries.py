"""What was sent to somebody at UN Women, read by the desk's login."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tenants.mail.desk_models import DeskNotification


def desk_messages(session: Session, *, user_id: UUID, page: int, size: int) -> Sequence[DeskNotification]:
    """Return one page of her own mails, newest first, and one more where there is a next; pages count from 1."""
    hers = select(DeskNotification).where(DeskNotification.user_id == user_id)
    newest = hers.order_by(DeskNotification.made_at.desc(), DeskNotification.id.desc())
    return session.scalars(newest.limit(size + 1).offset((page - 1) * size)).all()

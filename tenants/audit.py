"""Who did what to what. A chapter reads its own entries; nobody changes one."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, Session, mapped_column

from tenants.db import Base, ChapterOwned
from tenants.scope import bound_chapter


class AuditEntry(ChapterOwned, Base):
    """One act. `details` holds ids, codes and figures, never names or texts: erasing a person must stay possible."""

    __tablename__ = "audit_entries"

    at: Mapped[datetime]
    actor_id: Mapped[UUID | None]
    is_desk: Mapped[bool]
    action: Mapped[str]
    subject_id: Mapped[UUID | None]
    details: Mapped[dict[str, Any]] = mapped_column(JSONB)

    __table_args__ = (
        CheckConstraint("length(action) between 1 and 60", name="action_length"),
        Index("ix_audit_entries_at", "chapter_id", "at"),
    )


def record(
    session: Session,
    *,
    at: datetime,
    actor_id: UUID | None,
    action: str,
    subject_id: UUID | None = None,
    is_desk: bool = False,
    **details: str | int | bool | None,
) -> None:
    """Add an audit entry to the bound chapter, in the transaction of the act itself.

    `action` is a code such as `activity.logged`; `is_desk` says that UN Women acted inside the chapter.
    """
    session.add(
        AuditEntry(
            chapter_id=bound_chapter(session),
            at=at,
            actor_id=actor_id,
            is_desk=is_desk,
            action=action,
            subject_id=subject_id,
            details=details,
        )
    )

"""Recent actions in a chapter, for its first page, without those that concern one person alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from tenants.action_kit.activities.models import ActivityRevision
from tenants.audit import AuditEntry
from tenants.people.queries import known_as
from tenants.scope import bound_chapter


@dataclass(frozen=True)
class Recent:
    """One action. `by` is None for Solidarity itself or an unknown person, `title` an activity's current title."""

    id: UUID
    at: datetime
    action: str
    by: str | None
    is_desk: bool
    subject_id: UUID | None
    title: str | None


def recent_acts(session: Session, *, limit: int) -> list[Recent]:
    """Return the latest actions of the bound chapter, newest first, in one statement. Needs the web's login for names.

    A member's own reminders are left out, and so are the links of mails, whose actions have entries of their own.
    """
    chapter_id, actor = bound_chapter(session), AuditEntry.actor_id
    of_activity = and_(
        ActivityRevision.chapter_id == chapter_id,
        ActivityRevision.activity_id == AuditEntry.subject_id,
        ActivityRevision.is_current,
    )
    rows = session.execute(
        select(
            AuditEntry.id,
            AuditEntry.at,
            AuditEntry.action,
            known_as(chapter_id, actor),
            AuditEntry.is_desk,
            AuditEntry.subject_id,
            ActivityRevision.title,
        )
        .outerjoin(ActivityRevision, of_activity)
        .where(
            AuditEntry.chapter_id == chapter_id,
            AuditEntry.action.not_like("reminder.%"),
            AuditEntry.action != "mail.link_used",
        )
        .order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
        .limit(limit)
    )
    return [Recent(*row) for row in rows]

"""A signed chapter becomes active when its first focal point joins."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tenants.audit import record
from tenants.chapters.models import Chapter, ChapterState
from tenants.reminders.schedule import start_clock


def activate_chapter(session: Session, *, at: datetime) -> None:
    """Make the bound chapter active if it is signed, and start its clock.

    A chapter in any other state stays as it is.
    """
    chapter = session.scalars(
        select(Chapter).with_for_update(key_share=True)
    ).one()  # the key does not change, so rows may refer to it
    if chapter.state != ChapterState.SIGNED:
        return
    chapter.state = ChapterState.ACTIVE
    chapter.active_since = at
    start_clock(session, chapter=chapter, at=at)
    record(session, at=at, actor_id=None, action="chapter.activated", subject_id=chapter.id)
    session.flush()

"""Upkeep: delete rows that are no longer needed."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from tenants import clock
from tenants.chapters.models import ChapterSlug
from tenants.db import opened
from tenants.form_keys import forget_old_keys
from tenants.mail.ledger import forget_old
from tenants.scope import ChapterScope
from workers.base import platform_task


@platform_task
def clear_old_rows(session: Session) -> int:
    """Delete old deliveries and, in one transaction for each chapter, old form keys; return how many."""
    moment = clock.now()
    count = forget_old(session, at=moment)
    for chapter_id in session.scalars(select(ChapterSlug.chapter_id).order_by(ChapterSlug.chapter_id)).all():
        with opened(ChapterScope(chapter_id, login="worker")) as chapter_session:
            count += forget_old_keys(chapter_session, at=moment)
    return count

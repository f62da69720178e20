"""Upkeep: delete rows that are no longer needed, and compare the walls with the migrations."""

from __future__ import annotations

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from solidarity.database.verification.differences import declared_catalogue, find_differences
from tenants import clock
from tenants.chapters.models import ChapterSlug
from tenants.db import opened
from tenants.form_keys import forget_old_keys
from tenants.mail.ledger import forget_old
from tenants.scope import ChapterScope
from workers.base import platform_task

log = structlog.get_logger(__name__)


@platform_task
def clear_old_rows(session: Session) -> int:
    """Delete old deliveries and, in one transaction for each chapter, old form keys; return how many."""
    moment = clock.now()
    count = forget_old(session, at=moment)
    for chapter_id in session.scalars(select(ChapterSlug.chapter_id).order_by(ChapterSlug.chapter_id)).all():
        with opened(ChapterScope(chapter_id, login="worker")) as chapter_session:
            count += forget_old_keys(chapter_session, at=moment)
    return count


@platform_task
def verify_walls(session: Session) -> int:
    """Compare the walls of the database with the migrations, and log each difference as an error.

    Return how many parts were compared.
    """
    differences = find_differences(session.connection())
    for difference in differences:
        log.error(
            "walls.differ",
            place=difference.place,
            state=difference.state,
            mend=difference.correction,
            is_wall=difference.is_wall,
        )
    return len(declared_catalogue().statements)

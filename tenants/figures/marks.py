"""Say that a chapter's sums have moved, in the transaction that moved them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from tenants.figures.models import CompileMark
from tenants.scope import bound_chapter


def mark_changed(session: Session, *, at: datetime) -> None:
    """Leave a mark for the bound chapter; the compiler takes all marks waiting in one pass."""
    session.add(CompileMark(chapter_id=bound_chapter(session), marked_at=at))

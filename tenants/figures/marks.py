"""Mark that a chapter's sums are out of date, in the transaction that changed the data."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from tenants.figures.models import CompileMark
from tenants.scope import bound_chapter


def mark_changed(session: Session, *, at: datetime) -> None:
    """Add a mark for the bound chapter. The compiler processes all waiting marks in one pass."""
    session.add(CompileMark(chapter_id=bound_chapter(session), marked_at=at))

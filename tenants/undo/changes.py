"""Keep what an act changed, in its own transaction, so that it can be undone. What undoing itself does is not kept."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from tenants.audit import AuditEntry
from tenants.undo.models import ABOUT_LENGTH, Change, State

DAYS_UNDOABLE = 7
LASTS = timedelta(days=DAYS_UNDOABLE)
_KEPT, _UNDOING = "changes", "is_undoing"


def keep_change(
    session: Session, entry: AuditEntry, *, subject_id: UUID, before: State, after: State, about: str = ""
) -> None:
    """Keep that the act of a trail's `entry` led from `before` to `after`; that it can be undone is said by its kind.

    What nobody did, or changed nothing, is not kept.
    """
    if entry.actor_id is None or before == after or session.info.get(_UNDOING):
        return
    session.add(
        Change(
            chapter_id=entry.chapter_id,
            id=entry.id,
            kind=entry.action,
            subject_id=subject_id,
            about=about[:ABOUT_LENGTH],
            before=before,
            after=after,
            made_at=entry.at,
            made_by=entry.actor_id,
            is_desk=entry.is_desk,
            undoable_until=entry.at + LASTS,
        )
    )
    session.info.setdefault(_KEPT, []).append(entry.id)
    session.flush()


def changes_kept(session: Session) -> list[UUID]:
    """Return the ids of the changes kept through this session, the latest last."""
    return list(session.info.get(_KEPT, ()))


@contextmanager
def undoing(session: Session) -> Iterator[None]:
    """While this lasts, what services do is part of undoing: none of it is kept, and all of it or nothing is done."""
    session.info[_UNDOING] = True
    try:
        with session.begin_nested():
            yield
    finally:
        del session.info[_UNDOING]

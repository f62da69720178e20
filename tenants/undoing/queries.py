"""Queries about recent changes: who made them, and whether they can still be undone."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session, aliased

from tenants.people.queries import known_as
from tenants.scope import bound_chapter
from tenants.undo.models import Change
from tenants.undoing.kinds import undoables


@dataclass(frozen=True)
class ChangeStatus:
    """A change, who undid it, and whether a later one builds on it."""

    change: Change
    undone_by: str | None
    is_built_on: bool

    def is_open(self, at: datetime) -> bool:
        """Whether the change can still be undone, as far as the list knows. The service checks again."""
        return self.change.undone_at is None and not self.is_built_on and at <= self.change.undoable_until


def find_change(session: Session, change_id: UUID) -> Change | None:
    """Return a change of the bound chapter, or None."""
    return session.scalars(select(Change).where(Change.id == change_id)).one_or_none()


def changes_of(session: Session, entry_ids: Collection[UUID]) -> dict[UUID, ChangeStatus]:
    """Return the changes of these audit entries, by id. Needs the web's login for names."""
    undone_by = known_as(bound_chapter(session), Change.undone_by)
    rows = session.execute(select(Change, undone_by, _is_built_on(session)).where(Change.id.in_(entry_ids)))
    return {row[0].id: ChangeStatus(*row) for row in rows}


def _is_built_on(session: Session) -> ColumnElement[bool]:
    """Select whether a later change that is not undone builds on the change of the outer row."""
    later = aliased(Change)
    builds = or_(
        *(
            and_(
                Change.kind == undoable.kind,
                later.kind.in_({undoable.kind, *undoable.after_it}),
                *(later.after[name].astext == Change.after[name].astext for name in undoable.within),
            )
            for undoable in undoables().values()
        )
    )
    return exists(later.id).where(
        later.chapter_id == bound_chapter(session),
        later.subject_id == Change.subject_id,
        later.id > Change.id,
        later.undone_at.is_(None),
        builds,
    )

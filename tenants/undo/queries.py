"""What was changed lately, who did it, and whether it can still be undone; no writes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from tenants.people.queries import account_name, name_in
from tenants.scope import bound_chapter
from tenants.undo.kinds import undoables
from tenants.undo.models import Change


@dataclass(frozen=True)
class Told:
    """A change, who made it (None for somebody unknown), who undid it, and whether a later one builds on it."""

    change: Change
    by: str | None
    undone_by: str | None
    is_built_on: bool

    def is_open(self, at: datetime) -> bool:
        """Whether it can still be undone, as far as its list can tell; the service looks once more."""
        return self.change.undone_at is None and not self.is_built_on and at <= self.change.undoable_until


def find_change(session: Session, change_id: UUID) -> Change | None:
    """Return a change of the bound chapter."""
    return session.scalars(select(Change).where(Change.id == change_id)).one_or_none()


def recent_changes(session: Session, limit: int) -> list[Told]:
    """Return the latest changes of the bound chapter, newest first. One statement; needs the web's login for names.

    What concerns one person alone, such as her reminders, is not among them.
    """
    public = select_told(session).where(Change.kind.not_like("reminder.%"))
    rows = session.execute(public.order_by(Change.made_at.desc(), Change.id.desc()).limit(limit))
    return [Told(*row) for row in rows]


def changes_of(session: Session, entry_ids: Collection[UUID]) -> dict[UUID, Told]:
    """Return what of these entries of the trail was kept as a change."""
    rows = session.execute(select_told(session).where(Change.id.in_(entry_ids)))
    return {row[0].id: Told(*row) for row in rows}


def select_told(session: Session) -> Select[Change, str | None, str | None, bool]:
    """Select changes with the names of who made and undid them, and whether one that stands builds on them."""
    here, later = bound_chapter(session), aliased(Change)
    builds = or_(
        *(
            and_(
                Change.kind == each.kind,
                later.kind.in_({each.kind, *each.after_it}),
                *(later.after[name].astext == Change.after[name].astext for name in each.within),
            )
            for each in undoables().values()
        )
    )
    is_built_on = exists(later.id).where(
        later.chapter_id == here,
        later.subject_id == Change.subject_id,
        later.id > Change.id,
        later.undone_at.is_(None),
        builds,
    )
    return select(
        Change,
        func.coalesce(name_in(here, Change.made_by), account_name(Change.made_by)),
        func.coalesce(name_in(here, Change.undone_by), account_name(Change.undone_by)),
        is_built_on,
    )

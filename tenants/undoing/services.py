"""Undo one change, or raise why it cannot be undone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tenants.audit import AuditEntry, record
from tenants.errors import SolidarityError
from tenants.people.permissions import Permission
from tenants.people.queries import name_of
from tenants.undo.changes import undoing
from tenants.undo.models import Change
from tenants.undo.undoable import Undoable, Undoing, UndoOwner
from tenants.undoing.kinds import undoables


class CannotUndoReason(StrEnum):
    """Why a change cannot be undone."""

    CHANGED = "changed"
    UNDONE = "undone"
    LATE = "late"
    NOT_YOURS = "not_yours"


class CannotUndo(SolidarityError):
    """Nothing was undone. `by` and `at` are who built on the change or undid it, and when, if that is known."""

    def __init__(self, reason: CannotUndoReason, *, by: str | None = None, at: datetime | None = None) -> None:
        super().__init__(f"cannot undo: {reason}")
        self.why = reason
        self.by = by
        self.at = at


def undo(
    session: Session,
    *,
    change_id: UUID,
    actor_id: UUID,
    at: datetime,
    may: Callable[[Permission], bool],
    is_desk: bool = False,
) -> Change:
    """Restore the state before a change of the bound chapter, and return the change.

    Who has the permission for the action may undo it, because they could do the opposite by hand. `may` checks it. Of
    two undos at once the second waits here. Raises CannotUndo, Refused if the feature refuses, and NoResultFound.
    """
    statement = select(Change).where(Change.id == change_id).with_for_update()
    change = session.scalars(statement.execution_options(populate_existing=True)).one()
    if change.undone_at is not None and change.undone_by is not None:
        raise CannotUndo(CannotUndoReason.UNDONE, by=name_of(session, change.undone_by), at=change.undone_at)
    if not may_undo(change, actor_id=actor_id, may=may):
        raise CannotUndo(CannotUndoReason.NOT_YOURS)
    kind = undoables()[change.kind]
    if at > change.undoable_until:
        raise CannotUndo(CannotUndoReason.LATE)
    is_as_left = kind.look(session, change) == change.after
    later = _later(session, kind, change)
    if later is not None or not is_as_left:
        raise _built_on(session, change, later)
    with undoing(session):
        kind.restore(Undoing(session, change, actor_id, at, is_desk))
        change.undone_at, change.undone_by = at, actor_id
        record(
            session,
            at=at,
            actor_id=actor_id,
            action="change.undone",
            subject_id=change.subject_id,
            is_desk=is_desk,
            kind=change.kind,
        )
        session.flush()
    return change


def may_undo(change: Change, *, actor_id: UUID, may: Callable[[Permission], bool]) -> bool:
    """Whether this person may undo a change. Whether a later change builds on it is not checked."""
    kind = undoables().get(change.kind)
    return kind is not None and _may_undo(kind, change, actor_id, may)


def _may_undo(kind: Undoable, change: Change, actor_id: UUID, may: Callable[[Permission], bool]) -> bool:
    is_own = change.made_by == actor_id
    if kind.whose is UndoOwner.OWN_ONLY:
        return is_own and may(kind.permission)
    return may(kind.permission) or (kind.whose is UndoOwner.OWN_TOO and is_own)


def _later(session: Session, kind: Undoable, change: Change) -> Change | None:
    """Return the latest change that builds on this one and is not undone. Only the person's own count for OWN_ONLY."""
    statement = select(Change).where(
        Change.subject_id == change.subject_id,
        Change.kind.in_({kind.kind, *kind.after_it}),
        Change.id > change.id,
        Change.undone_at.is_(None),
        *(Change.after[name].astext == str((change.after or {}).get(name)) for name in kind.within),
    )
    if kind.whose is UndoOwner.OWN_ONLY:
        statement = statement.where(Change.made_by == change.made_by)
    return session.scalars(statement.order_by(Change.id.desc()).limit(1)).one_or_none()


def _built_on(session: Session, change: Change, later: Change | None) -> CannotUndo:
    """Return the error with the name and time of the `later` change, else of the latest audit entry, else without."""
    if later is not None:
        return CannotUndo(CannotUndoReason.CHANGED, by=name_of(session, later.made_by), at=later.made_at)
    after = select(AuditEntry).where(AuditEntry.subject_id == change.subject_id, AuditEntry.id > change.id)
    entry = session.scalars(after.order_by(AuditEntry.id.desc()).limit(1)).one_or_none()
    if entry is None:
        return CannotUndo(CannotUndoReason.CHANGED)
    by = name_of(session, entry.actor_id) if entry.actor_id else None
    return CannotUndo(CannotUndoReason.CHANGED, by=by, at=entry.at)

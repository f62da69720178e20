"""Record an action on the audit trail and store its change, so that it can be undone.

Both happen in the transaction of the action. The changes of an undo itself are not stored.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import inspect
from sqlalchemy.orm import Session

from tenants.audit import Detail, record
from tenants.undo.models import ABOUT_LENGTH, Change, State
from tenants.undo.row_states import RowState

DAYS_UNDOABLE = 7
LASTS = timedelta(days=DAYS_UNDOABLE)
_CHANGES, _UNDOING = "changes", "is_undoing"


@dataclass(frozen=True)
class Transition:
    """The state of a subject before and after an action. If both are equal, there is nothing to undo."""

    subject_id: UUID
    before: State
    after: State
    title: str = ""


@contextmanager
def recording(
    session: Session,
    row: Any,
    state: RowState,
    /,
    *,
    action: str,
    actor_id: UUID | None,
    at: datetime,
    trail_subject: UUID | None = None,
    is_desk: bool = False,
    **details: Detail,
) -> Iterator[None]:
    """Record the changes that the block makes to `row`, with its `state` before and after. A new row has none before.

    `trail_subject` is what the trail names instead of the row, such as the event of a checklist item.
    """
    before = state.of(row) if inspect(row).persistent else None
    yield
    change = Transition(row.id, before, state.of(row), state.title_of(row))
    record_change(
        session,
        change,
        action=action,
        actor_id=actor_id,
        at=at,
        trail_subject=trail_subject,
        is_desk=is_desk,
        **details,
    )


def record_change(
    session: Session,
    change: Transition,
    /,
    *,
    action: str,
    actor_id: UUID | None,
    at: datetime,
    trail_subject: UUID | None = None,
    is_desk: bool = False,
    **details: Detail,
) -> None:
    """Record an action and store its change under the same id. Changes without an actor cannot be undone."""
    subject_id = trail_subject or change.subject_id
    entry = record(session, at=at, actor_id=actor_id, action=action, subject_id=subject_id, is_desk=is_desk, **details)
    session.flush()
    if actor_id is None or change.before == change.after or session.info.get(_UNDOING):
        return
    session.add(
        Change(
            chapter_id=entry.chapter_id,
            id=entry.id,
            kind=entry.action,
            subject_id=change.subject_id,
            about=change.title[:ABOUT_LENGTH],
            before=change.before,
            after=change.after,
            made_at=entry.at,
            made_by=actor_id,
            is_desk=entry.is_desk,
            undoable_until=entry.at + LASTS,
        )
    )
    session.info.setdefault(_CHANGES, []).append(entry.id)
    session.flush()


def recorded_changes(session: Session) -> list[UUID]:
    """Return the ids of the changes stored through this session, latest last."""
    return list(session.info.get(_CHANGES, ()))


@contextmanager
def undoing(session: Session) -> Iterator[None]:
    """Mark what services do in the block as part of an undo. No change is stored, and an error rolls all of it back."""
    session.info[_UNDOING] = True
    try:
        with session.begin_nested():
            yield
    finally:
        del session.info[_UNDOING]

"""Undo a member's request about reminders. Only the member themselves can undo it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from tenants.people.permissions import Permission
from tenants.reminders import pauses
from tenants.reminders.obligation_keys import ObligationKey
from tenants.undo.models import Change
from tenants.undo.undoable import Undoable, Undoing, UndoOwner

CHANGE_KINDS = ("reminder.put_off", "reminder.acknowledged", "reminder.lifted")


def _look_at_pause(session: Session, change: Change) -> dict[str, Any]:
    member, obligation_key = _about(change)
    return pauses.asked_of(session, member, obligation_key)


def _restore(undoing: Undoing) -> None:
    """Restore the member's earlier pause, or none."""
    member, obligation_key = _about(undoing.change)
    pause = undoing.before["asked"]
    if pause is None:
        pauses.remove_pause(undoing.session, membership_id=member, obligation_key=obligation_key)
        return
    until_on = date.fromisoformat(pause[0]) if pause[0] else None
    at = datetime.fromisoformat(pause[1])
    pauses.ask_again(undoing.session, membership_id=member, obligation_key=obligation_key, until_on=until_on, at=at)


def _about(change: Change) -> tuple[UUID, ObligationKey]:
    after = change.after or {}
    obligation_key = ObligationKey(after["kind"], change.subject_id, date.fromisoformat(after["due_on"]))
    return UUID(after["member"]), obligation_key


KINDS = tuple(
    Undoable(
        kind,
        Permission.GET_REMINDERS,
        _look_at_pause,
        _restore,
        after_it=frozenset(CHANGE_KINDS),
        whose=UndoOwner.OWN_ONLY,
        within=("kind", "due_on"),
    )
    for kind in CHANGE_KINDS
)

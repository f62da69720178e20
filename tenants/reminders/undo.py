"""Undo a member's request about reminders, or their choice of when digests are sent. Only the member can undo it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from tenants.people.permissions import Permission
from tenants.reminders import pauses
from tenants.reminders.obligation_keys import ObligationKey
from tenants.reminders.preferences import ABSENCE, FREQUENCY
from tenants.undo.models import Change
from tenants.undo.row_states import RowState
from tenants.undo.undoable import Undoable, Undoing, UndoOwner

CHANGE_KINDS = ("reminder.put_off", "reminder.acknowledged", "reminder.lifted")
ABSENCE_KINDS = ("reminder.away", "reminder.back")


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


def _preference(kind: str, state: RowState, *later_kinds: str) -> Undoable:
    def restore(undoing: Undoing) -> None:
        state.put_back(state.locked(undoing.session, undoing.change.subject_id), undoing.before)

    return Undoable(
        kind,
        Permission.GET_REMINDERS,
        state.look,
        restore,
        after_it=frozenset(later_kinds),
        whose=UndoOwner.OWN_ONLY,
    )


KINDS = (
    *(
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
    ),
    *(_preference(kind, ABSENCE, *ABSENCE_KINDS) for kind in ABSENCE_KINDS),
    _preference("reminder.frequency_set", FREQUENCY),
)

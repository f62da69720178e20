"""How one kind of change is undone: what each feature says in its own `undo.py`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from tenants.people.permissions import Permission
from tenants.undo.models import Change, State


class UndoOwner(Enum):
    """Whose undoing it may be, beside the permission."""

    ANYBODYS = "anybody who may do it may undo it: she could do the opposite by hand"
    OWN_TOO = "who did it may undo it without the permission, for she did it as her own"
    OWN_ONLY = "it concerns who did it and nobody else"


@dataclass(frozen=True)
class Undoing:
    """Somebody undoes a change, at a moment."""

    session: Session
    change: Change
    actor_id: UUID
    at: datetime
    is_desk: bool = False

    @property
    def before(self) -> dict[str, Any]:
        """What stood before the change; for kinds that change what is there."""
        return self.change.before or {}

    @property
    def actor(self) -> dict[str, Any]:
        """Who acts and when, as services take it."""
        return {"actor_id": self.actor_id, "at": self.at}


@dataclass(frozen=True)
class Undoable:
    """One kind of change, by its code on the trail.

    `look` returns what the change concerns as it is now, locked; where that is no longer what the change left, somebody
    has built on it. `restore` puts back what was, through the feature's own code, and may raise Refused. `after_it`
    names the kinds of later changes of the same subject that build on this one; its own is always among them. Where a
    subject has several such things, `within` names what of their states tells them apart.
    """

    kind: str
    permission: Permission
    look: Callable[[Session, Change], State]
    restore: Callable[[Undoing], None]
    after_it: frozenset[str] = frozenset()
    whose: UndoOwner = UndoOwner.ANYBODYS
    within: tuple[str, ...] = ()

"""How one kind of change is undone. Each feature declares its kinds in its own `undo.py`."""

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
    """Who may undo a change, in addition to the permission."""

    ANYBODYS = "anybody who may do it may undo it: she could do the opposite by hand"
    OWN_TOO = "who did it may undo it without the permission, for she did it as her own"
    OWN_ONLY = "it concerns who did it and nobody else"


@dataclass(frozen=True)
class Undoing:
    """The undoing of a change by an actor at a moment."""

    session: Session
    change: Change
    actor_id: UUID
    at: datetime
    is_desk: bool = False

    @property
    def before(self) -> dict[str, Any]:
        """The state before the change, for kinds that change something that exists."""
        return self.change.before or {}

    @property
    def actor(self) -> dict[str, Any]:
        """The actor and the time, as keyword arguments of services."""
        return {"actor_id": self.actor_id, "at": self.at}


@dataclass(frozen=True)
class Undoable:
    """One kind of change, by its code on the trail.

    `look` returns the current state of what the change concerns, locked. If it is no longer the state after the change,
    another action has changed it. `restore` restores the earlier state through the feature's own code, and may raise
    Refused. `after_it` names the kinds of later changes of the same subject that build on this one; its own kind always
    does. If a subject has several such things, `within` names the keys of their states that distinguish them.
    """

    kind: str
    permission: Permission
    look: Callable[[Session, Change], State]
    restore: Callable[[Undoing], None]
    after_it: frozenset[str] = frozenset()
    whose: UndoOwner = UndoOwner.ANYBODYS
    within: tuple[str, ...] = ()

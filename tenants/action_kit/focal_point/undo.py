"""How changes of terms are undone: a confirmation, a renewal, and the appointment of a deputy.

To undo a handover or the choice of a focal point, hand over again. Ending a term needs a confirmation instead.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tenants.action_kit.focal_point import services
from tenants.action_kit.focal_point.services import TERM
from tenants.approvals import change_deciders
from tenants.people.models import Membership
from tenants.people.permissions import Permission, Role
from tenants.undo.models import Change
from tenants.undo.undoable import Undoable, Undoing


def _look_at_term(session: Session, change: Change) -> dict[str, Any] | None:
    change_deciders(session)  # before any row of a term, in the same order as all other code
    return TERM.look(session, change)


def _put_term_back(undoing: Undoing) -> None:
    TERM.put_back(TERM.locked(undoing.session, undoing.change.subject_id), undoing.before)


def _look_at_deputy(session: Session, change: Change) -> dict[str, Any] | None:
    """Return a term and the current role of its member."""
    change_deciders(session)
    term = TERM.locked(session, change.subject_id)
    if term is None:
        return None
    own_membership = select(Membership).where(Membership.id == term.membership_id, Membership.left_at.is_(None))
    member = session.scalars(own_membership.execution_options(populate_existing=True)).one_or_none()
    return {**TERM.of(term), "role": member.role if member else None}


def _end_again(undoing: Undoing) -> None:
    role = Role(undoing.before["role"])
    services.take_back_deputy(undoing.session, **undoing.actor, term_id=undoing.change.subject_id, role=role)


_MANAGES, ON_TERMS = Permission.MANAGE_PEOPLE, frozenset({"term.confirmed", "term.renewed"})

KINDS = (
    Undoable("term.confirmed", _MANAGES, _look_at_term, _put_term_back, ON_TERMS),
    Undoable("term.renewed", _MANAGES, _look_at_term, _put_term_back, ON_TERMS),
    Undoable("term.begun", _MANAGES, _look_at_deputy, _end_again, ON_TERMS),
)

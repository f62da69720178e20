"""Undo an invitation, its withdrawal, or a change of role. A person who has joined leaves after a confirmation."""

from __future__ import annotations

from sqlalchemy.orm import Session

from tenants.approvals import change_deciders
from tenants.membership import services
from tenants.membership.roles import ROLE, change_role
from tenants.membership.services import OPEN
from tenants.people.permissions import Permission, Role
from tenants.undo.models import Change, State
from tenants.undo.undoable import Undoable, Undoing


def _withdraw_invitation(undoing: Undoing) -> None:
    services.withdraw_invitation(undoing.session, **undoing.actor, invitation_id=undoing.change.subject_id)


def _open_again(undoing: Undoing) -> None:
    services.open_invitation_again(undoing.session, at=undoing.at, invitation_id=undoing.change.subject_id)


def _change_role_back(undoing: Undoing) -> None:
    role = Role(undoing.before["role"])
    change_role(undoing.session, **undoing.actor, membership_id=undoing.change.subject_id, role=role)


def _look_at_role(session: Session, change: Change) -> State:
    change_deciders(session)  # before the member's row, in the same order as all other code
    return ROLE.look(session, change)


KINDS = (
    Undoable(
        "person.invited", Permission.MANAGE_PEOPLE, OPEN.look, _withdraw_invitation, frozenset({"invitation.withdrawn"})
    ),
    Undoable("invitation.withdrawn", Permission.MANAGE_PEOPLE, OPEN.look, _open_again),
    Undoable("person.role_changed", Permission.MANAGE_PEOPLE, _look_at_role, _change_role_back),
)

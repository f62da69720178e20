"""Undo an invitation or its withdrawal. A person who has joined leaves instead, after a confirmation."""

from __future__ import annotations

from tenants.membership import services
from tenants.membership.services import OPEN
from tenants.people.permissions import Permission
from tenants.undo.undoable import Undoable, Undoing


def _withdraw_invitation(undoing: Undoing) -> None:
    services.withdraw_invitation(undoing.session, **undoing.actor, invitation_id=undoing.change.subject_id)


def _open_again(undoing: Undoing) -> None:
    services.open_invitation_again(undoing.session, at=undoing.at, invitation_id=undoing.change.subject_id)


KINDS = (
    Undoable(
        "person.invited", Permission.MANAGE_PEOPLE, OPEN.look, _withdraw_invitation, frozenset({"invitation.withdrawn"})
    ),
    Undoable("invitation.withdrawn", Permission.MANAGE_PEOPLE, OPEN.look, _open_again),
)

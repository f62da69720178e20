"""Change the role of a member. Focal points and deputies have terms: their roles change with those."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from flask_babel import lazy_gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from tenants.action_kit.approval_routing import route_again
from tenants.action_kit.focal_point.services import LEADER_ROLES
from tenants.approvals import change_deciders
from tenants.errors import Refused
from tenants.membership.services import acts_for_desk
from tenants.people.models import Membership
from tenants.people.permissions import Role
from tenants.undo.changes import recording
from tenants.undo.row_states import RowState

ROLE = RowState(Membership, ("role", "left_at"))
ROLES_WITHOUT_TERM = tuple(role for role in Role if role not in LEADER_ROLES)


def change_role(session: Session, *, actor_id: UUID, at: datetime, membership_id: UUID, role: Role) -> None:
    """Give a member of the bound chapter another role without a term. Waiting requests are routed again.

    Raises Refused if they have left, have that role, or are a focal point or deputy, or if the role has a term.
    """
    change_deciders(session)
    statement = select(Membership).where(Membership.id == membership_id, Membership.left_at.is_(None))
    membership = session.scalars(statement.with_for_update()).one_or_none()
    if membership is None:
        raise Refused({"membership": _("This person has already left the chapter.")})
    if membership.role in LEADER_ROLES or role in LEADER_ROLES:
        raise Refused({"role": _("Focal points and deputies are chosen on the page of the focal point.")})
    if membership.role == role:
        raise Refused({"role": _("This person already has this role.")})
    is_desk = acts_for_desk(session, actor_id)
    with recording(
        session, membership, ROLE, action="person.role_changed", actor_id=actor_id, at=at, is_desk=is_desk, role=role
    ):
        membership.role = role
    route_again(session, actor_id=actor_id, at=at)

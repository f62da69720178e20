"""Who may decide what somebody asked for. Nobody decides on her own request.

Where nobody else in the chapter may decide, as in most small ones, the request goes to UN Women's desk for the country,
and the record says "approved outside the chapter" (ARCHITECTURE, section 4).
"""

from __future__ import annotations

from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from tenants.errors import Refused
from tenants.people.models import Membership
from tenants.people.permissions import Permission, roles_that_may
from tenants.scope import bound_chapter


def someone_else_may(session: Session, permission: Permission, *, but: UUID) -> bool:
    """Tell whether a present member of the bound chapter other than the person `but` may do this."""
    other = exists().where(
        Membership.chapter_id == bound_chapter(session),
        Membership.left_at.is_(None),
        Membership.role.in_(roles_that_may(permission)),
        Membership.user_id != but,
    )
    return bool(session.scalar(select(other)))


def refuse_own_request(*, actor_id: UUID, asked_by: UUID) -> None:
    """Raise Refused where somebody decides on what she asked for herself."""
    if actor_id == asked_by:
        raise Refused({"decision": _l("Somebody else decides on what you sent yourself.")})


def refuse_desk_where_chapter_decides(session: Session, permission: Permission, *, asked_by: UUID) -> None:
    """Raise Refused where UN Women would decide in the place of somebody of the chapter who may."""
    if someone_else_may(session, permission, but=asked_by):
        raise Refused({"decision": _l("Somebody in the chapter may decide on this, so it is not for UN Women to.")})

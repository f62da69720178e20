"""Who may decide on a request. The requester never may.

If no other member of the chapter may decide, as in most small ones, the request goes to UN Women's desk for the
country, and the record says "approved outside the chapter" (ARCHITECTURE, section 4). The desk cannot read memberships,
so each request stores whether the desk decides: set when it is sent, under `keep_deciders`, and again by `route_again`
(action_kit/approval_routing.py) when a member joins or leaves, under `change_deciders`. The locks exclude each other.
"""

from __future__ import annotations

from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from tenants.chapters.models import Chapter
from tenants.errors import Refused
from tenants.people.models import Membership
from tenants.people.permissions import Permission, roles_that_may
from tenants.scope import bound_chapter


def keep_deciders(session: Session) -> Chapter:
    """Return the bound chapter, locked: no member joins or leaves until this transaction ends."""
    statement = select(Chapter).where(Chapter.id == bound_chapter(session))
    return session.scalars(statement.with_for_update(read=True)).one()


def change_deciders(session: Session) -> Chapter:
    """Return the bound chapter, locked: no other transaction changes its people and terms until this one ends.

    It also blocks new requests. Rows that only refer to the chapter can be added. Call this before any membership row
    is locked, to avoid a deadlock.
    """
    statement = select(Chapter).where(Chapter.id == bound_chapter(session))
    return session.scalars(statement.with_for_update(key_share=True)).one()


def deciders(session: Session, permission: Permission) -> frozenset[UUID]:
    """Return the user ids of the present members of the bound chapter who have this permission."""
    present = select(Membership.user_id).where(
        Membership.chapter_id == bound_chapter(session),
        Membership.left_at.is_(None),
        Membership.role.in_(roles_that_may(permission)),
    )
    return frozenset(session.scalars(present))


def someone_else_may(session: Session, permission: Permission, *, but: UUID) -> bool:
    """Whether a present member of the bound chapter other than the person `but` has this permission."""
    return bool(deciders(session, permission) - {but})


def refuse_own_request(*, actor_id: UUID, asked_by: UUID) -> None:
    """Raise Refused if the person who decides is the one who made the request."""
    if actor_id == asked_by:
        raise Refused({"decision": _l("You cannot decide on something you sent yourself. Someone else has to.")})


def refuse_desk_where_chapter_decides(session: Session, permission: Permission, *, asked_by: UUID) -> None:
    """Raise Refused if a member of the chapter may decide, so that UN Women must not."""
    if someone_else_may(session, permission, but=asked_by):
        raise Refused({"decision": _l("Someone in the chapter can decide this, so UN Women cannot.")})

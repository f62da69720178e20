"""Who may decide what somebody asked for. Nobody decides on her own request.

Where nobody else in the chapter may decide, as in most small ones, the request goes to UN Women's desk for the country,
and the record says "approved outside the chapter" (ARCHITECTURE, section 4). The desk reads no memberships, so where a
request waits is kept on its row: settled when it is sent, under `keep_deciders`, and again by `route_again`
(action_kit/routing.py) whenever somebody joins or leaves, under `change_deciders`. Of the two one waits for the other.
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
    """Return the bound chapter, which nobody joins or leaves until this transaction ends."""
    statement = select(Chapter).where(Chapter.id == bound_chapter(session))
    return session.scalars(statement.with_for_update(read=True)).one()


def change_deciders(session: Session) -> Chapter:
    """Return the bound chapter, whose people and terms nobody else changes until this transaction ends.

    Nor does anybody send a request meanwhile; rows that only point at the chapter may be added. Taken before any row of
    a membership is, or two wait for each other.
    """
    statement = select(Chapter).where(Chapter.id == bound_chapter(session))
    return session.scalars(statement.with_for_update(key_share=True)).one()


def deciders(session: Session, permission: Permission) -> frozenset[UUID]:
    """Return the persons who belong to the bound chapter now and may do this."""
    present = select(Membership.user_id).where(
        Membership.chapter_id == bound_chapter(session),
        Membership.left_at.is_(None),
        Membership.role.in_(roles_that_may(permission)),
    )
    return frozenset(session.scalars(present))


def someone_else_may(session: Session, permission: Permission, *, but: UUID) -> bool:
    """Tell whether a present member of the bound chapter other than the person `but` may do this."""
    return bool(deciders(session, permission) - {but})


def refuse_own_request(*, actor_id: UUID, asked_by: UUID) -> None:
    """Raise Refused where somebody decides on what she asked for herself."""
    if actor_id == asked_by:
        raise Refused({"decision": _l("You cannot decide on something you sent yourself. Someone else has to.")})


def refuse_desk_where_chapter_decides(session: Session, permission: Permission, *, asked_by: UUID) -> None:
    """Raise Refused where UN Women would decide in the place of somebody of the chapter who may."""
    if someone_else_may(session, permission, but=asked_by):
        raise Refused({"decision": _l("Someone in the chapter can decide this, so UN Women cannot.")})

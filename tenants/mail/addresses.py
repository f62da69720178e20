"""Addresses of members that no mail reaches. The worker marks them, and the people who manage members correct them.

Only the address that the chapter writes to is marked and corrected, not the one with which the member signs in.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, exists, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from tenants.audit import AuditEntry, record
from tenants.chapters.models import Chapter
from tenants.db import new_id
from tenants.errors import AlreadyDecided, Refused
from tenants.people.details import clean_address
from tenants.people.models import Membership, UnreachedAddress
from tenants.people.queries import member_with_address, name_of


def note_unreached(session: Session, *, membership_id: UUID, sent_at: datetime | None, at: datetime) -> bool:
    """Mark the address of a present member of the bound chapter. Return whether it was not marked before.

    `sent_at` is when the mail that came back was sent, if it was. An address corrected since then is not marked.
    """
    statement = select(Membership.id).where(Membership.id == membership_id, Membership.left_at.is_(None))
    if session.scalar(statement) is None or (
        sent_at is not None and _was_corrected_since(session, membership_id, sent_at)
    ):
        return False
    chapter = session.scalars(select(Chapter)).one()
    row = insert(UnreachedAddress).values(
        chapter_id=chapter.id, id=new_id(), country=chapter.country, membership_id=membership_id, since=at
    )
    once = row.on_conflict_do_nothing(
        index_elements=["chapter_id", "membership_id"], index_where=UnreachedAddress.cleared_at.is_(None)
    )
    if session.execute(once.returning(UnreachedAddress.id)).one_or_none() is None:
        return False
    record(session, at=at, actor_id=None, action="address.unreached", subject_id=membership_id)
    session.flush()
    return True


def correct_address(
    session: Session, *, actor_id: UUID, at: datetime, membership_id: UUID, email: str, is_desk: bool = False
) -> Membership:
    """Change the address to which the chapter writes to a member. Their sign-in stays the same.

    Raises Refused with the field `email` for an invalid address, the same one, or another member's. Raises
    AlreadyDecided if the address was corrected meanwhile.
    """
    address = clean_address(email)
    member, mark = _lock_marked_member(session, membership_id)
    if address == member.email:
        raise Refused({"email": _l("Emails do not reach this address. Enter another one.")})
    if member_with_address(session, address) is not None:
        raise Refused(
            {"email": _l("Someone else in the chapter already uses this email address. Enter a different one.")}
        )
    member.email = address
    mark.cleared_at, mark.cleared_by = at, actor_id
    record(session, at=at, actor_id=actor_id, action="address.corrected", subject_id=member.id, is_desk=is_desk)
    session.flush()
    return member


def try_again(
    session: Session, *, actor_id: UUID, at: datetime, membership_id: UUID, is_desk: bool = False
) -> Membership:
    """Write to the same address again, from the next morning. Raises AlreadyDecided if it was corrected meanwhile."""
    member, mark = _lock_marked_member(session, membership_id)
    mark.cleared_at, mark.cleared_by = at, actor_id
    record(session, at=at, actor_id=actor_id, action="address.retried", subject_id=member.id, is_desk=is_desk)
    session.flush()
    return member


def clear_mark(session: Session, *, membership_id: UUID, actor_id: UUID, at: datetime) -> None:
    """Clear the mark of a member who leaves, so that nobody has to correct the address."""
    for mark in session.scalars(_select_open_mark(membership_id).with_for_update()):
        mark.cleared_at, mark.cleared_by = at, actor_id


def unreached(session: Session) -> dict[UUID, UnreachedAddress]:
    """Return the open marks of the bound chapter, by membership id."""
    marks = session.scalars(select(UnreachedAddress).where(UnreachedAddress.cleared_at.is_(None)))
    return {mark.membership_id: mark for mark in marks}


def is_reached() -> ColumnElement[bool]:
    """Whether a membership's address is not marked, as a condition in a statement on memberships."""
    return ~exists().where(
        UnreachedAddress.chapter_id == Membership.chapter_id,
        UnreachedAddress.membership_id == Membership.id,
        UnreachedAddress.cleared_at.is_(None),
    )


def _select_open_mark(membership_id: UUID) -> Select[UnreachedAddress]:
    return select(UnreachedAddress).where(
        UnreachedAddress.membership_id == membership_id, UnreachedAddress.cleared_at.is_(None)
    )


def _lock_marked_member(session: Session, membership_id: UUID) -> tuple[Membership, UnreachedAddress]:
    """Return a present member and their open mark, locked and freshly read. Raises Refused or AlreadyDecided."""
    statement = select(Membership).where(Membership.id == membership_id, Membership.left_at.is_(None))
    fresh = {"populate_existing": True}
    member = session.scalars(statement.with_for_update(key_share=True).execution_options(**fresh)).one_or_none()
    if member is None:
        raise Refused({"membership": _l("This person has already left the chapter.")})
    mark = session.scalars(_select_open_mark(membership_id).with_for_update().execution_options(**fresh)).one_or_none()
    if mark is None:
        raise _already_corrected(session, membership_id)
    return member, mark


def _already_corrected(session: Session, membership_id: UUID) -> AlreadyDecided:
    last = next(iter(_last_cleared(session, membership_id)), None)
    by = name_of(session, last.cleared_by) if last is not None and last.cleared_by is not None else None
    return AlreadyDecided(decision="corrected", by=by, at=last.cleared_at if last is not None else None)


def _was_corrected_since(session: Session, membership_id: UUID, moment: datetime) -> bool:
    """Whether the address was corrected, tried again or changed by its owner since then."""
    changed = select(AuditEntry.id).where(
        AuditEntry.subject_id == membership_id, AuditEntry.action == "address.changed", AuditEntry.at >= moment
    )
    return session.scalar(changed.limit(1)) is not None or any(
        mark.cleared_at is not None and mark.cleared_at >= moment for mark in _last_cleared(session, membership_id)
    )


def _last_cleared(session: Session, membership_id: UUID) -> Sequence[UnreachedAddress]:
    """Return the latest mark of the address that was cleared, if any."""
    past = select(UnreachedAddress).where(
        UnreachedAddress.membership_id == membership_id, UnreachedAddress.cleared_at.is_not(None)
    )
    return session.scalars(past.order_by(UnreachedAddress.cleared_at.desc()).limit(1)).all()

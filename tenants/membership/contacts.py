"""The name and address of a person: one fact, which their account, their chapters and UN Women's mails share.

The functions for accounts need a NobodyScope, those for chapters a session bound to the chapter.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tenants.audit import record
from tenants.errors import Refused
from tenants.mail import addresses
from tenants.people import queries
from tenants.people.details import clean_address, clean_name
from tenants.people.models import AddressChange, FormerName, User
from tenants.reminders.desk.schedule import set_reader_contact

ADDRESS_LINK_LASTS = timedelta(days=3)


def rename_user(session: Session, *, user_id: UUID, name: str) -> str:
    """Change the name of a person's account, and return it. Raises Refused with the field `name`."""
    user = session.get_one(User, user_id)
    user.name = clean_name(name)
    set_reader_contact(session, user=user)
    session.flush()
    return user.name


def rename_member(session: Session, *, user_id: UUID, name: str, at: datetime) -> None:
    """Change the name of a present member of the bound chapter. Its audit trail keeps both names."""
    member = queries.present_membership(session, user_id=user_id)
    if member is None or member.name == name:
        return
    entry = record(session, at=at, actor_id=user_id, action="person.renamed", subject_id=member.id)
    session.add(
        FormerName(
            chapter_id=entry.chapter_id, id=entry.id, membership_id=member.id, old_name=member.name, new_name=name
        )
    )
    member.name = name
    session.flush()


def record_consent(session: Session, *, user_id: UUID, is_shown: bool, at: datetime) -> None:
    """Record for the bound chapter that a present member shows their telephone number, or no longer shows it."""
    member = queries.present_membership(session, user_id=user_id)
    if member is None:
        return
    if is_shown:
        record(session, at=at, actor_id=user_id, action="telephone.shown", subject_id=member.id)
    else:
        record(session, at=at, actor_id=user_id, action="telephone.hidden", subject_id=member.id)
    session.flush()


def request_address(session: Session, *, user_id: UUID, email: str, at: datetime) -> tuple[AddressChange, bool]:
    """Store a new address until its owner confirms it. Return it, and whether another account has it.

    No one is told of such an account: the same is stored, and the link must not be sent. Raises Refused with the field
    `email` if it is invalid or already the person's own.
    """
    address = clean_address(email)
    owner = queries.find_user(session, address)
    if owner is not None and owner.id == user_id:
        raise Refused({"email": _l("This is already your address.")})
    change = AddressChange(user_id=user_id, email=address, requested_at=at, expires_at=at + ADDRESS_LINK_LASTS)
    session.add(change)
    session.flush()
    return change, owner is not None


def waiting_address(session: Session, *, change_id: UUID, user_id: UUID, at: datetime) -> AddressChange | None:
    """Return a person's own change of address, or None if it was used, has expired or is another person's."""
    own_changes = select(AddressChange).where(AddressChange.user_id == user_id, AddressChange.expires_at > at)
    return session.scalars(own_changes.where(AddressChange.id == change_id)).one_or_none()


def confirm_address(session: Session, *, user_id: UUID, change_id: UUID, email: str) -> User:
    """Give the account its new address, once. Its links for a new password and other new addresses stop working.

    Raises Refused if the change was used meanwhile or another account took the address.
    """
    deletion = delete(AddressChange).where(AddressChange.id == change_id, AddressChange.user_id == user_id)
    if session.execute(deletion.returning(AddressChange.id)).one_or_none() is None:
        raise Refused({"email": _l("This link was already used.")})
    user = session.get_one(User, user_id)
    try:
        with session.begin_nested():
            user.email, user.fs_uniquifier = email, uuid4().hex
    except IntegrityError as error:
        raise Refused({"email": _l("An account with this email address already exists.")}) from error
    session.execute(delete(AddressChange).where(AddressChange.user_id == user_id))
    set_reader_contact(session, user=user)
    session.flush()
    return user


def move_member(session: Session, *, user_id: UUID, email: str, at: datetime) -> None:
    """Write to a present member of the bound chapter at their new address, also if mail did not reach the old one."""
    member = queries.present_membership(session, user_id=user_id)
    if member is None or member.email == email:
        return
    member.email = email
    addresses.clear_mark(session, membership_id=member.id, actor_id=user_id, at=at)
    record(session, at=at, actor_id=user_id, action="address.changed", subject_id=member.id)
    session.flush()

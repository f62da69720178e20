"""Create accounts, and invite, add and remove members.

Addresses are lower case. Actions in a chapter are recorded on its audit trail. `actor_id` is None for the command line.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from flask_babel import lazy_gettext as _
from sqlalchemy import inspect, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tenants.action_kit.approval_routing import route_again
from tenants.action_kit.focal_point.services import member_joined, member_left
from tenants.approvals import change_deciders
from tenants.audit import record
from tenants.chapters.details import refuse_unknown_zone
from tenants.chapters.models import Chapter
from tenants.errors import Refused
from tenants.mail import addresses
from tenants.mail.letters import queue_invitation
from tenants.membership.activation import activate_chapter
from tenants.membership.limits import refuse_more_invitations
from tenants.people import queries
from tenants.people.details import clean_address, clean_name
from tenants.people.models import DeskAppointment, Invitation, Membership, User
from tenants.people.passwords import hash_password, password_problem
from tenants.people.permissions import OF_ROLE, DeskRole, Permission, Role
from tenants.reminders.desk.schedule import start_writing_to
from tenants.scope import bound_chapter
from tenants.undo.changes import recording
from tenants.undo.row_states import RowState

INVITATION_LASTS = timedelta(days=14)
OPEN = RowState(Invitation, ("accepted_at", "withdrawn_at"))


def create_user(
    session: Session,
    *,
    email: str,
    name: str,
    language: str,
    password: str | None,
    at: datetime,
    zone: str | None = None,
    password_hash: str | None = None,
) -> User:
    """Create a person without memberships. Without a password, they set one with a link.

    `password_hash` is a result of `hash_password`, for invented people who share one. Raises Refused if the address is
    invalid or has an account. Passwords are not checked here: `password_problem` checks those of people first, and
    those from an administrator or a demonstration are accepted as they are.
    """
    stored_hash = hash_password(password) if password else password_hash
    user = User(
        email=clean_address(email),
        name=clean_name(name),
        language=language,
        zone=zone,
        password=stored_hash,
        active=True,
        fs_uniquifier=uuid4().hex,
        confirmed_at=at if stored_hash else None,
        created_at=at,
    )
    try:
        with session.begin_nested():
            session.add(user)
    except IntegrityError as error:
        raise Refused({"email": _("An account with this email address already exists.")}) from error
    return user


def create_desk_user(
    session: Session,
    *,
    email: str,
    name: str,
    role: DeskRole,
    countries: Sequence[str],
    at: datetime,
    password: str | None = None,
    password_hash: str | None = None,
) -> User:
    """Appoint a person to UN Women's desk for some countries, from today. Create an account if they have none.

    An existing account keeps its name and password. UN Women's mails to the person start on their next working morning.
    """
    user = queries.find_user(session, email)
    if user is None:
        user = create_user(
            session, email=email, name=name, language="en", password=password, password_hash=password_hash, at=at
        )
    session.add(DeskAppointment(user_id=user.id, role=role, countries=list(countries), starts_on=at.date()))
    start_writing_to(session, user=user, at=at)
    return user


def set_password(session: Session, *, user: User, password: str, at: datetime) -> None:
    """Set a new password. Links for setting one stop working. The caller must end the person's sessions.

    `session` has a NobodyScope with the person as actor. Raises Refused with the field `password`.
    """
    slugs = queries.slugs_of(session, user_id=user.id)
    problem = password_problem(password, email=user.email, name=user.name, chapters=slugs)
    if problem:
        raise Refused({"password": problem})
    user.password = hash_password(password)
    user.fs_uniquifier = uuid4().hex
    user.confirmed_at = user.confirmed_at or at
    session.flush()


def invite(
    session: Session,
    *,
    actor_id: UUID | None,
    at: datetime,
    email: str,
    name: str,
    role: Role,
    language: str,
) -> Invitation:
    """Invite a person to the bound chapter, and queue the mail. An expired invitation to the same address is withdrawn.

    Raises Refused if they are a member of the chapter or have an invitation that still works, or if the chapter has
    sent too many.
    """
    address = clean_address(email)
    if queries.member_with_address(session, address):
        raise Refused({"email": _("This person is already a member of the chapter.")})
    _make_way(session, address, at)
    refuse_more_invitations(session, address, at=at)
    invitation = Invitation(
        chapter_id=bound_chapter(session),
        email=address,
        name=clean_name(name),
        role=role,
        language=language,
        invited_by=actor_id,
        invited_at=at,
        expires_at=at + INVITATION_LASTS,
    )
    is_desk = acts_for_desk(session, actor_id)
    with recording(
        session, invitation, OPEN, action="person.invited", actor_id=actor_id, at=at, is_desk=is_desk, role=role
    ):
        session.add(invitation)
        session.flush()
        queue_invitation(session, invitation_id=invitation.id, at=at)
    return invitation


def send_invitation_again(session: Session, *, actor_id: UUID, at: datetime, invitation_id: UUID) -> Invitation:
    """Send an open invitation again, with the same link, which works for another 14 days.

    Raises Refused if it was accepted or withdrawn, does not belong to this chapter, or was sent too often.
    """
    invitation = _open_invitation(session, invitation_id)
    refuse_more_invitations(session, invitation.email, at=at)
    invitation.expires_at = at + INVITATION_LASTS
    session.flush()
    queue_invitation(session, invitation_id=invitation.id, at=at)
    record(
        session,
        at=at,
        actor_id=actor_id,
        action="invitation.sent_again",
        subject_id=invitation.id,
        is_desk=acts_for_desk(session, actor_id),
        role=invitation.role,
    )
    session.flush()
    return invitation


def withdraw_invitation(session: Session, *, actor_id: UUID, at: datetime, invitation_id: UUID) -> None:
    """Withdraw an open invitation, so that its link stops working. Raises Refused as `send_invitation_again` does."""
    invitation = _open_invitation(session, invitation_id)
    is_desk = acts_for_desk(session, actor_id)
    with recording(session, invitation, OPEN, action="invitation.withdrawn", actor_id=actor_id, at=at, is_desk=is_desk):
        invitation.withdrawn_at = at


def open_invitation_again(session: Session, *, at: datetime, invitation_id: UUID) -> None:
    """Reopen a withdrawn invitation. Raises Refused if the person has joined or was invited again meanwhile."""
    invitation = session.scalars(select(Invitation).where(Invitation.id == invitation_id)).one()
    if queries.member_with_address(session, invitation.email):
        raise Refused({"email": _("This person is already a member of the chapter.")})
    _make_way(session, invitation.email, at)
    invitation.withdrawn_at = None
    session.flush()


def accept_invitation(session: Session, *, invitation_id: UUID, user: User, at: datetime) -> Membership:
    """Make `user` a member of the bound chapter. The first focal point to accept activates a signed chapter.

    A new focal point is responsible for the chapter from that day if there is none, and otherwise stands in like a
    deputy. `user` may come from another session, even a closed one. Raises Refused if the invitation is used,
    withdrawn, expired or for another address, or if the user is a member of the chapter already.
    """
    invitation = _open_invitation(session, invitation_id)
    member = session.get_one(User, inspect(user).identity)
    _refuse_late_or_foreign(session, invitation, member, at)
    change_deciders(session)  # before a row refers to the chapter: two who join at once would deadlock
    membership = Membership(
        chapter_id=invitation.chapter_id,
        user_id=member.id,
        role=invitation.role,
        name=member.name,
        email=member.email,
        language=member.language,
        zone=member.zone,
        joined_at=at,
    )
    invitation.accepted_at = at
    session.add(membership)
    session.flush()
    record(session, at=at, actor_id=member.id, action="person.joined", subject_id=membership.id, role=membership.role)
    member_joined(session, membership=membership, at=at)
    route_again(session, actor_id=member.id, at=at)
    if membership.role == Role.FOCAL_POINT:
        activate_chapter(session, at=at)
    return membership


def join_newcomer(
    session: Session, *, invitation_id: UUID, name: str, password: str, language: str, at: datetime
) -> tuple[User, Membership]:
    """Create an account for the invited person and add them to the chapter, both or neither.

    Raises Refused with the field `name` or `password`, or `email` if the address has an account already, and as
    `accept_invitation` does.
    """
    invitation = _open_invitation(session, invitation_id)
    chapter = session.get_one(Chapter, bound_chapter(session))
    names = (chapter.name, chapter.latin_name or "", chapter.slug)
    problem = password_problem(password, email=invitation.email, name=name, chapters=names)
    if problem:
        raise Refused({"password": problem})
    user = create_user(session, email=invitation.email, name=name, language=language, password=password, at=at)
    return user, accept_invitation(session, invitation_id=invitation_id, user=user, at=at)


def end_membership(session: Session, *, actor_id: UUID, at: datetime, membership_id: UUID) -> None:
    """End a person's membership of the bound chapter, by themselves or another. The row stays, dated; their term ends.

    Raises Refused if they have left, are no member of this chapter, or are its last focal point. The focal points' rows
    are locked first, so that two who leave at the same moment do not leave none. Waiting requests are routed again.
    """
    change_deciders(session)
    statement = select(Membership).where(Membership.left_at.is_(None)).order_by(Membership.id)
    leaders = session.scalars(statement.where(Membership.role == Role.FOCAL_POINT).with_for_update()).all()
    membership = session.scalars(statement.where(Membership.id == membership_id).with_for_update()).one_or_none()
    if membership is None:
        raise Refused({"membership": _("This person has already left the chapter.")})
    if membership.role == Role.FOCAL_POINT and len(leaders) == 1:
        raise Refused(
            {
                "membership": _(
                    "A chapter must have at least one focal point. Invite another focal point "
                    "first, and wait until they have joined."
                )
            }
        )
    is_desk = membership.user_id != actor_id and acts_for_desk(session, actor_id)
    record(session, at=at, actor_id=actor_id, action="person.left", subject_id=membership_id, is_desk=is_desk)
    session.flush()
    membership.left_at = at
    addresses.clear_mark(session, membership_id=membership_id, actor_id=actor_id, at=at)
    member_left(session, membership_id=membership_id, actor_id=actor_id, at=at)
    route_again(session, actor_id=actor_id, at=at)


def change_language(session: Session, *, user_id: UUID, language: str) -> None:
    """Change the language in which the bound chapter writes to a member."""
    membership = queries.present_membership(session, user_id=user_id)
    if membership is not None:
        membership.language = language
        session.flush()


def change_zone(session: Session, *, user_id: UUID, zone: str | None) -> None:
    """Change the time zone in whose morning the bound chapter writes to a member. None is the chapter's own.

    Raises Refused with the field `zone`.
    """
    refuse_unknown_zone(zone)
    membership = queries.present_membership(session, user_id=user_id)
    if membership is not None:
        membership.zone = zone
        session.flush()


def _make_way(session: Session, address: str, at: datetime) -> None:
    """Withdraw an expired invitation to `address`. Raises Refused if one still works."""
    earlier = next(
        (invitation for invitation in queries.open_invitations(session) if invitation.email == address), None
    )
    if earlier is None:
        return
    if earlier.expires_at > at:
        raise Refused({"email": _("There is already an open invitation to this address. You can send it again.")})
    earlier.withdrawn_at = at
    session.flush()


def _open_invitation(session: Session, invitation_id: UUID) -> Invitation:
    """Return the open invitation, locked until this transaction ends, so that it is accepted once. Raises Refused."""
    invitation = session.scalars(
        select(Invitation)
        .where(Invitation.id == invitation_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if invitation is None or invitation.withdrawn_at is not None:
        raise Refused({"invitation": _("This invitation was withdrawn.")})
    if invitation.accepted_at is not None:
        raise Refused({"invitation": _("This invitation was already used.")})
    return invitation


def _refuse_late_or_foreign(session: Session, invitation: Invitation, user: User, at: datetime) -> None:
    if invitation.expires_at <= at:
        raise Refused({"invitation": _("This invitation has expired.")})
    if user.email != invitation.email:
        raise Refused({"invitation": _("This invitation is for another address.")})
    if queries.present_membership(session, user_id=user.id):
        raise Refused({"invitation": _("You are already a member of this chapter.")})


def acts_for_desk(session: Session, actor_id: UUID | None) -> bool:
    """Whether a person acts for UN Women, because no role in the chapter lets them manage its people."""
    if actor_id is None:
        return False
    membership = queries.present_membership(session, user_id=actor_id)
    return membership is None or Permission.MANAGE_PEOPLE not in OF_ROLE[Role(membership.role)]

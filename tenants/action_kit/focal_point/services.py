"""Begin, confirm, renew, hand over and end terms.

Days are whole and in the chapter's time zone. The last day of a term that is ended today is yesterday, so that no day
has two focal points. A term is one row for as long as it runs without a gap: renewing changes its last day, and the
audit trail keeps both. No row is deleted. The length of a term and when it may be renewed are our own choice.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from tenants.action_kit.approval_routing import route_again
from tenants.action_kit.focal_point.queries import primary_on, terms_of
from tenants.approvals import change_deciders
from tenants.audit import record
from tenants.chapters.models import Chapter
from tenants.clock import days_later, local_day, years_later
from tenants.db import new_id
from tenants.errors import Refused, refuse
from tenants.people.models import Membership
from tenants.people.permissions import Permission, Role, roles_that_may
from tenants.people.terms import FocalPointTerm, Rank
from tenants.texts import one_line, text_problem
from tenants.undo.changes import Transition, record_change, recording
from tenants.undo.row_states import RowState

TERM_YEARS = 2
RENEWABLE_DAYS = 182  # a term is renewed in its last half-year, or after it
LONGEST_ORGANISATION = 120
A_DAY = timedelta(days=1)
LEADER_ROLES = (Role.FOCAL_POINT, Role.DEPUTY)
TERM = RowState(FocalPointTerm, ("ends_on", "confirmed_on", "ended_at"))


@dataclass(frozen=True)
class Choice:
    """The chosen member, the organisation that they represent if any, and their last day (None: a full term)."""

    membership_id: UUID
    organisation: str = ""
    ends_on: date | None = None


@dataclass(frozen=True)
class _TermChange:
    """A change of terms: who acts and when. `today` is the chapter's day; `is_desk`: UN Women acts in the chapter."""

    session: Session
    chapter: Chapter
    today: date
    actor_id: UUID
    at: datetime
    is_desk: bool

    def route(self) -> None:
        """Route pending requests again, because a change of roles changes who may decide."""
        route_again(self.session, actor_id=self.actor_id, at=self.at)

    @property
    def actor(self) -> dict[str, Any]:
        """Return who acts and when, as keyword arguments of the audit functions."""
        return {"actor_id": self.actor_id, "at": self.at, "is_desk": self.is_desk}

    def record(self, *, action: str, member_id: UUID, **details: Any) -> None:
        """Record an action about a member on the audit trail."""
        record(self.session, **self.actor, action=action, subject_id=member_id, **details)
        self.session.flush()

    def recording(self, term: FocalPointTerm, *, action: str, **details: Any) -> AbstractContextManager[None]:
        """Record what the block changes in a term, on the audit trail of its member."""
        member_id = term.membership_id
        return recording(self.session, term, TERM, **self.actor, action=action, trail_subject=member_id, **details)


def end_of_term(starts_on: date) -> date:
    """Return the last day of a full term that begins on a day."""
    end = years_later(starts_on, TERM_YEARS)
    return end if (starts_on.month, starts_on.day) == (2, 29) else days_later(end, -1)


def renewable_from(term: FocalPointTerm) -> date:
    """Return the day from which a term may be renewed."""
    return days_later(term.ends_on, -RENEWABLE_DAYS)


def member_joined(session: Session, *, membership: Membership, at: datetime) -> None:
    """Begin the term of a member who has just joined as a focal point or deputy.

    A focal point gets the primary rank if no other primary term meets theirs, else the rank of a deputy.
    """
    if membership.role not in LEADER_ROLES:
        return
    act = _begin_change(session, membership.user_id, at, is_desk=False)
    leads = membership.role == Role.FOCAL_POINT and not _meets_another(act)
    _begin_term(act, membership, Rank.PRIMARY if leads else Rank.DEPUTY, Choice(membership.id))


def member_left(session: Session, *, membership_id: UUID, actor_id: UUID, at: datetime) -> None:
    """End the terms of a member who leaves. No other member is promoted: the vacancy is an obligation."""
    act = _begin_change(session, actor_id, at, is_desk=False)
    _end_terms(act, _running_terms(act, membership_id))


def confirm_term(session: Session, *, actor_id: UUID, at: datetime, term_id: UUID, is_desk: bool = False) -> bool:
    """Confirm that the member is still the right person; return False if that was done today already.

    Raises Refused if the term does not run today.
    """
    act = _begin_change(session, actor_id, at, is_desk=is_desk)
    term = _load_term(act, term_id)
    if not term.starts_on <= act.today <= term.ends_on:
        raise Refused({"term": _("This term has ended.")})
    if term.confirmed_on == act.today:
        return False
    with act.recording(term, action="term.confirmed"):
        term.confirmed_on = act.today
    return True


def renew_term(
    session: Session, *, actor_id: UUID, at: datetime, term_id: UUID, is_desk: bool = False
) -> FocalPointTerm:
    """Extend a term by two years, or begin a new one today if it has ended; return the term that runs.

    Raises Refused before the last half-year, if the member has left or has a later term, or for a second focal point.
    """
    act = _begin_change(session, actor_id, at, is_desk=is_desk)
    term = _load_term(act, term_id)
    holder = _lock_member(act, term.membership_id, field="term")
    if term.ends_on >= act.today:
        _extend_term(act, term)
        return term
    if _running_terms(act, holder.id):
        raise Refused({"term": _("This person already has a current term.")})
    rank = Rank(term.rank)
    if rank is Rank.PRIMARY:
        _refuse_answered(act)
    anew = _begin_term(act, holder, rank, Choice(holder.id, term.organisation))
    act.route()
    return anew


def appoint(
    session: Session, *, actor_id: UUID, at: datetime, choice: Choice, rank: Rank, is_desk: bool = False
) -> FocalPointTerm:
    """Make a present member focal point where there is none, or a deputy, from today on.

    Raises Refused if there is a focal point already, and for a member who cannot be chosen.
    """
    act = _begin_change(session, actor_id, at, is_desk=is_desk)
    if rank is Rank.PRIMARY:
        _refuse_answered(act)
    member = _check_choice(act, choice, rank)
    _end_terms(act, _running_terms(act, member.id))
    # A focal point hands over instead: undo must not bring a vacancy back.
    term = _begin_term(act, member, rank, choice, is_undoable=rank is Rank.DEPUTY)
    act.route()
    return term


def hand_over(
    session: Session,
    *,
    actor_id: UUID,
    at: datetime,
    term_id: UUID,
    choice: Choice,
    stays_as: Role,
    is_desk: bool = False,
) -> FocalPointTerm:
    """End the focal point's term and begin that of a present member, both or neither.

    `stays_as` is the role of the former focal point from now on, a deputy with a term or a member. Handing back is a
    handover too. Raises Refused if the actor is neither the focal point nor UN Women, if the term does not run, and for
    a member who cannot be chosen.
    """
    act = _begin_change(session, actor_id, at, is_desk=is_desk)
    outgoing = _load_term(act, term_id)
    if outgoing.rank != Rank.PRIMARY or not outgoing.starts_on <= act.today <= outgoing.ends_on:
        raise Refused({"term": _("This term has ended, or someone else has taken over.")})
    giver = session.scalars(select(Membership).where(Membership.id == outgoing.membership_id)).one()
    if giver.user_id != actor_id and not is_desk:
        raise Refused({"term": _("Only the current focal point or UN Women can hand over the role.")})
    taker = _check_choice(act, choice, Rank.PRIMARY)
    _end_terms(act, [outgoing, *_running_terms(act, taker.id)])
    giver.role = Role.MEMBER
    act.record(action="term.handed_over", member_id=giver.id)
    term = _begin_term(act, taker, Rank.PRIMARY, choice)
    if stays_as == Role.DEPUTY and giver.left_at is None:
        _begin_term(act, giver, Rank.DEPUTY, Choice(giver.id, outgoing.organisation))
    act.route()
    return term


def end_term(session: Session, *, actor_id: UUID, at: datetime, term_id: UUID, is_desk: bool = False) -> bool:
    """End a deputy's term and make the deputy a member; return False if the term has ended already.

    Raises Refused for the focal point's term, and if no other member could manage the chapter.
    """
    act = _begin_change(session, actor_id, at, is_desk=is_desk)
    term = _load_term(act, term_id)
    if term.ends_on < act.today:
        return False
    if term.rank == Rank.PRIMARY:
        raise Refused({"term": _("The focal point’s term cannot be ended. Hand over the role instead.")})
    if not _someone_else_manages(act, term.membership_id):
        raise Refused({"term": _("Nobody else leads the chapter. Choose someone else first.")})
    _end_terms(act, [term])
    holder = session.scalars(select(Membership).where(Membership.id == term.membership_id)).one()
    holder.role = Role.MEMBER
    act.record(action="term.ended", member_id=holder.id)
    act.route()
    return True


def take_back_deputy(session: Session, *, actor_id: UUID, at: datetime, term_id: UUID, role: Role) -> None:
    """End a deputy's term and give the member the role from before it. Raises Refused as `end_term` does."""
    end_term(session, actor_id=actor_id, at=at, term_id=term_id)
    term = session.scalars(select(FocalPointTerm).where(FocalPointTerm.id == term_id)).one()
    holder = session.scalars(select(Membership).where(Membership.id == term.membership_id)).one()
    holder.role = role
    route_again(session, actor_id=actor_id, at=at)


def _begin_change(session: Session, actor_id: UUID, at: datetime, *, is_desk: bool) -> _TermChange:
    chapter = change_deciders(session)
    return _TermChange(session, chapter, local_day(at, chapter.zone), actor_id, at, is_desk)


def _load_term(act: _TermChange, term_id: UUID) -> FocalPointTerm:
    """Return the current row of a term. `_begin_change` keeps others from changing it."""
    statement = select(FocalPointTerm).where(FocalPointTerm.id == term_id)
    term = act.session.scalars(statement.execution_options(populate_existing=True)).one_or_none()
    if term is None:
        raise Refused({"term": _("This term was not found.")})
    return term


def _running_terms(act: _TermChange, membership_id: UUID) -> list[FocalPointTerm]:
    return [term for term in terms_of(act.session, membership_id) if term.ends_on >= act.today]


def _lock_member(act: _TermChange, membership_id: UUID, *, field: str) -> Membership:
    statement = select(Membership).where(Membership.id == membership_id, Membership.left_at.is_(None))
    member = act.session.scalars(statement.with_for_update().execution_options(populate_existing=True)).one_or_none()
    if member is None:
        raise Refused({field: _("Choose a current member of the chapter.")})
    return member


def _check_choice(act: _TermChange, choice: Choice, rank: Rank) -> Membership:
    """Return the chosen member. Raises Refused for the member, organisation or last day, before any change."""
    refuse({"organisation": text_problem(one_line(choice.organisation), LONGEST_ORGANISATION)})
    if choice.ends_on is not None and not act.today <= choice.ends_on <= end_of_term(act.today):
        raise Refused({"ends_on": _("Choose a date from today up to two years ahead.")})
    member = _lock_member(act, choice.membership_id, field="membership_id")
    ranks = {term.rank for term in _running_terms(act, member.id)}
    if Rank.PRIMARY in ranks:
        raise Refused({"membership_id": _("Choose someone else. This person is already the focal point.")})
    if rank in ranks:
        raise Refused({"membership_id": _("Choose someone else. This person is already a deputy.")})
    return member


def _refuse_answered(act: _TermChange) -> None:
    if primary_on(act.session, act.today) is not None:
        raise Refused({"term": _("The chapter already has a focal point.")})


def _meets_another(act: _TermChange) -> bool:
    """Whether the chapter has a focal point on any day of a full term that would begin today."""
    meeting = select(FocalPointTerm.id).where(
        FocalPointTerm.rank == Rank.PRIMARY,
        FocalPointTerm.starts_on <= end_of_term(act.today),
        FocalPointTerm.ends_on >= act.today,
    )
    return act.session.scalar(meeting.limit(1)) is not None


def _extend_term(act: _TermChange, term: FocalPointTerm) -> None:
    if act.today < renewable_from(term):
        raise Refused({"term": _("This term has more than six months left. You can renew it in its last six months.")})
    before, ends_on = term.ends_on, end_of_term(term.ends_on + A_DAY)
    with act.recording(term, action="term.renewed", before=before.isoformat(), ends_on=ends_on.isoformat()):
        term.ends_on, term.confirmed_on = ends_on, act.today


def _begin_term(
    act: _TermChange, member: Membership, rank: Rank, choice: Choice, *, is_undoable: bool = False
) -> FocalPointTerm:
    """Begin a term today, and change the member's role if it does not allow what the term needs."""
    before = {"role": member.role}
    if rank is Rank.PRIMARY:
        member.role = Role.FOCAL_POINT
    elif member.role not in LEADER_ROLES:
        member.role = Role.DEPUTY
    term = FocalPointTerm(
        chapter_id=act.chapter.id,
        country=act.chapter.country,
        membership_id=member.id,
        organisation=one_line(choice.organisation),
        id=new_id(),
        rank=rank,
        starts_on=act.today,
        ends_on=choice.ends_on or end_of_term(act.today),
        appointed_at=act.at,
        appointed_by=act.actor_id,
    )
    act.session.add(term)
    change = Transition(term.id, before, {**TERM.of(term), "role": member.role} if is_undoable else before)
    record_change(act.session, change, **act.actor, action="term.begun", trail_subject=member.id, rank=rank)
    return term


def _end_terms(act: _TermChange, terms: Sequence[FocalPointTerm]) -> None:
    """End terms as of yesterday, before new ones begin. A term that began today ends the day before it began."""
    for term in terms:
        term.ends_on = max(act.today, term.starts_on) - A_DAY
        term.ended_at, term.ended_by = act.at, act.actor_id
    act.session.flush()


def _someone_else_manages(act: _TermChange, membership_id: UUID) -> bool:
    statement = select(Membership.id).where(
        Membership.left_at.is_(None),
        Membership.role.in_(roles_that_may(Permission.MANAGE_PEOPLE)),
        Membership.id != membership_id,
    )
    return act.session.scalar(statement.limit(1)) is not None

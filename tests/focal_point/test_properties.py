"""After any sequence of acts a chapter has at most one focal point on a day, and no term has disappeared."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

from harness.people import SINCE, World, join, onboard, person
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tenants.action_kit.focal_point import services
from tenants.action_kit.focal_point.services import Choice
from tenants.db import new_id, opened
from tenants.errors import Refused
from tenants.membership.services import accept_invitation, end_membership, invite
from tenants.people.models import Membership, User
from tenants.people.permissions import Role
from tenants.people.terms import FocalPointTerm, Rank
from tenants.scope import ChapterScope

PEOPLE = 4
PERSON_INDEX = st.integers(0, PEOPLE - 1)
DAYS = st.sampled_from([0, 0, 1, 40, 200, 600, 900])
ACTS = st.one_of(
    st.tuples(st.just("hand_over"), DAYS, PERSON_INDEX, PERSON_INDEX, st.sampled_from([Role.DEPUTY, Role.MEMBER])),
    st.tuples(st.just("renew"), DAYS, PERSON_INDEX),
    st.tuples(st.just("appoint"), DAYS, PERSON_INDEX, st.sampled_from(list(Rank)), st.none() | st.integers(0, 729)),
    st.tuples(st.just("confirm"), DAYS, PERSON_INDEX),
    st.tuples(st.just("end"), DAYS, PERSON_INDEX),
    st.tuples(st.just("leave"), DAYS, PERSON_INDEX),
    st.tuples(st.just("join"), DAYS, st.sampled_from([Role.FOCAL_POINT, Role.DEPUTY])),
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=st.lists(ACTS, min_size=1, max_size=14))
def test_one_answers_a_day_and_the_history_only_grows(world: World, history: list[tuple[Any, ...]]) -> None:
    with world.app.test_request_context():
        place = onboard(f"chapter-{new_id().hex[-12:]}", "Any", "BR", "America/Recife", ["pt"])
        people = [person(f"P{new_id().hex[-12:]}") for _ in range(PEOPLE)]
        for member, role in zip(people, (Role.FOCAL_POINT, Role.DEPUTY, Role.MEMBER, Role.MEMBER), strict=True):
            join(place, member, role)
        at = SINCE
        earlier_terms: dict[UUID, tuple[Any, ...]] = {}
        for act in history:
            at += timedelta(days=act[1])
            try:
                with opened(ChapterScope(place.id)) as session:
                    _do(session, place, people, act, at)
            except Refused:
                pass
            terms = _terms(place)
            assert earlier_terms.items() <= {term.id: _fixed(term) for term in terms}.items()
            earlier_terms = {term.id: _fixed(term) for term in terms}
            _check_terms(terms, at.date())


def _do(session: Any, place: Any, people: list[Any], act: tuple[Any, ...], at: Any) -> None:
    own_memberships = {
        membership.user_id: membership
        for membership in session.query(Membership).order_by(Membership.joined_at, Membership.id).all()
    }
    if act[0] == "join":
        newcomer = person(f"P{new_id().hex[-12:]}")
        _join_at(session, newcomer, act[2], at)
        return
    actor = people[act[2]]
    own_membership, by = own_memberships[actor.user_id], {"actor_id": actor.user_id, "at": at}
    latest = (
        session.query(FocalPointTerm)
        .filter(FocalPointTerm.membership_id == own_membership.id)
        .order_by(FocalPointTerm.ends_on.desc(), FocalPointTerm.id.desc())
        .first()
    )
    if act[0] == "leave":
        end_membership(session, membership_id=own_membership.id, **by)
    elif act[0] == "appoint":
        ends_on = None if act[4] is None else at.date() + timedelta(days=act[4])
        services.appoint(session, choice=Choice(own_membership.id, "", ends_on), rank=act[3], **by)
    elif latest is None:
        return
    elif act[0] == "hand_over":
        choice = Choice(own_memberships[people[act[3]].user_id].id)
        services.hand_over(session, term_id=latest.id, choice=choice, stays_as=act[4], **by)
    elif act[0] == "renew":
        services.renew_term(session, term_id=latest.id, **by)
    elif act[0] == "confirm":
        services.confirm_term(session, term_id=latest.id, **by)
    else:
        services.end_term(session, term_id=latest.id, **by)


def _join_at(session: Any, member: Any, role: Role, at: Any) -> None:
    invitation = invite(session, actor_id=None, at=at, email=member.email, name=member.name, role=role, language="en")
    accept_invitation(session, invitation_id=invitation.id, user=session.get_one(User, member.user_id), at=at)


def _terms(place: Any) -> list[FocalPointTerm]:
    with opened(ChapterScope(place.id)) as session:
        return list(session.query(FocalPointTerm).all())


def _fixed(term: FocalPointTerm) -> tuple[Any, ...]:
    """Return the values of a term that never change."""
    return term.membership_id, term.rank, term.starts_on, term.organisation, term.appointed_at


def _check_terms(terms: list[FocalPointTerm], today: Any) -> None:
    lasting = sorted(
        (term for term in terms if term.rank == "primary" and term.ends_on >= term.starts_on),
        key=lambda term: term.starts_on,
    )
    for earlier, later in pairwise(lasting):
        assert earlier.ends_on < later.starts_on
    assert all(term.starts_on <= today for term in terms), "no term begins in the future"

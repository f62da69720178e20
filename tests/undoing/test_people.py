"""Undo of terms, confirmations and invitations."""

from __future__ import annotations

from harness.people import person
from sqlalchemy import select
from undoing.recife import CHAPTER_URL, dues, every, newcomer
from undoing.undo_button import act, press

from tenants import clock
from tenants.db import opened
from tenants.people.models import Invitation, Membership
from tenants.people.permissions import Role
from tenants.people.terms import FocalPointTerm
from tenants.scope import ChapterScope


def test_a_deputy_named_by_mistake_is_what_she_was_before(world, as_person):
    alice = as_person(world.alice)
    cora = newcomer(world, "Cora", Role.COORDINATOR)
    (own_membership,) = [membership for membership in every(world, Membership) if membership.user_id == cora.user_id]
    undo = act(
        alice,
        f"{CHAPTER_URL}/focal-point/deputies/new",
        membership_id=str(own_membership.id),
        organisation="",
        ends_on="",
    )
    (own_membership,) = [membership for membership in every(world, Membership) if membership.user_id == cora.user_id]
    assert own_membership.role == "deputy"
    assert press(alice, undo)[0] == "status"
    (own_membership,) = [membership for membership in every(world, Membership) if membership.user_id == cora.user_id]
    assert own_membership.role == "coordinator"
    (term,) = [term for term in every(world, FocalPointTerm) if term.membership_id == own_membership.id]
    assert term.ends_on < term.starts_on


def test_a_confirmation_is_taken_back(world, as_person):
    alice, before = as_person(world.alice), dues(world)
    (term,) = every(world, FocalPointTerm)
    undo = act(alice, f"{CHAPTER_URL}/focal-point/terms/{term.id}/confirmation")
    assert press(alice, undo)[0] == "status"
    assert every(world, FocalPointTerm)[0].confirmed_on == term.confirmed_on
    assert dues(world) == before


def test_an_invitation_is_withdrawn_and_that_is_taken_back_too(world, as_person):
    alice = as_person(world.alice)
    fields = {"name": "Nina", "email": "nina@people.example", "role": "member", "language": "en"}
    undo = act(alice, f"{CHAPTER_URL}/people/invitation", **fields)
    assert press(alice, undo)[0] == "status"
    nina = next(invitation for invitation in every(world, Invitation) if invitation.email == "nina@people.example")
    assert nina.withdrawn_at is not None
    act(alice, f"{CHAPTER_URL}/people/invitation", **fields)
    second = next(
        invitation
        for invitation in every(world, Invitation)
        if invitation.withdrawn_at is None and invitation.accepted_at is None
    )
    undo = act(alice, f"{CHAPTER_URL}/people/invitations/{second.id}/withdrawal")
    assert press(alice, undo)[0] == "status"
    restored_invitation = next(invitation for invitation in every(world, Invitation) if invitation.id == second.id)
    assert restored_invitation.withdrawn_at is None


def test_an_invitation_somebody_has_accepted_is_not_withdrawn(world, as_person):
    alice = as_person(world.alice)
    undo = act(
        alice,
        f"{CHAPTER_URL}/people/invitation",
        name="Nina",
        email="nina@people.example",
        role="member",
        language="en",
    )
    with world.app.app_context():
        from tenants.membership.services import accept_invitation
        from tenants.people.models import User

        nina = person("Nina")
        with opened(ChapterScope(world.recife.id)) as session:
            invitation = session.scalars(select(Invitation).where(Invitation.email == nina.email)).one()
            user = session.get(User, nina.user_id)
            assert user
            accept_invitation(session, invitation_id=invitation.id, user=user, at=clock.now())
    assert press(alice, undo)[0] == "alert"
    assert any(
        membership.user_id == nina.user_id and membership.left_at is None for membership in every(world, Membership)
    )

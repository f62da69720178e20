"""The members of a chapter, and how their membership ends."""

from __future__ import annotations

from threading import Barrier, Thread
from uuid import UUID

from harness.people import Person, Place, World, join, person, post
from sqlalchemy import select
from undoing.undo_button import after, flashes, press, undo_forms

from tenants import clock
from tenants.audit import AuditEntry
from tenants.db import opened
from tenants.errors import Refused
from tenants.membership.services import end_membership
from tenants.people.models import Membership
from tenants.people.permissions import Role
from tenants.people.queries import present_members, present_membership
from tenants.scope import ChapterScope


def membership_of(world: World, member: Person, place: Place | None = None) -> Membership | None:
    place = place or world.recife
    with world.app.app_context(), opened(ChapterScope(place.id)) as session:
        return present_membership(session, user_id=member.user_id)


def departure(world: World, member: Person, place: Place | None = None) -> str:
    place = place or world.recife
    membership = membership_of(world, member, place)
    assert membership is not None
    return f"/c/{place.slug}/people/{membership.id}/departure"


def newcomer(world: World, name: str, role: Role) -> Person:
    with world.app.app_context():
        member = person(name)
        join(world.recife, member, role)
    return member


def test_alice_sees_who_belongs_with_addresses_and_bob_without(world, as_person):
    for member, sees in ((world.alice, True), (world.bob, False)):
        page = as_person(member).get("/c/recife/people").get_data(as_text=True)
        assert "Alice" in page
        assert "Focal point" in page
        assert (world.alice.email in page) is sees
        assert "Charlie" not in page


def test_charlie_does_not_see_recifes_people(world, as_person):
    assert as_person(world.charlie).get("/c/recife/people").status_code == 404


def test_bob_leaves_and_the_chapter_is_gone_for_him_at_once(world, as_person):
    bob = as_person(world.bob)
    address = departure(world, world.bob)
    assert "Leave this chapter?" in bob.get(address).get_data(as_text=True)
    assert bob.get("/c/recife/").status_code == 200
    left = post(bob, address)
    assert left.location == "/me"
    assert "You have left the chapter" in bob.get("/me").get_data(as_text=True)
    assert bob.get("/c/recife/").status_code == 404
    assert bob.get("/c/recife/people").status_code == 404


def test_alice_takes_bob_out_and_he_is_out_of_it_in_his_open_browser(world, as_person):
    alice, bob = as_person(world.alice), as_person(world.bob)
    address = departure(world, world.bob)
    assert "Remove Bob from this chapter" in alice.get(address).get_data(as_text=True)
    assert post(alice, address).location == "/c/recife/people"
    assert bob.get("/c/recife/").status_code == 404
    assert "Bob was removed from the chapter" in alice.get("/c/recife/people").get_data(as_text=True)
    assert post(alice, address, form="/me").status_code == 404
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "person.left")).one()
        row = session.scalars(select(Membership).where(Membership.user_id == world.bob.user_id)).one()
    assert entry.actor_id == world.alice.user_id
    assert not entry.is_desk
    assert row.left_at is not None


def test_bob_cannot_take_alice_out(world, as_person):
    bob, address = as_person(world.bob), departure(world, world.alice)
    assert bob.get(address).status_code == 404
    assert post(bob, address, form="/me").status_code == 404
    assert membership_of(world, world.alice) is not None


def test_charlie_cannot_take_bob_out_through_either_chapter(world, as_person):
    charlie, address = as_person(world.charlie), departure(world, world.bob)
    for slug in ("recife", "huye"):
        assert post(charlie, address.replace("recife", slug), form="/me").status_code == 404
    assert membership_of(world, world.bob) is not None


def test_the_last_focal_point_stays_until_another_is_there(world, as_person):
    alice, address = as_person(world.alice), departure(world, world.alice)
    answer = post(alice, address)
    assert answer.status_code == 422
    assert "must have at least one focal point" in answer.get_data(as_text=True)
    assert alice.get("/c/recife/").status_code == 200
    newcomer(world, "Frida", Role.FOCAL_POINT)
    assert post(alice, address).location == "/me"
    assert alice.get("/c/recife/").status_code == 404


def test_the_desk_cannot_leave_a_chapter_without_a_focal_point_either(world, as_person):
    assert post(as_person(world.dana), departure(world, world.alice)).status_code == 422


def test_the_desk_takes_bob_out_and_the_trail_says_it_was_the_desk(world, as_person):
    assert post(as_person(world.dana), departure(world, world.bob)).status_code == 302
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        assert session.scalars(select(AuditEntry).where(AuditEntry.action == "person.left")).one().is_desk


def test_who_is_a_member_and_at_the_desk_acts_for_the_desk_where_her_role_would_not_let_her(world, as_person):
    with world.app.app_context():
        join(world.recife, world.dana, Role.MEMBER)
    assert post(as_person(world.dana), departure(world, world.bob)).status_code == 302
    assert post(as_person(world.dana), departure(world, world.dana)).status_code == 302
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        trail = session.scalars(select(AuditEntry).where(AuditEntry.action == "person.left").order_by(AuditEntry.at))
        assert [entry.is_desk for entry in trail] == [True, False]


def test_two_focal_points_leaving_at_the_same_moment_do_not_leave_none(world):
    frida = newcomer(world, "Frida", Role.FOCAL_POINT)
    departures = [(member.user_id, UUID(departure(world, member).split("/")[-2])) for member in (world.alice, frida)]
    start, errors = Barrier(2), []

    def leave(user_id: UUID, membership_id: UUID) -> None:
        start.wait()
        try:
            with world.app.app_context(), opened(ChapterScope(world.recife.id, actor_id=user_id)) as session:
                end_membership(session, actor_id=user_id, at=clock.now(), membership_id=membership_id)
        except Refused as error:
            errors.append(error)

    threads = [Thread(target=leave, args=ids) for ids in departures]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        assert [member.role for member in present_members(session)].count(Role.FOCAL_POINT) == 1
    assert len(errors) == 1


def test_a_departure_without_its_token_is_refused(world, as_person):
    bob = as_person(world.bob)
    assert bob.post(departure(world, world.bob)).status_code == 400
    assert bob.get("/c/recife/").status_code == 200


def test_bob_who_left_may_be_invited_again(world, as_person):
    bob, alice = as_person(world.bob), as_person(world.alice)
    post(bob, departure(world, world.bob))
    fields = {"name": "Bob", "email": world.bob.email, "role": "member", "language": "en"}
    assert post(alice, "/c/recife/people/invitation", **fields).status_code == 302


def test_a_role_changes_without_leaving_and_is_undone(world: World) -> None:
    alice, bob = world.browser_of(world.alice), membership_of(world, world.bob)
    assert bob is not None
    role_page, people = f"/c/recife/people/{bob.id}/role", "/c/recife/people"
    assert role_page in alice.get(people).get_data(as_text=True)
    page = after(alice, post(alice, role_page, role="finance"))
    assert ("status", "The role of Bob is now: Finance.") in flashes(page)
    assert role_of(world, world.bob) == Role.FINANCE
    assert "Changed a member’s role: <bdi>Bob, Finance</bdi>" in " ".join(
        alice.get("/c/recife/trail").get_data(as_text=True).split()
    )
    press(alice, undo_forms(page)[0])
    assert role_of(world, world.bob) == Role.MEMBER


def test_roles_with_a_term_change_on_the_page_of_the_focal_point(world: World) -> None:
    alice, own_membership, bob = (
        world.browser_of(world.alice),
        *(membership_of(world, person) for person in (world.alice, world.bob)),
    )
    assert own_membership is not None
    assert bob is not None
    for membership, role in ((own_membership, "member"), (bob, "deputy"), (bob, "member")):
        assert post(alice, f"/c/recife/people/{membership.id}/role", role=role).status_code == 422, role
    assert (role_of(world, world.alice), role_of(world, world.bob)) == (Role.FOCAL_POINT, Role.MEMBER)


def role_of(world: World, member: Person) -> str:
    membership = membership_of(world, member)
    assert membership is not None
    return membership.role

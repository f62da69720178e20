"""Undo of changes to a plan, or the name of the person who has changed it since."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from harness.people import Person, World, join, part, person, post
from sqlalchemy import select
from undoing.undo_button import act, after, flashes, press, undo_forms

from tenants import clock
from tenants.action_kit.plan.lines import start_from_template
from tenants.action_kit.plan.models import LineKind, PlanLine, PlanVersion
from tenants.action_kit.plan.obligations import PLAN_TO_APPROVE, PLAN_TO_SUBMIT
from tenants.audit import AuditEntry
from tenants.db import opened
from tenants.obligations.models import ObligationKind
from tenants.overview.obligations import obligations_due
from tenants.people.permissions import Role
from tenants.scope import ChapterScope
from tenants.undo.models import Change

PLAN = "/c/recife/plan"


@pytest.fixture
def plan_world(world: World) -> World:
    """Recife has a short plan that Cora, a coordinator, made a month ago."""
    with world.app.test_request_context():
        cora = person("Cora")
        join(world.recife, cora, Role.COORDINATOR)
        with opened(ChapterScope(world.recife.id)) as session:
            start_from_template(session, actor_id=cora.user_id, at=clock.now() - timedelta(days=30))
    return world


def cora_of(world: World) -> Person:
    """Return Cora, signed in."""
    return Person("Cora", "cora@people.example", world.alice.user_id)


def first(world: World, kind: LineKind = LineKind.ACTIVITY) -> PlanLine:
    """Return the first line of a kind, as it is now."""
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        statement = select(PlanLine).where(PlanLine.kind == kind, PlanLine.removed_at.is_(None))
        return session.scalars(statement.order_by(PlanLine.position)).first() or pytest.fail("no such line")


def trail(world: World) -> list[AuditEntry]:
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        return list(session.scalars(select(AuditEntry).order_by(AuditEntry.at, AuditEntry.id)))


def due_kinds(world: World) -> list[ObligationKind]:
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        today = clock.local_day(clock.now(), "America/Recife")
        return [
            obligation.kind for obligation in obligations_due(session, by=today + timedelta(days=400), quiet_weeks=4)
        ]


def test_alice_drops_an_activity_and_takes_it_back_from_the_line_that_says_so(plan_world, as_person):
    alice, line = as_person(plan_world.alice), first(plan_world)
    undo = act(alice, f"{PLAN}/lines/{line.id}/abandonment")
    assert first(plan_world).dropped_on is not None
    role, words = press(alice, undo)
    assert role == "status"
    assert words == f"Undone: Marked a planned activity as not taking place ({line.title}). It is as it was before."
    assert first(plan_world).dropped_on is None
    entry = trail(plan_world)[-1]
    assert (entry.action, entry.actor_id, entry.subject_id) == ("change.undone", plan_world.alice.user_id, line.id)
    assert entry.details == {"kind": "plan.activity_dropped"}


def test_pressed_twice_it_says_who_undid_it_and_changes_nothing(plan_world, as_person):
    alice, line = as_person(plan_world.alice), first(plan_world)
    undo = act(alice, f"{PLAN}/lines/{line.id}/abandonment")
    press(alice, undo)
    acts = len(trail(plan_world))
    role, words = press(alice, undo)
    assert role == "alert"
    assert words.startswith("Alice already undid this on ")
    assert (len(trail(plan_world)), first(plan_world).dropped_on) == (acts, None)


def test_cora_has_built_on_it_so_alice_is_told_who_and_when(plan_world, as_person):
    alice, cora, line = as_person(plan_world.alice), as_person(cora_of(plan_world)), first(plan_world)
    undo = act(alice, f"{PLAN}/lines/{line.id}/abandonment")
    post(cora, f"{PLAN}/lines/{line.id}/reopening", form=PLAN)
    post(cora, f"{PLAN}/lines/{line.id}/abandonment", form=PLAN)  # it has the same state as when Alice left it
    role, words = press(alice, undo)
    assert role == "alert"
    assert words.startswith("Cora changed this on ")
    assert words.endswith(". Undoing would lose that change.")
    assert first(plan_world).dropped_on is not None


def test_what_was_built_on_it_can_be_undone_first_and_then_the_rest(plan_world, as_person):
    alice, line = as_person(plan_world.alice), first(plan_world)
    abandonment = act(alice, f"{PLAN}/lines/{line.id}/abandonment")
    reopening = act(alice, f"{PLAN}/lines/{line.id}/reopening")
    assert press(alice, abandonment)[0] == "alert"
    assert press(alice, reopening)[0] == "status"
    assert first(plan_world).dropped_on is not None
    assert press(alice, abandonment)[0] == "status"
    assert first(plan_world).dropped_on is None


def test_somebody_with_the_same_right_undoes_what_another_did_and_bob_who_reads_may_not(plan_world, as_person):
    alice, cora, bob, line = (
        as_person(plan_world.alice),
        as_person(cora_of(plan_world)),
        as_person(plan_world.bob),
        first(plan_world),
    )
    address, fields = act(alice, f"{PLAN}/lines/{line.id}/abandonment")
    (flash,) = flashes(after(bob, post(bob, address, form=PLAN)))
    assert flash == ("alert", "You cannot undo this. Only people who can make this change can undo it.")
    assert first(plan_world).dropped_on is not None
    assert flashes(after(cora, post(cora, address, form=PLAN)))[0][0] == "status"
    assert first(plan_world).dropped_on is None
    assert fields["back"].startswith(PLAN)


def test_bob_undoes_what_he_did_as_the_one_who_sees_to_it(plan_world, as_person):
    line = first(plan_world)
    with plan_world.app.app_context(), opened(ChapterScope(plan_world.recife.id)) as session:
        from tenants.people.queries import present_membership

        own_membership = present_membership(session, user_id=plan_world.bob.user_id)
        assert own_membership
        session.get_one(PlanLine, (plan_world.recife.id, line.id)).responsible_id = own_membership.id
    act(as_person(plan_world.alice), f"{PLAN}/lines/{line.id}/abandonment")
    bob = as_person(plan_world.bob)
    undo = act(bob, f"{PLAN}/lines/{line.id}/reopening")
    assert first(plan_world).dropped_on is None
    assert press(bob, undo)[0] == "status"
    assert first(plan_world).dropped_on is not None


def test_charlie_of_another_chapter_finds_no_such_change(plan_world, as_person):
    alice, charlie, line = as_person(plan_world.alice), as_person(plan_world.charlie), first(plan_world)
    address, _ = act(alice, f"{PLAN}/lines/{line.id}/abandonment")
    assert post(charlie, address, form="/c/huye/plan").status_code == 404
    assert post(charlie, address.replace("recife", "huye"), form="/c/huye/plan").status_code == 404
    assert first(plan_world).dropped_on is not None


def test_after_a_week_it_is_too_late(plan_world, as_person):
    alice, line = as_person(plan_world.alice), first(plan_world)
    act(alice, f"{PLAN}/lines/{line.id}/abandonment")
    with plan_world.app.app_context(), opened(ChapterScope(plan_world.recife.id)) as session:
        change = session.scalars(select(Change).where(Change.subject_id == line.id)).one()
    with time_machine.travel(clock.now() + timedelta(days=7, minutes=1), tick=True):
        later = as_person(plan_world.alice)
        (flash,) = flashes(after(later, post(later, f"/c/recife/changes/{change.id}/undoing", form=PLAN)))
    assert flash == ("alert", "This can no longer be undone. The time limit is 7 days.")
    assert first(plan_world).dropped_on is not None


def test_a_text_comes_back_and_a_form_still_open_notices(plan_world, as_person):
    alice, line = as_person(plan_world.alice), first(plan_world)
    fields = {"title": "Another name", "due_on": "2027-05-01", "starts_on": "", "responsible_id": "", "risk": "Rain"}
    undo = act(alice, f"{PLAN}/lines/{line.id}/revision", seen=str(line.number), **fields)
    assert first(plan_world).title == "Another name"
    press(alice, undo)
    now = first(plan_world)
    assert (now.title, now.due_on, now.risk) == (line.title, line.due_on, line.risk)
    open_form = post(alice, f"{PLAN}/lines/{line.id}/revision", seen=str(line.number + 1), **{**fields, "risk": "Wind"})
    assert open_form.status_code == 409


def test_a_line_taken_out_comes_back_but_not_without_what_it_stood_under(plan_world, as_person):
    alice, line = as_person(plan_world.alice), first(plan_world)
    undo = act(alice, f"{PLAN}/lines/{line.id}/removal")
    assert press(alice, undo)[0] == "status"
    assert first(plan_world).id == line.id
    undo = act(alice, f"{PLAN}/lines/{line.id}/removal")
    with plan_world.app.app_context(), opened(ChapterScope(plan_world.recife.id)) as session:
        for plan_line in session.scalars(select(PlanLine).where(PlanLine.removed_at.is_(None))):
            if plan_line.id == line.parent_id:
                plan_line.removed_at = clock.now()
    assert press(alice, undo) == ("alert", "The line that it belongs to is no longer in the plan.")


def test_a_line_added_is_taken_out_unless_somebody_has_written_under_it(plan_world, as_person):
    alice = as_person(plan_world.alice)
    undo = act(alice, f"{PLAN}/lines/new?kind=outcome", title="A third outcome")
    above = undo[1]["back"]
    with plan_world.app.app_context(), opened(ChapterScope(plan_world.recife.id)) as session:
        new = session.scalars(select(PlanLine).where(PlanLine.title == "A third outcome")).one()
    below = act(alice, f"{PLAN}/lines/new?kind=output&parent={new.id}", title="An output of it")
    assert press(alice, undo) == ("alert", "Remove the lines under it first.")
    assert press(alice, below)[0] == "status"
    assert press(alice, undo)[0] == "status"
    assert "A third outcome" not in alice.get(PLAN).get_data(as_text=True)
    assert above


def test_a_plan_sent_is_taken_back_and_is_to_be_sent_again(plan_world, as_person):
    alice, before = as_person(plan_world.alice), due_kinds(plan_world)
    assert PLAN_TO_SUBMIT in before
    undo = act(alice, f"{PLAN}/submissions")
    assert PLAN_TO_APPROVE in due_kinds(plan_world)
    assert press(alice, undo)[0] == "status"
    assert due_kinds(plan_world) == before
    assert "The plan is a draft" in alice.get(PLAN).get_data(as_text=True)
    submission = act(alice, f"{PLAN}/submissions")
    with plan_world.app.app_context(), opened(ChapterScope(plan_world.recife.id)) as session:
        numbers = {version.number: version.state for version in session.scalars(select(PlanVersion))}
    assert numbers == {1: "withdrawn", 2: "submitted"}
    assert submission


def test_a_plan_that_unwomen_has_decided_on_is_not_taken_back(plan_world, as_person):
    alice, dana = as_person(plan_world.alice), as_person(plan_world.dana)
    undo = act(alice, f"{PLAN}/submissions")
    with plan_world.app.app_context(), opened(ChapterScope(plan_world.recife.id)) as session:
        version = session.scalars(select(PlanVersion)).one()
    post(dana, f"{PLAN}/submissions/{version.id}/approval", form=PLAN)
    role, words = press(alice, undo)
    assert role == "alert"
    assert words.startswith("Dana changed this on ")
    with plan_world.app.app_context(), opened(ChapterScope(plan_world.recife.id)) as session:
        assert session.scalars(select(PlanVersion)).one().state == "approved"


def test_a_plan_begun_from_the_template_is_empty_again_unless_it_was_worked_on(world, as_person):
    alice = as_person(world.alice)
    undo = act(alice, f"{PLAN}/template")
    press(alice, undo)
    assert "There is no plan yet" in alice.get(PLAN).get_data(as_text=True)
    undo = act(alice, f"{PLAN}/template")
    act(alice, f"{PLAN}/lines/{first(world).id}/abandonment")
    assert press(alice, undo)[0] == "alert"
    assert first(world).dropped_on is not None


def test_the_button_leads_back_to_where_it_was_and_never_elsewhere(plan_world, as_person):
    alice, line = as_person(plan_world.alice), first(plan_world)
    address, fields = act(alice, f"{PLAN}/lines/{line.id}/abandonment", back="home")
    assert fields["back"] == "/c/recife/"
    for return_url, page in (
        ("/c/recife/plan", "/c/recife/plan"),
        ("//evil.example", "/c/recife/"),
        ("/c/huye/", "/c/recife/"),
    ):
        answer = alice.post(address, data={**fields, "back": return_url})
        assert answer.location == f"{page}#s-{line.id}"


def test_nothing_is_offered_where_nothing_changed(plan_world, as_person):
    alice, line = as_person(plan_world.alice), first(plan_world)
    page = after(alice, post(alice, f"{PLAN}/lines/{line.id}/reopening", form=PLAN))
    assert not undo_forms(page)


def test_a_member_who_has_left_undoes_nothing(plan_world, as_person):
    cora, line = as_person(cora_of(plan_world)), first(plan_world)
    address, fields = act(cora, f"{PLAN}/lines/{line.id}/abandonment")
    with plan_world.app.app_context():
        with opened(ChapterScope(plan_world.recife.id)) as session:
            from tenants.people.models import Membership

            own_membership = session.scalars(select(Membership).where(Membership.name == "Cora")).one()
            user_id = own_membership.user_id
        part(plan_world.recife, Person("Cora", "", user_id), clock.now())
    assert cora.post(address, data=fields).status_code == 404
    assert first(plan_world).dropped_on is not None


def test_the_trail_offers_undo_beside_what_can_still_be_undone(plan_world, as_person):
    alice, line = as_person(plan_world.alice), first(plan_world)
    act(alice, f"{PLAN}/lines/{line.id}/abandonment")
    act(alice, f"{PLAN}/lines/{line.id}/reopening")
    page = alice.get("/c/recife/trail").get_data(as_text=True)
    (form,) = [
        form for form in undo_forms(page) if form[1].get("back") == "/c/recife/trail"
    ]  # the earlier one is built on
    assert line.title in page
    assert press(alice, form)[0] == "status"
    page = alice.get("/c/recife/trail").get_data(as_text=True)
    assert "Alice undid this." in page
    assert re.search(r"Undid a change: <bdi>Reopened a planned activity", page)
    assert len(undo_forms(page)) == 1  # now the earlier one


def test_home_offers_undo_to_who_may_and_leads_back_home(plan_world, as_person):
    alice, bob, line = as_person(plan_world.alice), as_person(plan_world.bob), first(plan_world)
    act(alice, f"{PLAN}/lines/{line.id}/abandonment")
    forms = undo_forms(alice.get("/c/recife/").get_data(as_text=True))
    assert [form[1]["back"] for form in forms] == ["/c/recife/"]
    assert undo_forms(bob.get("/c/recife/").get_data(as_text=True)) == []
    assert press(alice, forms[0])[0] == "status"
    assert first(plan_world).dropped_on is None

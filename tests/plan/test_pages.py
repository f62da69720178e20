"""Planning, sending, approving and returning a plan, in the browsers of the people who do it."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from harness.activity_form import fill, send
from harness.people import Person, World, join, person, post
from sqlalchemy import Select, select, text, union_all
from sqlalchemy.exc import ProgrammingError

from tenants import clock
from tenants.action_kit.plan.lines import LineEntry, add_line, start_from_template
from tenants.action_kit.plan.models import LineKind, PlanLine, PlanVersion
from tenants.action_kit.plan.obligations import (
    KINDS,
    PLAN_TO_APPROVE,
    PLAN_TO_SUBMIT,
    PLANNED_ACTIVITY_DUE,
    RETURNED_PLAN,
    progress,
)
from tenants.action_kit.plan.services import approve_plan, submit_plan
from tenants.audit import AuditEntry
from tenants.chapters.models import Chapter
from tenants.db import opened
from tenants.errors import AlreadyDecided, Refused
from tenants.obligations.models import ObligationKind, selects_of
from tenants.obligations.selects import StatementScope
from tenants.overview.obligations import obligations_due
from tenants.people.permissions import Role
from tenants.people.queries import present_membership
from tenants.scope import ChapterScope, DeskScope

PLAN = "/c/recife/plan"


def newcomer(world: World, name: str, role: Role) -> Person:
    with world.app.app_context():
        member = person(name)
        join(world.recife, member, role)
    return member


def in_recife(world: World, act: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    with world.app.test_request_context(), opened(ChapterScope(world.recife.id)) as session:
        return act(session, *args, at=clock.now(), **kwargs)


def sent(world: World, by: Person) -> PlanVersion:
    """Make a plan from the template, send it as `by`, and return it."""
    in_recife(world, start_from_template, actor_id=by.user_id)
    version: PlanVersion = in_recife(world, submit_plan, actor_id=by.user_id)
    return version


def due(world: World, kind: ObligationKind, place: Any = None) -> list[Any]:
    place = place or world.recife
    with world.app.app_context(), opened(ChapterScope(place.id)) as session:
        obligations = obligations_due(session, by=clock.now().date() + timedelta(days=400), quiet_weeks=4)
    return [obligation for obligation in obligations if obligation.kind is kind]


def _progress() -> Select[Any]:
    """Select the progress of chapters as UN Women's desk queries it."""
    scope = StatementScope(names_owners=False)
    return select(Chapter.id, progress(scope)).where(scope.covers(Chapter.id))


def page(client: FlaskClient, address: str = PLAN) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.status
    return answer.get_data(as_text=True)


def test_coordinator_writes_a_plan_and_sends_it_and_the_focal_point_approves(world, as_person):
    cora, alice = as_person(newcomer(world, "Cora", Role.COORDINATOR)), as_person(world.alice)
    assert "There is no plan yet" in page(cora)
    outcome = post(cora, f"{PLAN}/lines/new?kind=outcome", title="Young men speak up")
    parent = outcome.location.partition("#s-")[2]
    assert "Send for approval" not in page(cora)
    output = post(cora, f"{PLAN}/lines/new?kind=output&parent={parent}", title="Facilitators are trained")
    parent = output.location.partition("#s-")[2]
    by = (clock.now() + timedelta(days=40)).date().isoformat()
    added = post(cora, f"{PLAN}/lines/new?kind=activity&parent={parent}", title="A weekend", due_on=by)
    assert added.status_code == 302
    assert post(cora, f"{PLAN}/submissions", form=PLAN).status_code == 302
    assert ">Approve<" not in page(cora)
    html = page(alice)
    assert "The plan is waiting for approval" in html
    approval = re.search(r'action="([^"]+/approval)"', html)
    assert approval
    post(alice, approval[1], form=PLAN)
    assert "0 of 1 planned activity has taken place" in page(alice)
    assert "Approved by Alice" in page(cora)
    assert "outside the chapter" not in page(cora)


def test_an_activity_without_a_day_is_refused_and_what_was_typed_stays(world, as_person):
    alice = as_person(world.alice)
    in_recife(world, start_from_template, actor_id=world.alice.user_id)
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        output = session.scalars(select(PlanLine).where(PlanLine.kind == "output").limit(1)).one()
    answer = post(alice, f"{PLAN}/lines/new?kind=activity&parent={output.id}", title="A walk")
    assert answer.status_code == 422
    assert "Enter the due date." in answer.get_data(as_text=True)
    assert 'value="A walk"' in answer.get_data(as_text=True)
    assert post(alice, f"{PLAN}/lines/new?kind=outcome&parent={output.id}", form=PLAN, title="X").status_code == 404


def test_focal_point_cannot_approve_her_own_and_another_member_can(world, as_person):
    deputy = newcomer(world, "Duda", Role.DEPUTY)
    version = sent(world, world.alice)
    assert not version.awaits_desk
    alice, approval = as_person(world.alice), f"{PLAN}/submissions/{version.id}/approval"
    assert ">Approve<" not in page(alice)
    answer = post(alice, approval, form=f"{PLAN}/lines/new?kind=outcome")
    assert answer.status_code == 302
    assert "You cannot decide on something you sent yourself. Someone else has to." in page(alice)
    assert "waiting for approval" in page(alice)
    assert {obligation.owner_id is None for obligation in due(world, PLAN_TO_APPROVE)} == {False}
    post(as_person(deputy), approval, form=PLAN)
    assert "Approved by Duda" in page(alice)


def test_a_lone_focal_points_plan_is_approved_by_un_women_and_says_so(world, as_person):
    version = sent(world, world.alice)
    assert version.awaits_desk
    assert [obligation.owner_id for obligation in due(world, PLAN_TO_APPROVE)] == [None]
    assert "so UN Women decides" in page(as_person(world.alice))
    assert post(as_person(world.dana), f"{PLAN}/submissions/{version.id}/approval", form=PLAN).status_code == 302
    html = page(as_person(world.alice))
    assert "Approved by Dana" in html
    assert "Decided by UN Women, outside the chapter." in html
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "plan.approved")).one()
    assert entry.is_desk


def test_who_decides_second_is_told_who_was_first_and_nothing_changes(world, as_person):
    deputy = newcomer(world, "Duda", Role.DEPUTY)
    cora = newcomer(world, "Cora", Role.COORDINATOR)
    version = sent(world, cora)
    alice, duda = as_person(world.alice), as_person(deputy)
    post(duda, f"{PLAN}/submissions/{version.id}/approval", form=PLAN)
    for address in ("approval", "return"):
        second = post(
            alice, f"{PLAN}/submissions/{version.id}/{address}", form=f"{PLAN}/lines/new?kind=outcome", reason="No"
        )
        assert second.status_code == 409
        assert "Duda approved this on" in second.get_data(as_text=True)
        assert "nothing was changed" in second.get_data(as_text=True)
    assert "Approved by Duda" in page(alice)


def test_two_approvals_at_once_give_one(world):
    deputy = newcomer(world, "Duda", Role.DEPUTY)
    version = sent(world, newcomer(world, "Cora", Role.COORDINATOR))

    def approve(approver: Person) -> str:
        try:
            in_recife(world, approve_plan, actor_id=approver.user_id, version_id=version.id)
        except AlreadyDecided as second:
            return f"after {second.by}"
        return approver.name

    with ThreadPoolExecutor(2) as pool:
        outcomes = sorted(pool.map(approve, (world.alice, deputy)))
    first = next(name for name in outcomes if not name.startswith("after"))
    assert outcomes == sorted([first, f"after {first}"])


def test_a_returned_plan_quotes_its_reason_and_can_be_sent_again(world, as_person):
    version = sent(world, newcomer(world, "Cora", Role.COORDINATOR))
    alice, address = as_person(world.alice), f"{PLAN}/submissions/{version.id}/return"
    assert post(alice, address, form=PLAN, reason=" ").status_code == 422
    assert post(alice, address, form=PLAN, reason="Who trains them?").status_code == 302
    assert "Who trains them?" in page(alice)
    assert len(due(world, RETURNED_PLAN)) == 1
    post(alice, f"{PLAN}/submissions", form=PLAN)
    assert due(world, RETURNED_PLAN) == []
    text = page(alice)
    assert "waiting for approval" in text
    assert text.index("The version before it was returned:") < text.index("Who trains them?")


def test_a_new_approval_takes_the_place_of_the_old(world):
    cora = newcomer(world, "Cora", Role.COORDINATOR)
    first = sent(world, cora)
    in_recife(world, approve_plan, actor_id=world.alice.user_id, version_id=first.id)
    in_recife(world, add_line, actor_id=cora.user_id, kind=LineKind.OUTCOME, parent_id=None, entry=LineEntry("More"))
    second = in_recife(world, submit_plan, actor_id=cora.user_id)
    with pytest.raises(Refused):
        in_recife(world, submit_plan, actor_id=cora.user_id)
    in_recife(world, approve_plan, actor_id=world.alice.user_id, version_id=second.id)
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        states = {version.number: version.state for version in session.scalars(select(PlanVersion))}
    assert states == {1: "superseded", 2: "approved"}


@pytest.mark.parametrize(
    "change",
    [
        "update plan_version_lines set title = 'other'",
        "delete from plan_version_lines",
        "update plan_versions set number = 9",
        "delete from plan_versions",
    ],
)
def test_the_database_refuses_to_change_what_was_sent(world, change):
    sent(world, world.alice)
    with (
        world.app.app_context(),
        pytest.raises(ProgrammingError, match="permission denied"),
        opened(ChapterScope(world.recife.id)) as session,
    ):
        session.execute(text(change))


def test_of_two_editors_the_second_gets_both_texts(world, as_person):
    in_recife(world, start_from_template, actor_id=world.alice.user_id)
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        line = session.scalars(select(PlanLine).where(PlanLine.kind == "outcome")).one()
    alice, address = as_person(world.alice), f"{PLAN}/lines/{line.id}/revision"
    assert post(alice, address, seen="1", title="Hers").status_code == 302
    second = post(alice, address, seen="1", title="His")
    html = second.get_data(as_text=True)
    assert second.status_code == 409
    assert "Hers" in html
    assert 'value="His"' in html
    assert 'name="seen" type="hidden" value="2"' in html
    assert post(alice, address, seen="2", title="His").status_code == 302
    assert "His" in page(alice)


def test_a_line_with_others_under_it_stays(world, as_person):
    alice = as_person(world.alice)
    post(alice, f"{PLAN}/template", form=PLAN)
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        outcome = session.scalars(select(PlanLine).where(PlanLine.kind == "outcome")).one()
        activity = session.scalars(select(PlanLine).where(PlanLine.kind == "activity").limit(1)).one()
    post(alice, f"{PLAN}/lines/{outcome.id}/removal", form=PLAN)
    html = page(alice)
    assert "Remove the lines under it first." in html
    assert f"s-{outcome.id}" in html
    post(alice, f"{PLAN}/lines/{activity.id}/removal", form=PLAN)
    assert f"s-{activity.id}" not in page(alice)


def test_what_is_in_the_log_is_owed_no_longer_and_without_its_entry_it_is_owed_again(world, as_person):
    version = sent(world, newcomer(world, "Cora", Role.COORDINATOR))
    assert due(world, PLANNED_ACTIVITY_DUE) == []
    in_recife(world, approve_plan, actor_id=world.alice.user_id, version_id=version.id)
    obligations = due(world, PLANNED_ACTIVITY_DUE)
    assert len(obligations) == 4
    line_id, alice = obligations[0].subject_id, as_person(world.alice)
    entry = send(alice, f"/c/recife/activities/new/{line_id}")
    assert len(due(world, PLANNED_ACTIVITY_DUE)) == 3
    assert "1 of 4 planned activities have taken place" in page(alice)
    post(alice, f"{entry.location}/withdrawal", reason="It was another group")
    assert len(due(world, PLANNED_ACTIVITY_DUE)) == 4
    post(alice, f"{PLAN}/lines/{line_id}/abandonment", form=PLAN)
    assert "0 of 3 planned activities have taken place" in page(alice)


def test_the_responsible_person_logs_their_activity_and_nobody_elses(world, as_person):
    version = sent(world, newcomer(world, "Cora", Role.COORDINATOR))
    in_recife(world, approve_plan, actor_id=world.alice.user_id, version_id=version.id)
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        bob = present_membership(session, user_id=world.bob.user_id)
        assert bob
        bob_line, other_line = session.scalars(select(PlanLine).where(PlanLine.kind == "activity").limit(2))
        bob_line.responsible_id = bob.id
    owners = {obligation.subject_id: obligation.owner_id for obligation in due(world, PLANNED_ACTIVITY_DUE)}
    assert owners[bob_line.id] == bob.id
    assert owners[other_line.id] not in (bob.id, None)
    browser = as_person(world.bob)
    log = "/c/recife/activities/new"
    fields = fill(browser, f"{log}/{bob_line.id}")
    assert fields["plan_line_id"] == str(bob_line.id)
    forged = browser.post(f"{log}/{bob_line.id}", data={**fields, "plan_line_id": str(other_line.id)})
    assert forged.status_code == 422
    assert browser.post(f"{log}/{bob_line.id}", data={**fields, "plan_line_id": ""}).status_code == 422
    assert browser.post(f"{log}/{other_line.id}", data=fields).status_code == 404
    assert browser.get(f"{log}/{other_line.id}").status_code == 404
    assert browser.post(log, data=fields).status_code == 404
    assert browser.post(f"{log}/{bob_line.id}", data=fields).status_code == 302
    assert bob_line.id not in {obligation.subject_id for obligation in due(world, PLANNED_ACTIVITY_DUE)}


def test_steps_are_counted_in_one_chapter_beside_another(world):
    assert len(due(world, PLAN_TO_SUBMIT)) == 1
    version = sent(world, world.alice)
    kinds = (PLAN_TO_SUBMIT, PLAN_TO_APPROVE)
    assert [len(due(world, kind)) for kind in kinds] == [0, 1]
    assert [len(due(world, kind, world.huye)) for kind in kinds] == [1, 0]
    in_recife(world, approve_plan, actor_id=world.dana.user_id, version_id=version.id, is_desk=True)
    assert due(world, PLANNED_ACTIVITY_DUE, world.huye) == []
    chapter_ids = [world.recife.id, world.huye.id]
    with world.app.app_context(), opened(DeskScope(("BR", "RW"))) as session:
        selects = selects_of(KINDS, StatementScope(names_owners=False))
        seen = session.execute(union_all(*selects), {"chapters": chapter_ids}).all()
        rows = session.execute(_progress(), {"chapters": chapter_ids}).all()
    assert dict(rows) == {world.recife.id: "done", world.huye.id: "none"}
    plans = sorted((row.kind, row.chapter_id == world.recife.id) for row in seen)
    assert plans == [("plan_to_submit", False), *[("planned_activity_due", True)] * 4]
    assert {row.owner_id for row in seen} == {None}


def test_members_read_and_others_do_not(world, as_person):
    version = sent(world, world.alice)
    bob, charlie = as_person(world.bob), as_person(world.charlie)
    html = page(bob)
    assert "Send for approval" not in html
    assert ">Approve<" not in html
    for client in (bob, charlie):
        for address in ("lines/new?kind=outcome", "template", "submissions", f"submissions/{version.id}/approval"):
            assert post(client, f"{PLAN}/{address}", form="/me").status_code == 404
    assert charlie.get(PLAN).status_code == 404
    assert charlie.get(f"/c/huye/plan/submissions/{version.id}/approval").status_code in (404, 405)
    assert post(charlie, f"/c/huye/plan/submissions/{version.id}/approval", form="/me").status_code == 404

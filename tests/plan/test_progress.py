"""Plan and log are one: what took place is logged from the plan, and counted from the log alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from harness.activity_form import boxes, fill, send
from harness.people import World, post
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from tenants import clock
from tenants.action_kit.plan.lines import line_entry, revise_line, start_from_template
from tenants.action_kit.plan.models import LineKind, PlanLine
from tenants.action_kit.plan.obligations import DAYS_TO_BEGIN, PLANNED_ACTIVITY_DUE
from tenants.action_kit.plan.queries import count_progress, living_lines, named_lines
from tenants.action_kit.plan.services import approve_plan, submit_plan
from tenants.db import new_id, opened
from tenants.overview.chapter_facts import chapter_facts
from tenants.overview.obligations import obligations_due
from tenants.scope import ChapterScope

PLAN, LOG, NEW = "/c/recife/plan", "/c/recife/activities", "/c/recife/activities/new"
TIMES = 8


@pytest.fixture
def alice(world: World) -> FlaskClient:
    return world.browser_of(world.alice)


def in_recife(world: World, act: Callable[..., Any], **kwargs: Any) -> Any:
    with world.app.test_request_context(), opened(ChapterScope(world.recife.id)) as session:
        return act(session, at=clock.now(), **kwargs)


def activities(world: World) -> list[PlanLine]:
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        return [line for line in living_lines(session) if line.kind == LineKind.ACTIVITY]


def change(world: World, line: PlanLine, **changes: Any) -> None:
    arguments = {"line_id": line.id, "seen": line.number, "entry": replace(line_entry(line), **changes)}
    in_recife(world, revise_line, actor_id=world.alice.user_id, **arguments)


def approve(world: World) -> None:
    version = in_recife(world, submit_plan, actor_id=world.alice.user_id)
    in_recife(world, approve_plan, actor_id=world.dana.user_id, version_id=version.id, is_desk=True)


def due_dates(world: World) -> dict[UUID, date]:
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        due = obligations_due(session, by=clock.now().date() + timedelta(days=400), quiet_weeks=4)
    return {obligation.subject_id: obligation.due_on for obligation in due if obligation.kind is PLANNED_ACTIVITY_DUE}


def counts(world: World) -> tuple[int, int]:
    """Return held and planned, which the first page counts in SQL and the page of the plan in Python."""
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        facts = chapter_facts(session, today=clock.now().date())
        of_page = count_progress(named_lines(session, reader_id=world.alice.user_id))
    assert (facts.held, facts.planned) == of_page
    return of_page


def titles(page: str) -> list[str]:
    return re.findall(r'<th scope="row"><a[^>]*><bdi[^>]*>([^<]*)</bdi>', page)


@pytest.fixture
def training(world: World) -> PlanLine:
    """The first of four activities of an approved plan, which is planned to take place eight times."""
    in_recife(world, start_from_template, actor_id=world.alice.user_id)
    line = activities(world)[0]
    change(world, line, title="Weekly training", times=TIMES)
    approve(world)
    return line


def test_the_form_offers_what_is_planned_and_is_filled_by_one_tap_without_saving(
    world: World, alice: FlaskClient, training: PlanLine
) -> None:
    page = alice.get(NEW).text
    offers = re.findall(rf'href="{NEW}/([0-9a-f-]+)"', page)
    assert offers == [str(line.id) for line in sorted(activities(world), key=lambda line: (line.due_on, line.position))]
    assert f'href="{NEW}/{training.id}"' in alice.get(PLAN).text
    fields = boxes(alice.get(f"{NEW}/{training.id}").text)
    today = clock.local_day(clock.now(), "America/Recife").isoformat()
    assert (fields["title"], fields["held_on"], fields["place"]) == ("Weekly training", today, "")
    assert fields["plan_line_id"] == str(training.id)
    assert counts(world) == (0, TIMES + 3)


def test_an_activity_that_takes_place_again_begins_with_the_place_and_type_of_the_last_time(
    alice: FlaskClient, training: PlanLine
) -> None:
    send(alice, f"{NEW}/{training.id}", kind="training", place="Casa Amarela")
    send(alice, NEW, kind="stall", place="Market", held_on="2025-11-21")
    fields = boxes(alice.get(f"{NEW}/{training.id}").text)
    assert (fields["kind"], fields["place"], fields["title"]) == ("training", "Casa Amarela", "Weekly training")


def test_three_of_eight_are_held_according_to_the_log_and_the_number_leads_to_the_three_and_back(
    world: World, alice: FlaskClient, training: PlanLine
) -> None:
    send(alice, NEW, title="Not in the plan")
    entries = [send(alice, f"{NEW}/{training.id}", title=f"Session {number}").location for number in range(3)]
    page = alice.get(PLAN).text
    assert "3 of 8 held" in page
    assert "3 of 11 planned activities have taken place" in page
    assert "3 of 11 planned activities held" in alice.get("/c/recife/").text
    assert counts(world) == (3, TIMES + 3)
    assert training.id in due_dates(world)
    behind = alice.get(f"{LOG}?planned={training.id}").text
    assert f'href="{LOG}?planned={training.id}"' in page
    assert sorted(titles(behind)) == ["Session 0", "Session 1", "Session 2"]
    assert f'href="{PLAN}#s-{training.id}"' in behind
    assert f'href="{LOG}?planned={training.id}"' in alice.get(f"{entries[0]}?planned={training.id}").text
    assert f"?planned={training.id}" not in alice.get(entries[0]).text
    post(alice, f"{entries[0]}/withdrawal", reason="Counted twice")
    assert counts(world) == (2, TIMES + 3)
    send(alice, f"{entries[1]}/revision", plan_line_id="")
    assert counts(world) == (1, TIMES + 3)
    assert titles(alice.get(f"{LOG}?planned={training.id}").text) == ["Session 2"]


def test_it_is_due_until_it_took_place_as_often_as_planned_and_more_makes_up_for_nothing_else(
    world: World, alice: FlaskClient, training: PlanLine
) -> None:
    for number in range(TIMES + 1):
        assert (training.id in due_dates(world)) == (number < TIMES)
        send(alice, f"{NEW}/{training.id}")
    assert counts(world) == (TIMES, TIMES + 3)
    assert str(training.id) not in re.findall(rf'href="{NEW}/([0-9a-f-]+)"', alice.get(NEW).text)
    assert "9 of 8 held" in alice.get(PLAN).text


def test_what_was_dropped_after_three_times_was_planned_three_times(
    world: World, alice: FlaskClient, training: PlanLine
) -> None:
    for _ in range(3):
        send(alice, f"{NEW}/{training.id}")
    post(alice, f"{PLAN}/lines/{training.id}/abandonment", form=PLAN)
    assert counts(world) == (3, 3 + 3)
    assert "Will not take place again" in alice.get(PLAN).text
    assert training.id not in due_dates(world)


def test_a_mark_from_before_is_kept_and_not_counted(world: World, alice: FlaskClient, training: PlanLine) -> None:
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        session.get_one(PlanLine, (world.recife.id, training.id)).done_on = date(2026, 1, 5)
    page = alice.get(PLAN).text
    assert "not in the log" in page
    assert "1 activity is marked as done, but is not in the log and is not counted." in page
    assert counts(world) == (0, TIMES + 3)
    assert training.id not in due_dates(world)
    assert f'href="{NEW}/{training.id}"' in page


def test_a_form_that_was_open_while_another_logged_the_last_time_is_saved(
    world: World, alice: FlaskClient, training: PlanLine
) -> None:
    other = activities(world)[1]
    fields = fill(alice, f"{NEW}/{other.id}")
    send(alice, f"{NEW}/{other.id}")
    assert alice.post(NEW, data=fields).status_code == 302
    assert counts(world)[0] == 1


def test_an_activity_of_another_chapter_is_no_choice(world: World, alice: FlaskClient, training: PlanLine) -> None:
    charlie = world.browser_of(world.charlie)
    huye = "/c/huye/activities/new"
    assert charlie.get(f"{huye}/{training.id}").status_code == 404
    assert send(charlie, huye, plan_line_id=str(training.id)).status_code == 422
    assert charlie.get(f"/c/huye/activities?planned={training.id}").status_code == 404
    send(charlie, huye)
    statement = text(
        "insert into activity_revisions (chapter_id, id, activity_id, country, number, is_current, kind, title, "
        "held_on, place, narrative, made_at, made_by, plan_line_id) select chapter_id, :id, activity_id, country, 2, "
        "false, kind, title, held_on, place, narrative, made_at, made_by, :line from activity_revisions"
    )
    with world.app.app_context(), opened(ChapterScope(world.huye.id)) as session:
        with pytest.raises(IntegrityError, match="plan_lines"), session.begin_nested():
            session.execute(statement, {"id": new_id(), "line": training.id})
        session.execute(statement, {"id": new_id(), "line": None})


def test_an_activity_whose_day_had_passed_when_it_was_approved_is_due_a_week_later_and_a_new_version_changes_nothing(
    world: World, alice: FlaskClient
) -> None:
    in_recife(world, start_from_template, actor_id=world.alice.user_id)
    today = clock.local_day(clock.now(), "America/Recife")
    past, later, third = activities(world)[:3]
    change(world, past, due_on=today - timedelta(days=40))
    change(world, later, due_on=today + timedelta(days=40))
    approve(world)
    dates = due_dates(world)
    assert dates[past.id] == today + timedelta(days=DAYS_TO_BEGIN)
    assert dates[later.id] == today + timedelta(days=40)
    assert "Approved later, so it is due by" in alice.get(PLAN).text
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        session.execute(text("update plan_versions set decided_at = decided_at - interval '20 days'"))
    assert due_dates(world)[past.id] == today + timedelta(days=DAYS_TO_BEGIN - 20)
    change(world, third, title="Another name")
    approve(world)
    assert due_dates(world)[past.id] == today + timedelta(days=DAYS_TO_BEGIN - 20)


@pytest.mark.parametrize("times", ["0", "-1", "1000"])
def test_how_often_is_a_number_from_1_to_999(world: World, alice: FlaskClient, training: PlanLine, times: str) -> None:
    line = activities(world)[0]
    fields = {"title": line.title, "due_on": "2027-05-01", "starts_on": "", "responsible_id": "", "risk": ""}
    answer = post(alice, f"{PLAN}/lines/{line.id}/revision", seen=str(line.number), times=times, **fields)
    assert answer.status_code == 422
    assert "Enter a number from 1 to 999." in answer.text
    with (
        world.app.app_context(),
        pytest.raises(IntegrityError),
        opened(ChapterScope(world.recife.id)) as session,
    ):
        session.execute(
            text("update plan_lines set times = :times where id = :id"), {"times": int(times), "id": line.id}
        )


def test_an_outcome_cannot_take_place(world: World, alice: FlaskClient, training: PlanLine) -> None:
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        outcome = next(line.id for line in living_lines(session) if line.kind == LineKind.OUTCOME)
    assert alice.get(f"{NEW}/{outcome}").status_code == 404
    assert send(alice, NEW, plan_line_id=str(outcome)).status_code == 422
    with world.app.app_context(), pytest.raises(IntegrityError), opened(ChapterScope(world.recife.id)) as session:
        session.execute(text("update plan_lines set times = 2 where id = :id"), {"id": outcome})

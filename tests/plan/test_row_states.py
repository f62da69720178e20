"""The row of a planned activity or checklist item shows the state of its obligation, and nothing of its own."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from harness.people import World, post
from sqlalchemy import update

from tenants import clock
from tenants.action_kit.launch.models import ChecklistItem
from tenants.action_kit.plan.lines import line_entry, revise_line, start_from_template
from tenants.action_kit.plan.models import LineKind, PlanLine
from tenants.action_kit.plan.queries import living_lines
from tenants.action_kit.plan.services import approve_plan, return_plan, submit_plan, withdraw_plan
from tenants.chapter_life.states import make_dormant
from tenants.db import opened
from tenants.scope import ChapterScope

PLAN, LAUNCH = "/c/recife/plan", "/c/recife/launch"
TODAY = clock.local_day(clock.now(), "America/Recife")
PAST = TODAY - timedelta(days=20)


def in_recife(world: World, act: Callable[..., Any], **arguments: Any) -> Any:
    with world.app.test_request_context(), opened(ChapterScope(world.recife.id)) as session:
        return act(session, **arguments)


@pytest.fixture
def line(world: World) -> PlanLine:
    """The first activity of a plan that was not sent, whose date has passed."""
    by = {"actor_id": world.alice.user_id, "at": clock.now()}
    in_recife(world, start_from_template, **by)
    set_date(world, PAST)
    return first_activity(world)


def first_activity(world: World) -> PlanLine:
    lines: list[PlanLine] = in_recife(world, living_lines)
    return next(row for row in lines if row.kind == LineKind.ACTIVITY)


def set_date(world: World, due_on: date) -> None:
    row = first_activity(world)
    entry = replace(line_entry(row), starts_on=None, due_on=due_on)
    by = {"actor_id": world.alice.user_id, "at": clock.now()}
    in_recife(world, revise_line, **by, line_id=row.id, seen=row.number, entry=entry)


def row_of(world: World, line: PlanLine) -> str:
    page = world.browser_of(world.alice).get(PLAN).text
    row = re.search(rf'<tr id="s-{line.id}">.*?</tr>', page, re.DOTALL)
    assert row is not None
    return row[0]


def send(world: World) -> Any:
    return in_recife(world, submit_plan, actor_id=world.alice.user_id, at=clock.now())


def test_an_activity_whose_date_passed_in_a_returned_plan_is_not_due(world: World, line: PlanLine) -> None:
    assert "Date passed, not due" in row_of(world, line)
    version = send(world)
    arguments = {"actor_id": world.dana.user_id, "at": clock.now(), "version_id": version.id, "is_desk": True}
    in_recife(world, return_plan, **arguments, reason="The dates are over.")
    assert "Date passed, not due" in row_of(world, line)
    assert "st-att" not in row_of(world, line)


@pytest.mark.parametrize(("days", "words"), [(-1, "Overdue"), (0, "Due today"), (9, "Upcoming")])
def test_an_approved_activity_has_the_state_of_its_obligation(
    world: World, line: PlanLine, days: int, words: str
) -> None:
    set_date(world, TODAY + timedelta(days=days))
    version = send(world)
    arguments = {"actor_id": world.dana.user_id, "version_id": version.id, "is_desk": True}
    in_recife(world, approve_plan, **arguments, at=clock.now() - timedelta(days=60))
    assert words in row_of(world, line)


def test_nothing_in_the_checklist_of_a_dormant_chapter_is_overdue(world: World) -> None:
    alice = world.browser_of(world.alice)
    fields = {"title": "Launch", "place": "Hall", "host": "Town hall", "start_time": "12:00", "zone": "UTC"}
    held_on = (TODAY + timedelta(days=40)).isoformat()
    assert post(alice, f"{LAUNCH}/event", **fields, held_on=held_on, expected_people="40").location == LAUNCH
    in_recife(world, lambda session: session.execute(update(ChecklistItem).values(due_on=PAST)))
    assert "#i-late" in alice.get(LAUNCH).text.split("<main")[1]
    reason = {"at": clock.now(), "reason": "Nobody is left"}
    in_recife(world, make_dormant, actor_id=world.dana.user_id, **reason)
    assert "#i-late" not in alice.get(LAUNCH).text.split("<main")[1]


def test_who_decides_on_a_withdrawn_plan_is_told_that_it_was_withdrawn(world: World, line: PlanLine) -> None:
    version = send(world)
    in_recife(world, withdraw_plan, version_id=version.id)
    answer = post(world.browser_of(world.dana), f"{PLAN}/submissions/{version.id}/approval", form=PLAN)
    assert answer.status_code == 409
    assert "It was withdrawn before a decision" in answer.text
    assert "Someone else decided" not in answer.text

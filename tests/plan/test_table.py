"""The plan as a table: responsible people, due dates and progress. Actions appear only where they change something."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from harness.activity_form import send
from harness.people import World, join, person, post

from tenants import clock
from tenants.action_kit.plan.lines import LineEntry, add_line, revise_line, start_from_template
from tenants.action_kit.plan.models import LineKind, PlanLine
from tenants.action_kit.plan.queries import living_lines
from tenants.action_kit.plan.services import approve_plan, return_plan, submit_plan
from tenants.db import opened
from tenants.errors import Refused
from tenants.people.permissions import Role
from tenants.scope import ChapterScope

PLAN = "/c/recife/plan"
OFFER = "Send for approval"


def in_recife(world: World, act: Callable[..., Any], **kwargs: Any) -> Any:
    with world.app.test_request_context(), opened(ChapterScope(world.recife.id)) as session:
        return act(session, at=clock.now(), **kwargs)


def lines_of(world: World) -> list[PlanLine]:
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        return living_lines(session)


@pytest.fixture
def world_with_plan(world: World) -> World:
    """Recife with a plan from the template, sent by Alice and approved."""
    alice = world.alice.user_id
    in_recife(world, start_from_template, actor_id=alice)
    version = in_recife(world, submit_plan, actor_id=alice)
    in_recife(world, approve_plan, actor_id=world.dana.user_id, version_id=version.id, is_desk=True)
    return world


def test_alice_is_not_offered_to_send_what_is_in_force(world_with_plan: World) -> None:
    browser = world_with_plan.browser_of(world_with_plan.alice)
    page = browser.get(PLAN).text
    assert OFFER not in page
    assert "Version 1, in force" in page
    answer = post(browser, f"{PLAN}/submissions", form=PLAN)
    assert answer.status_code == 302
    assert "The plan has not changed since it was approved." in browser.get(PLAN).text
    with pytest.raises(Refused):
        in_recife(world_with_plan, submit_plan, actor_id=world_with_plan.alice.user_id)


@pytest.mark.parametrize("change", ["title", "risk", "day", "times", "another line", "one line fewer"])
def test_any_change_can_be_sent(world_with_plan: World, change: str) -> None:
    activity = next(line for line in lines_of(world_with_plan) if line.kind == LineKind.ACTIVITY)
    alice, entry = (
        world_with_plan.alice.user_id,
        LineEntry(activity.title, activity.risk, activity.starts_on, activity.due_on),
    )
    later = (activity.due_on or clock.now().date()) + timedelta(days=1)
    changed = {
        "title": LineEntry("Another name", entry.risk, entry.starts_on, entry.due_on),
        "risk": LineEntry(entry.title, "Rain", entry.starts_on, entry.due_on),
        "times": replace(entry, times=8),
        "day": LineEntry(entry.title, entry.risk, entry.starts_on, later),
    }
    browser = world_with_plan.browser_of(world_with_plan.alice)
    if change in changed:
        arguments = {"line_id": activity.id, "seen": activity.number, "entry": changed[change]}
        in_recife(world_with_plan, revise_line, actor_id=alice, **arguments)
    elif change == "another line":
        parent = activity.parent_id
        in_recife(world_with_plan, add_line, actor_id=alice, kind=LineKind.ACTIVITY, parent_id=parent, entry=entry)
    else:
        post(browser, f"{PLAN}/lines/{activity.id}/removal", form=PLAN)
    page = browser.get(PLAN).text
    assert OFFER in page
    assert "The plan has changed since it was approved." in page
    in_recife(world_with_plan, submit_plan, actor_id=alice)


def test_what_took_place_is_no_change_to_send(world_with_plan: World) -> None:
    activity = next(line for line in lines_of(world_with_plan) if line.kind == LineKind.ACTIVITY)
    browser = world_with_plan.browser_of(world_with_plan.alice)
    send(browser, f"/c/recife/activities/new/{activity.id}")
    page = browser.get(PLAN).text
    assert OFFER not in page
    row = re.search(rf'<tr id="s-{activity.id}">.*?</tr>', page, re.DOTALL)
    assert row is not None
    assert ">Held<" in row.group()
    assert "Show the entry" in row.group()
    assert 'class="g-done"' in row.group()


def test_a_returned_plan_quotes_the_reason_and_can_be_sent_again(world: World) -> None:
    alice = world.alice.user_id
    in_recife(world, start_from_template, actor_id=alice)
    version = in_recife(world, submit_plan, actor_id=alice)
    reason = "Who runs <the> second one?"
    in_recife(world, return_plan, actor_id=world.dana.user_id, version_id=version.id, reason=reason, is_desk=True)
    page = world.browser_of(world.alice).get(PLAN).text
    assert re.search(r'<blockquote class="quote"><p[^>]*>Who runs &lt;the&gt; second one\?</p>', page)
    assert "Version 1, returned" in page
    assert OFFER in page


def test_readers_see_the_table_and_no_way_to_change_it(world_with_plan: World) -> None:
    with world_with_plan.app.app_context():
        cora = person("Cora")
        join(world_with_plan.recife, cora, Role.MEMBER)
    page = world_with_plan.browser_of(cora).get(PLAN).text
    assert (
        page.count('<th scope="row">') == sum(line.kind == LineKind.ACTIVITY for line in lines_of(world_with_plan)) + 1
    )
    assert "/revision" not in page
    assert "It took place" not in page


def test_a_chapter_without_a_plan_reads_how_to_begin(world: World) -> None:
    page = world.browser_of(world.alice).get(PLAN).text
    assert "<thead>" not in page
    assert "Three lines are enough to start" in page
    assert "Start with a short plan" in page
    assert "Start with a short plan" not in world.browser_of(world.bob).get(PLAN).text


def test_a_line_can_be_taken_out_or_dropped_on_its_own_page(world_with_plan: World) -> None:
    activity = next(line for line in lines_of(world_with_plan) if line.kind == LineKind.ACTIVITY)
    page = world_with_plan.browser_of(world_with_plan.alice).get(f"{PLAN}/lines/{activity.id}/revision").text
    assert f'action="{PLAN}/lines/{activity.id}/removal"' in page
    assert f'action="{PLAN}/lines/{activity.id}/abandonment"' in page

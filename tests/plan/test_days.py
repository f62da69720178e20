"""The days of planned activities: those that nobody can mean are refused, and the page draws any others quickly."""

from __future__ import annotations

import re
from datetime import date
from time import process_time
from typing import Any

import pytest
from flask.testing import FlaskClient
from harness.people import World, post
from sqlalchemy import select

from solidarity.charts.gantt import MOST_COLUMNS, gantt_bar, timeline
from tenants import clock
from tenants.action_kit.plan.lines import LineEntry, add_line, start_from_template
from tenants.action_kit.plan.models import LineKind, PlanLine
from tenants.db import opened
from tenants.errors import Refused
from tenants.scope import ChapterScope

PLAN = "/c/recife/plan"


@pytest.fixture
def alice(world: World) -> FlaskClient:
    """The browser of the focal point, whose plan is the template."""
    with world.app.test_request_context(), opened(ChapterScope(world.recife.id)) as session:
        start_from_template(session, actor_id=world.alice.user_id, at=clock.now())
    return world.browser_of(world.alice)


def output_of(world: World) -> Any:
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        return session.scalars(select(PlanLine.id).where(PlanLine.kind == LineKind.OUTPUT).limit(1)).one()


def test_a_start_in_the_year_206_is_refused_and_stays_in_its_box(world: World, alice: FlaskClient) -> None:
    answer = post(
        alice,
        f"{PLAN}/lines/new?kind=activity&parent={output_of(world)}",
        title="A walk",
        starts_on="0206-05-01",
        due_on=f"{clock.now().year + 1}-05-01",
    )
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "The movement began on 20 September 2014." in page
    assert 'value="0206-05-01"' in page
    assert alice.get(PLAN).status_code == 200


@pytest.mark.parametrize("field", ["starts_on", "due_on"])
@pytest.mark.parametrize("day", [date.min, date(206, 5, 1), date.max])
def test_the_service_refuses_what_the_form_would(world: World, alice: FlaskClient, field: str, day: date) -> None:
    days = {"due_on": clock.now().date(), field: day}
    with (
        world.app.test_request_context(),
        pytest.raises(Refused) as error,
        opened(ChapterScope(world.recife.id)) as session,
    ):
        add_line(
            session,
            actor_id=world.alice.user_id,
            at=clock.now(),
            kind=LineKind.ACTIVITY,
            parent_id=output_of(world),
            entry=LineEntry("A walk", **days),  # type: ignore[arg-type]
        )
    assert list(error.value.errors) == [field]


def test_a_plan_of_twenty_years_has_a_column_for_each_year(world: World, alice: FlaskClient) -> None:
    year = clock.now().year
    answer = post(
        alice,
        f"{PLAN}/lines/new?kind=activity&parent={output_of(world)}",
        title="A walk",
        starts_on="2014-10-01",
        due_on=f"{year + 9}-05-01",
    )
    assert answer.status_code == 302
    head = re.search(r'<span class="months"[^>]*>(.*?)</span></th>', alice.get(PLAN).get_data(as_text=True))
    assert head
    assert head[1].count("<span>") == year + 9 - 2014 + 1 <= MOST_COLUMNS
    assert "<span>2014</span>" in head[1]


def test_a_drawing_takes_time_in_proportion_to_its_rows() -> None:
    line, begun_at = timeline(date.min, date.max, date(2026, 2, 1)), process_time()
    for _row in range(1_000):
        gantt_bar(line, date(206, 1, 1), date(9000, 1, 1), "late")
    assert process_time() - begun_at < 2, "one drawing took half a second when each row built the months again"

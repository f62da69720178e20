"""Two people on one form: the second sees who saved what, field by field, and keeps what they typed."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from harness.browser.contexts import serving, sign_in
from harness.people import Person, World, join, person, post
from sqlalchemy import select
from werkzeug.test import TestResponse

from tenants import clock
from tenants.action_kit.funding import budgets
from tenants.action_kit.launch.entries import EventEntry
from tenants.action_kit.launch.services import plan_event
from tenants.action_kit.plan.lines import start_from_template
from tenants.action_kit.plan.models import LineKind, PlanLine
from tenants.chapters.models import Chapter
from tenants.db import opened
from tenants.people.permissions import Role
from tenants.scope import ChapterScope

CHAPTER_URL = "/c/recife"
CELL = r"\s*<p>.*?<bdi[^>]*>(.*?)</bdi></p>"
ROW = re.compile(rf'<div class="diff"><p><b>(.*?)</b></p>{CELL}{CELL}</div>', re.DOTALL)
MARKS = re.compile(r"</?(?:del|ins)>")
Inside = Callable[..., Any]


@pytest.fixture
def cora(world: World) -> Person:
    with world.app.app_context():
        member = person("Cora")
        join(world.recife, member, Role.DEPUTY)
        return member


@pytest.fixture
def inside(world: World) -> Inside:
    """Return a function that calls a service in Recife as Alice."""

    def act(service: Callable[..., Any], **arguments: Any) -> Any:
        with world.app.test_request_context(), opened(ChapterScope(world.recife.id)) as session:
            return service(session, actor_id=world.alice.user_id, at=clock.now(), **arguments)

    return act


def rows(answer: TestResponse) -> dict[str, tuple[str, str]]:
    """Return the fields that differ: label -> (typed text, saved text)."""
    assert answer.status_code == 409
    matches = ROW.findall(answer.get_data(as_text=True))
    return {unescape(label): (_plain(own_text), _plain(saved_text)) for label, own_text, saved_text in matches}


def _plain(text: str) -> str:
    return unescape(MARKS.sub("", text))


def both(first: FlaskClient, second: FlaskClient, address: str, **fields: tuple[str, str]) -> TestResponse:
    """Let two people open one form and the first save it. Return the response to the second."""
    page = second.get(address.replace("/numbers", ""))
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.get_data(as_text=True))
    seen = re.search(r'name="seen"[^>]*value="([^"]*)"', page.get_data(as_text=True))
    assert token
    assert seen
    first_values = {name: pair[0] for name, pair in fields.items()}
    response = post(first, address, form=address.replace("/numbers", ""), seen=unescape(seen[1]), **first_values)
    assert response.status_code == 302, response.get_data(as_text=True)
    return second.post(
        address,
        data={"csrf_token": token[1], "seen": unescape(seen[1]), **{name: pair[1] for name, pair in fields.items()}},
    )


def same(value: str) -> tuple[str, str]:
    return value, value


def again(client: FlaskClient, answer: TestResponse, address: str, **fields: str) -> TestResponse:
    """Submit the second form again over what is saved, with the hidden fields of the conflict page."""
    page = answer.get_data(as_text=True)
    hidden = dict(re.findall(r'name="(csrf_token|seen)"[^>]*value="([^"]*)"', page))
    return client.post(address, data={**{name: unescape(value) for name, value in hidden.items()}, **fields})


def test_a_line_of_the_plan(world, as_person, cora, inside):
    inside(start_from_template)
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        line = session.scalars(select(PlanLine).where(PlanLine.kind == LineKind.ACTIVITY)).first()
        assert line
    alice, second = as_person(world.alice), as_person(cora)
    address = f"{CHAPTER_URL}/plan/lines/{line.id}/revision"
    due = {"due_on": same("2027-05-01"), "starts_on": same(""), "responsible_id": same(""), "times": same("1")}
    answer = both(alice, second, address, title=("A walk at noon", "A walk at dawn"), risk=same("Rain"), **due)
    assert rows(answer) == {"Title": ("A walk at dawn", "A walk at noon")}
    page = answer.get_data(as_text=True)
    assert re.search(r"Alice saved changes on [^<]+, while you had this open\.", page)
    assert 'value="A walk at dawn"' in page
    assert "A walk at<del> dawn</del>" in page
    assert "A walk at<ins> noon</ins>" in page
    assert f'<a class="btn" href="{CHAPTER_URL}/plan">Keep the saved version</a>' in page
    cora_values = {
        "title": "A walk at dawn",
        "risk": "Rain",
        "due_on": "2027-05-01",
        "starts_on": "",
        "responsible_id": "",
        "times": "1",
    }
    assert again(second, answer, address, **cora_values).status_code == 302
    assert "A walk at dawn" in second.get(f"{CHAPTER_URL}/plan").get_data(as_text=True)


def test_a_launch(world, as_person, cora, inside):
    day = clock.now() + timedelta(days=90)
    starts = datetime(day.year, day.month, day.day, 15, tzinfo=UTC)
    event = inside(plan_event, entry=EventEntry("Marco zero", "", "", "America/Recife", starts, None))
    fields = {
        "title": same("Marco zero"),
        "host": same(""),
        "zone": same("America/Recife"),
        "start_time": same("12:00"),
    }
    answer = both(
        as_person(world.alice),
        as_person(cora),
        f"{CHAPTER_URL}/launch/event/{event.id}/revision",
        place=("Olinda", "Recife"),
        expected_people=("1200", "900"),
        held_on=same(starts.date().isoformat()),
        **fields,
    )
    assert rows(answer) == {"Place": ("Recife", "Olinda"), "How many people do you expect": ("900", "1,200")}


def test_a_count(world, as_person, cora, inside):
    starts = clock.now() - timedelta(days=2)
    event = inside(plan_event, entry=EventEntry("Marco zero", "", "", "America/Recife", starts, None))
    address = f"{CHAPTER_URL}/launch/event/{event.id}/count/attendance"
    answer = both(as_person(world.alice), as_person(cora), address, people_women_25_59=("40", "41"), total=same(""))
    assert list(rows(answer).values()) == [("41", "40")]


def test_a_budget(world, as_person, cora, inside):
    line = inside(budgets.add_budget_line, title="Hall", amount_minor=1000)
    address = f"{CHAPTER_URL}/funding/budget/{line.id}/revision"
    answer = both(as_person(world.alice), as_person(cora), address, amount=("50", "60"), reason=same("More people"))
    assert [tuple(float(amount) for amount in pair) for pair in rows(answer).values()] == [(60, 50)]
    assert "Alice saved changes on " in answer.get_data(as_text=True)


def test_a_target(world, as_person, cora):
    address = f"{CHAPTER_URL}/targets/activities_held/{clock.now().year}/numbers"
    rest = {"baseline": same(""), "baseline_on": same(""), "reason": same("")}
    answer = both(as_person(world.alice), as_person(cora), address, target=("20", "30"), **rest)
    assert rows(answer) == {"Target": ("30", "20")}


def test_working_days(world, as_person, cora):
    answer = both(
        as_person(world.alice),
        as_person(cora),
        f"{CHAPTER_URL}/calendar",
        zone=("America/Noronha", "America/Recife"),
        working_week=("2", "3"),
    )
    differences = rows(answer)
    assert differences["Time zone"] == ("Recife", "Fernando de Noronha")
    assert differences["Working days"] == ("Wednesday", "Tuesday")
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        chapter = session.scalars(select(Chapter)).one()
        assert (chapter.zone, chapter.working_week) == ("America/Noronha", [2])
    cora_values = {"zone": "America/Recife", "working_week": "3"}
    assert again(as_person(cora), answer, f"{CHAPTER_URL}/calendar", **cora_values).status_code in (302, 400)


def test_cora_decides_in_a_browser_without_script(world, cora, inside, contexts):
    """Cora learns that Alice was first, sees both texts, goes on editing, saves over Alice's, and undoes that."""
    inside(start_from_template)
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        line = session.scalars(select(PlanLine).where(PlanLine.kind == LineKind.ACTIVITY)).first()
        assert line
        assert line.due_on
    alice = world.browser_of(world.alice)
    address = f"{CHAPTER_URL}/plan/lines/{line.id}/revision"
    with serving(world.app) as site:
        page = contexts.open(site, java_script_enabled=False, viewport={"width": 390, "height": 844}).new_page()
        sign_in(page, site, cora.email, cora.password)
        page.goto(f"{site}{address}")
        page.get_by_label("Title").fill("A walk at dawn")
        alice_values = {"title": "A walk at noon", "due_on": line.due_on.isoformat(), "risk": "", "starts_on": ""}
        assert post(alice, address, seen="1", responsible_id="", **alice_values).status_code == 302
        page.get_by_role("button", name="Save", exact=True).click()
        assert page.locator("h1").inner_text() == "Someone else saved changes before you"
        assert "Alice saved changes on" in page.locator("main").inner_text()
        field = page.get_by_label("Title")
        assert field.input_value() == "A walk at dawn"
        field.fill("A walk at dusk")
        page.get_by_role("button", name="Save my version instead").last.click()
        assert "A walk at dusk" in page.locator("main").inner_text()
        page.locator(".flash").get_by_role("button", name="Undo").click()
        assert page.locator(".flash").inner_text().startswith("Undone: Changed a line in the plan")
        assert "A walk at noon" in page.locator("main").inner_text()
        assert page.url.startswith(f"{site}{CHAPTER_URL}/plan")

"""The chapter's first page: a welcome that is true today, six steps that say what can be done, and its own figures."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from log_form import send
from people import SINCE, Person, World, onboard, part
from sqlalchemy import update
from time_machine import travel

from tenants.action_kit.steps import step_states
from tenants.chapters.models import Chapter
from tenants.db import opened
from tenants.obligations.queries import obligations_due
from tenants.people.permissions import Role
from tenants.people.services import invite
from tenants.scope import ChapterScope

HOME = "/c/recife/"

AsPerson = Callable[[Person], FlaskClient]
QUIET_WEEKS = 4


@pytest.fixture
def alice(world: World, as_person: AsPerson) -> FlaskClient:
    return as_person(world.alice)


def page(client: FlaskClient, address: str = HOME) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.status
    return answer.get_data(as_text=True)


def steps(page: str) -> list[str]:
    """Return what stands beside each of the six steps."""
    found = page.partition('<ol class="steps">')[2].partition("</ol>")[0].split("<li")[1:]
    return [re.sub(r"<[^>]+>", " ", part.partition('class="from')[2].partition(">")[2]).strip() for part in found]


def test_alice_is_welcomed_and_led_to_what_can_be_done_today(world: World, as_person: AsPerson) -> None:
    with travel(SINCE + timedelta(days=1), tick=True):  # her term runs, and nobody has to confirm it yet
        shown = page(as_person(world.alice))
    assert "Welcome, Alice. Let us take it step by step." in shown
    assert 'href="/c/recife/activities/new"' in shown
    assert "What you can show so far" not in shown
    assert "Done" in steps(shown)[0]


@pytest.mark.parametrize(
    ("number", "endpoint", "path"),
    [
        (2, "plan.show", "plan"),
        (3, "funding.show", "funding"),
        (4, "launch.show", "launch"),
        (6, "evaluation.list_reports", "reports"),
    ],
)
def test_a_step_leads_to_its_page_or_says_that_it_opens_later(
    world: World, alice: FlaskClient, number: int, endpoint: str, path: str
) -> None:
    block = page(alice).partition('<ol class="steps">')[2].split("<li")[number]
    opens_later = "This step opens in a later version." in block
    assert opens_later is (endpoint not in world.app.view_functions)
    assert bool(re.search(rf'<a class="btn" href="/c/recife/{path}\S*"', block)) is not opens_later


def test_what_was_logged_shows_at_once_with_its_moment_and_coverage(alice: FlaskClient) -> None:
    nothing = dict.fromkeys(
        ("people_women_under_18", "people_men_under_18", "first_time", "came_before", "not_sure"), ""
    )
    send(alice, "/c/recife/activities/new", title="Counted")
    send(alice, "/c/recife/activities/new", **{**nothing, "title": "Uncounted", "not_counted": "y"})
    shown = page(alice)
    assert "44 participations so far, Alice." in shown
    assert "Counted at 1 of 2 activities." in shown
    assert re.search(r"As of \d+ \w+ \d{4}, \d\d:\d\d in Recife\.", shown)
    assert "School dialogue, 44 participations" in shown
    assert "School dialogue, not counted" in shown


def test_bob_reads_and_is_offered_nothing_he_may_not_do(world: World, as_person: AsPerson) -> None:
    shown = page(as_person(world.bob))
    assert "Welcome, Bob." in shown
    assert "/activities/new" not in shown
    assert "Invite someone" not in shown


def test_dana_is_told_that_the_chapter_sees_her_visit(world: World, as_person: AsPerson) -> None:
    shown = page(as_person(world.dana))
    assert "You read here for UN Women. The chapter sees that you were here." in shown
    assert "Welcome, Dana" not in shown
    assert "/activities/new" not in shown


def test_charlie_does_not_learn_that_recife_exists(world: World, as_person: AsPerson) -> None:
    charlie = as_person(world.charlie)
    assert charlie.get(HOME).status_code == 404
    assert charlie.get("/c/nowhere/").status_code == 404
    assert page(charlie, "/c/huye/")


def test_someone_signed_out_is_asked_to_sign_in(client: FlaskClient) -> None:
    answer = client.get(HOME)
    assert answer.status_code == 302
    assert answer.location.startswith("/sign-in?next=")


def test_an_invented_chapter_says_so_and_a_real_one_does_not(world: World, alice: FlaskClient) -> None:
    invented = "This chapter is invented, to try things out."
    assert invented not in page(alice)
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        session.execute(update(Chapter).values(is_invented=True))
    for address in (HOME, "/c/recife/activities"):
        assert page(alice, address).count(invented) == 1


def test_the_page_speaks_arabic_from_right_to_left(alice: FlaskClient) -> None:
    alice.get("/language/ar")
    for address in (HOME, "/c/recife/activities", "/c/recife/activities/new"):
        assert '<html lang="ar" dir="rtl">' in page(alice, address)


def states(world: World, place_id: UUID, today: date) -> list[str]:
    with world.app.app_context(), opened(ChapterScope(place_id)) as session:
        return list(
            step_states(session, today=today, obligations=obligations_due(session, by=today, quiet_weeks=QUIET_WEEKS))
        )


def test_a_new_chapter_has_begun_nothing_until_somebody_is_invited(world: World) -> None:
    said: dict[str, Any] = {"actor_id": None, "at": SINCE, "name": "X", "language": "en"}
    with world.app.app_context():
        place = onboard("novo", "HeForShe Novo", "BR", "America/Recife", ["pt"])
        today = SINCE.date() + timedelta(days=1)
        assert states(world, place.id, today) == ["none"] * 6
        with opened(ChapterScope(place.id)) as session:
            invite(session, email="x@people.example", role=Role.MEMBER, **said)
        assert states(world, place.id, today)[0] == "none"
        with opened(ChapterScope(place.id)) as session:
            invite(session, email="y@people.example", role=Role.FOCAL_POINT, **said)
        assert states(world, place.id, today) == ["prog", "none", "none", "none", "none", "none"]


def test_activities_are_late_once_the_chapter_is_quiet_and_not_before(world: World) -> None:
    begun = SINCE.date()
    due = begun + timedelta(weeks=4)
    assert states(world, world.recife.id, begun)[4] == "none"
    assert states(world, world.recife.id, due - timedelta(days=1))[4] == "none"
    assert states(world, world.recife.id, due)[4] == "att"
    assert states(world, world.recife.id, due + timedelta(days=1))[4] == "late"


def test_logging_ends_the_lateness(world: World, as_person: AsPerson) -> None:
    with travel(datetime(2026, 2, 20, 12, tzinfo=UTC), tick=True):
        alice = as_person(world.alice)
        assert "Late" in steps(page(alice))[4]
        assert "Nothing has been logged for a while. One short entry is enough." in page(alice)
        send(alice, "/c/recife/activities/new")
        assert "In progress" in steps(page(alice))[4]


def test_a_chapter_without_a_focal_point_is_late_with_its_first_step(world: World) -> None:
    with world.app.app_context():
        part(world.recife, world.alice, datetime(2026, 2, 1, 12, tzinfo=UTC))
    assert states(world, world.recife.id, date(2026, 2, 3))[0] == "late"
    assert states(world, world.huye.id, date(2026, 2, 3))[0] == "done"

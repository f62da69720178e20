"""The home page of a chapter: its greeting, its six steps and its own figures."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from harness.activity_form import send
from harness.people import SINCE, Person, World, onboard, part
from sqlalchemy import update
from time_machine import travel

from solidarity.labels.people import first_name
from tenants.chapters.areas import ALL_COUNTRIES
from tenants.chapters.models import Chapter
from tenants.db import opened
from tenants.membership.services import invite
from tenants.overview.obligations import obligations_due
from tenants.overview.steps import states_of, step_states
from tenants.people.permissions import Role
from tenants.scope import ChapterScope, DeskScope

HOME = "/c/recife/"

AsPerson = Callable[[Person], FlaskClient]
QUIET_WEEKS = 4
PATHS = ("focal-point", "plan", "funding", "launch", "activities", "reports")


@pytest.fixture
def alice(world: World, as_person: AsPerson) -> FlaskClient:
    return as_person(world.alice)


def page(client: FlaskClient, address: str = HOME) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.status
    return answer.get_data(as_text=True)


def text(markup: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", markup)).strip()


def heading(page: str) -> str:
    return text(page.partition("<h1>")[2].partition("</h1>")[0])


def steps(page: str) -> list[str]:
    """Return the text at each of the six labels of the wheel."""
    parts = page.partition('<section id="steps"')[2].partition("</section>")[0].split('<div class="wl ')[1:]
    return [text(f"<{part}") for part in parts]


def letter(page: str) -> list[str]:
    """Return the markup of each of the six steps of the first day."""
    return page.partition('<ol class="steps">')[2].partition("</ol>")[0].split("<li")[1:]


def test_the_first_day_leads_alice_through_six_steps(world: World, as_person: AsPerson) -> None:
    with travel(SINCE + timedelta(days=1), tick=True):  # Alice's term runs, and it is too early to confirm it
        html = page(as_person(world.alice))
    assert heading(html) == "Welcome, Alice. Take it one step at a time."
    first = letter(html)[0]
    assert "Half done" in first, "she is one of two"
    assert re.search(r'<a class="btn btn-primary" href="/c/recife/focal-point/[^"]*">Choose a deputy', first)
    assert html.count("btn-primary") == 1
    assert f'href="mailto:{world.dana.email}"' in html
    assert "Results so far" not in html


def test_the_steps_of_an_empty_chapter_say_once_that_they_are_not_started(world: World, as_person: AsPerson) -> None:
    with travel(SINCE + timedelta(days=1), tick=True):
        labels = steps(page(as_person(world.dana)))
    assert [label.count("Not started") for label in labels[1:]] == [1, 1, 1, 1, 1]
    assert "Begins with the template" in labels[1]
    assert "Begins with a budget line" in labels[2]


def test_the_first_day_has_one_main_thing_for_whoever_reads_it(world: World, as_person: AsPerson) -> None:
    with travel(SINCE + timedelta(days=1), tick=True):
        charlie, bob = page(as_person(world.charlie), "/c/huye/"), page(as_person(world.bob))
    assert re.search(r'<a class="btn btn-primary" href="/c/huye/people/[^"]*">Invite a deputy', charlie), "he is alone"
    assert charlie.count("btn-primary") == 1
    assert "btn-primary" not in bob
    assert "Choose a deputy" not in bob
    for step, path in zip(letter(bob), PATHS, strict=True):
        assert f'href="/c/recife/{path}' in step


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("", "Home"),
        ("focal-point", "Focal point"),
        ("plan", "Implementation plan"),
        ("funding", "Funding"),
        ("launch", "Launch event"),
        ("activities", "Local activities"),
        ("reports", "Monitoring and evaluation"),
    ],
)
def test_tabs_and_history_give_the_plain_name_of_a_page_whatever_its_headline_finds(
    alice: FlaskClient, path: str, name: str
) -> None:
    assert f"<title>{name} · ElesPorElas Recife</title>" in page(alice, HOME + path)


@pytest.mark.parametrize(
    ("name", "expected_name"),
    [
        ("Alice", "Alice"),
        ("Alice  Mendes da Silva", "Alice"),
        ("Dr. Alice Mendes", "Dr. Alice Mendes"),
        ("Abdul Rahman Saleh", "Abdul Rahman Saleh"),
        ("عبد الله", "عبد الله"),
        ("ليلى حداد", "ليلى"),
        ("", ""),
    ],
)
def test_people_are_greeted_by_their_first_name_unless_it_is_half_a_name(name: str, expected_name: str) -> None:
    assert first_name(name) == expected_name


def test_once_something_is_there_the_page_is_the_daily_one(alice: FlaskClient) -> None:
    send(alice, "/c/recife/activities/new")
    html = page(alice)
    assert re.match(r"Good (morning|afternoon|evening), Alice\.", heading(html))
    labels = steps(html)
    assert [label.split()[0] for label in labels] == ["1", "2", "3", "4", "5", "6"]
    assert "1 logged" in labels[4]
    assert "No date set" in labels[3]
    for path in PATHS:
        assert f'<a href="/c/recife/{path}' in html.partition('<section id="steps"')[2].partition("</section>")[0]


def test_what_was_logged_shows_at_once_with_its_moment_and_coverage(alice: FlaskClient) -> None:
    empty_fields = dict.fromkeys(
        ("people_women_under_18", "people_men_under_18", "first_time", "came_before", "not_sure"), ""
    )
    send(alice, "/c/recife/activities/new", title="Counted")
    send(alice, "/c/recife/activities/new", **{**empty_fields, "title": "Uncounted", "not_counted": "y"})
    html = page(alice)
    assert "participations" in html.partition("Results so far")[2]
    assert 'class="fig-value num"> <span>44</span>' in html
    assert "Counted at 1 of 2 activities." in html
    assert re.search(r"As of \d+ \w+ \d{4}, \d\d:\d\d in Recife\.", html)
    assert 'Logged an activity: <a href="/c/recife/activities/' in html


def test_bob_reads_and_is_offered_nothing_he_may_not_do(world: World, as_person: AsPerson) -> None:
    html = page(as_person(world.bob))
    assert "Bob" in heading(html)
    assert "/activities/new" not in html
    assert "Invite someone" not in html


def test_bob_reads_what_was_done_by_its_activities_and_not_by_the_trail(
    world: World, alice: FlaskClient, as_person: AsPerson
) -> None:
    send(alice, "/c/recife/activities/new", title="At the school")
    feed = page(as_person(world.bob)).partition('<ol class="rows feed">')[2]
    assert "At the school" in feed
    assert "School dialogue, 44 participations" in feed
    assert "Logged an activity" not in feed


def test_dana_is_told_that_the_chapter_sees_her_visit(world: World, as_person: AsPerson) -> None:
    html = page(as_person(world.dana))
    assert "You are viewing this chapter for UN Women. The chapter can see that you were here." in html
    assert "Welcome, Dana" not in html
    assert "/activities/new" not in html


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
    notice = "This chapter is for demonstration."
    assert notice not in page(alice)
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        session.execute(update(Chapter).values(is_invented=True))
    for address in (HOME, "/c/recife/activities"):
        assert page(alice, address).count(notice) == 1


def test_the_page_speaks_arabic_from_right_to_left(alice: FlaskClient) -> None:
    alice.get("/language/ar")
    for address in (HOME, "/c/recife/activities", "/c/recife/activities/new"):
        assert '<html lang="ar" dir="rtl">' in page(alice, address)


def states(world: World, place_id: UUID, today: date) -> list[str]:
    with world.app.app_context(), opened(ChapterScope(place_id)) as session:
        return list(
            step_states(session, today=today, obligations=obligations_due(session, by=today, quiet_weeks=QUIET_WEEKS))
        )


def test_a_new_chapter_waits_for_its_first_focal_point_on_its_pages_and_on_the_desk(world: World) -> None:
    today = SINCE.date() + timedelta(days=1)
    with world.app.app_context():
        place = onboard("novo", "HeForShe Novo", "BR", "America/Recife", ["pt"])
        expected_states = ["wait", "none", "none", "none", "none", "none"]
        assert states(world, place.id, today) == expected_states
        with opened(ChapterScope(place.id)) as session:
            invite(
                session,
                email="y@people.example",
                role=Role.FOCAL_POINT,
                actor_id=None,
                at=SINCE,
                name="X",
                language="en",
            )
        assert states(world, place.id, today) == expected_states
        with opened(DeskScope(ALL_COUNTRIES)) as session:
            assert states_of(session, [place.id], today=today, obligations=[])[place.id] == expected_states


def test_activities_are_late_once_the_chapter_is_quiet_and_not_before(world: World) -> None:
    first_day = SINCE.date()
    due = first_day + timedelta(weeks=4)
    assert states(world, world.recife.id, first_day)[4] == "none"
    assert states(world, world.recife.id, due - timedelta(days=1))[4] == "none"
    assert states(world, world.recife.id, due)[4] == "att"
    assert states(world, world.recife.id, due + timedelta(days=1))[4] == "late"


def test_logging_ends_the_lateness(world: World, as_person: AsPerson) -> None:
    with travel(datetime(2026, 2, 20, 12, tzinfo=UTC), tick=True):
        alice = as_person(world.alice)
        late = page(alice).partition("due-late")[2]
        assert "days ago" in late, "since when"
        assert 'href="/c/recife/activities/new"' in late, "and what to do"
        send(alice, "/c/recife/activities/new")
        html = page(alice)
        assert "In progress" in steps(html)[4]
        assert "Log recent activities" not in html.partition("due-late")[2].partition("</ol>")[0]


def test_a_chapter_without_a_focal_point_is_late_with_its_first_step(world: World) -> None:
    with world.app.app_context():
        part(world.recife, world.alice, datetime(2026, 2, 1, 12, tzinfo=UTC))
    assert states(world, world.recife.id, date(2026, 2, 3))[0] == "late"
    assert states(world, world.huye.id, date(2026, 2, 3))[0] == "done"

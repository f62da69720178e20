"""The list of activities: latest first, paged, with the same number of statements for many rows as for few."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from harness.activity_form import send
from harness.people import Person, World
from harness.statements import logged

from tenants.action_kit.activities.models import ActivityKind
from tenants.action_kit.activities.services import ActivityEntry, log_activity
from tenants.action_kit.cells import AgeBand, Sex
from tenants.db import db, new_id, opened
from tenants.scope import ChapterScope

LIST = "/c/recife/activities"
MOST_STATEMENTS = 12
TALK = ActivityEntry(
    kind=ActivityKind.WORKPLACE,
    title="Talk",
    held_on=date(2025, 1, 1),
    place="",
    narrative="",
    counts={(Sex.MEN, AgeBand.FROM_25_TO_59): 10},
    first_time=4,
    came_before=6,
    not_sure=0,
)


@pytest.fixture
def alice(world: World, as_person: Callable[[Person], FlaskClient]) -> FlaskClient:
    return as_person(world.alice)


def log(world: World, *entries: ActivityEntry) -> None:
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        for entry in entries:
            arguments = {"at": datetime(2026, 2, 1, tzinfo=UTC), "form_key": new_id()}
            log_activity(session, actor_id=world.alice.user_id, entry=entry, **arguments)  # type: ignore[arg-type]


def titles(page: str) -> list[str]:
    return re.findall(r'<th scope="row"><a[^>]*><bdi[^>]*>([^<]*)</bdi>', page)


def beside(page: str, rel: str) -> str | None:
    match = re.search(rf'rel="{rel}" href="([^"]+)"', page)
    return match.group(1).replace("&amp;", "&") if match else None


@contextmanager
def statements(world: World) -> Iterator[list[str]]:
    """Collect every statement sent to PostgreSQL during the test, including those that bind a scope."""
    with world.app.app_context():
        engines = list(db.engines.values())
    with logged(engines) as sent_statements:
        yield sent_statements


def test_a_chapter_that_has_logged_nothing_is_told_how_to_begin(alice: FlaskClient) -> None:
    page = alice.get(LIST).get_data(as_text=True)
    assert "No activities logged yet" in page
    assert 'href="/c/recife/activities/new"' in page
    assert "<table" not in page


def test_bob_is_told_who_will_begin(world: World, as_person: Callable[[Person], FlaskClient]) -> None:
    page = as_person(world.bob).get(LIST).get_data(as_text=True)
    assert ("Activities appear here once the focal point has logged them, with the number of people who came.") in page


def test_the_latest_day_stands_first_whenever_it_was_logged(alice: FlaskClient) -> None:
    for title, day in (("Second", "2025-11-20"), ("First", "2025-01-01"), ("Third", "2025-12-24")):
        send(alice, "/c/recife/activities/new", title=title, held_on=day)
    page = alice.get(LIST).get_data(as_text=True)
    assert titles(page) == ["Third", "Second", "First"]
    assert "132 participations so far" in page


def test_sixty_activities_are_read_forth_and_back_page_by_page(world: World, alice: FlaskClient) -> None:
    # Three a day, so that a page can end in the middle of a day.
    days = [date(2025, 1, 1) + timedelta(days=number // 3) for number in range(60)]
    log(world, *(replace(TALK, title=f"Talk {number:02}", held_on=day) for number, day in enumerate(days)))
    titles_by_page, address, pages = [], LIST, []
    while address:
        pages.append(alice.get(address).get_data(as_text=True))
        titles_by_page.append(titles(pages[-1]))
        address = beside(pages[-1], "next") or ""
    assert [len(part) for part in titles_by_page] == [25, 25, 10]
    assert sorted(title for part in titles_by_page for title in part) == [f"Talk {number:02}" for number in range(60)]
    assert beside(pages[0], "prev") is None
    second_page = alice.get(beside(pages[2], "prev") or "").get_data(as_text=True)
    assert titles(second_page) == titles_by_page[1]
    first = alice.get(beside(second_page, "prev") or "").get_data(as_text=True)
    assert titles(first) == titles_by_page[0]
    assert beside(first, "prev") is None
    assert beside(first, "next") is not None


def test_a_page_beyond_the_end_leads_to_the_beginning(alice: FlaskClient) -> None:
    answer = alice.get(f"{LIST}?after=2000-01-01_{new_id()}")
    assert (answer.status_code, answer.location) == (302, LIST)


def test_a_forged_page_is_not_found(alice: FlaskClient) -> None:
    for cursor in ("", "2026-01-01", "2026-01-01_x", "x_y", "9" * 4000, "2026-13-01_" + "0" * 32):
        for name in ("before", "after"):
            assert alice.get(LIST, query_string={name: cursor}).status_code == 404


@pytest.mark.parametrize("address", [LIST, "/c/recife/"])
def test_many_activities_cost_as_many_statements_as_one(world: World, alice: FlaskClient, address: str) -> None:
    log(world, TALK)
    with statements(world) as for_one:
        assert alice.get(address).status_code == 200
    log(world, *(replace(TALK, title=f"Talk {number}") for number in range(40)))
    with statements(world) as for_many:
        assert alice.get(address).status_code == 200
    assert len(for_many) == len(for_one)
    assert len(for_many) <= MOST_STATEMENTS, "\n".join(for_many)

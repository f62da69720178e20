"""The calendar of a chapter and the time zone of a person: changing them moves mail, and sends none twice."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from harness.deliveries import QUIET_SINCE, QUIET_WEEKS, deliveries
from harness.people import Person, World, post
from sqlalchemy import select
from sqlalchemy.orm import Session
from time_machine import travel

from tenants.audit import AuditEntry
from tenants.chapter_life.services import change_calendar
from tenants.chapter_life.states import make_dormant
from tenants.chapters.models import Chapter
from tenants.db import opened
from tenants.errors import Refused
from tenants.mail.desk_models import DeskReader
from tenants.people.models import Membership, User
from tenants.reminders.due import process_chapter
from tenants.reminders.models import ChapterClock
from tenants.scope import ChapterScope, NobodyScope

Browse = Callable[[Person], FlaskClient]
ADDRESS = "/c/recife/calendar"


@contextmanager
def inside(world: World) -> Iterator[Session]:
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        yield session


def clock_of(world: World) -> datetime | None:
    with inside(world) as session:
        clocks = select(ChapterClock.next_at).where(ChapterClock.chapter_id == world.recife.id)
        return session.scalars(clocks).one_or_none()


def changed(world: World, at: datetime, zone: str, week: list[int]) -> None:
    with inside(world) as session:
        change_calendar(session, actor_id=world.alice.user_id, at=at, zone=zone, working_week=week)


def test_alice_changes_when_the_chapter_works_and_mail_follows_at_once(world: World, as_person: Browse) -> None:
    monday = datetime(2026, 3, 2, 12, tzinfo=UTC)
    with travel(monday, tick=True):
        alice = as_person(world.alice)
        html = alice.get(ADDRESS).get_data(as_text=True)
        assert "3 Mar 2026, 09:00" in html
        answer = post(alice, ADDRESS, zone="America/Manaus", working_week=["6", "7"])
        assert answer.status_code == 302
        assert "7 Mar 2026, 09:00" in alice.get(ADDRESS).get_data(as_text=True)
    assert clock_of(world) == datetime(2026, 3, 7, 13, tzinfo=UTC)
    with inside(world) as session:
        chapter = session.scalars(select(Chapter)).one()
        assert (chapter.zone, chapter.working_week) == ("America/Manaus", [6, 7])
        entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "chapter.calendar_changed")).all()
        assert [entry.details for entry in entries] == [{"zone": "America/Manaus", "working_week": "67"}]
    assert "Changed the chapter’s working days" in as_person(world.alice).get("/c/recife/trail").get_data(as_text=True)


@pytest.mark.parametrize(
    ("zone", "week", "sentence"),
    [
        ("Atlantis/Deep", ["1"], "Choose a time zone from the list."),
        ("America/Recife", [], "Choose the chapter’s working days."),
        ("America/Recife", ["8"], "Choose days from the list."),
    ],
)
def test_what_is_no_calendar_is_refused_at_its_field_and_changes_nothing(
    world: World, as_person: Browse, zone: str, week: list[str], sentence: str
) -> None:
    before = clock_of(world)
    answer = post(as_person(world.alice), ADDRESS, zone=zone, working_week=week)
    assert answer.status_code == 422
    assert sentence in answer.get_data(as_text=True)
    assert clock_of(world) == before


def test_who_may_not_manage_people_does_not_find_the_page(world: World, as_person: Browse) -> None:
    assert as_person(world.bob).get(ADDRESS).status_code == 404
    assert as_person(world.charlie).get(ADDRESS).status_code == 404
    assert "/calendar" not in as_person(world.bob).get("/c/recife/people").get_data(as_text=True)
    assert "/c/recife/calendar" in as_person(world.alice).get("/c/recife/people").get_data(as_text=True)


def test_saving_what_is_already_so_moves_no_clock_and_is_no_act(world: World) -> None:
    before = clock_of(world)
    changed(world, QUIET_SINCE, "America/Recife", [5, 4, 3, 2, 1, 1])
    assert clock_of(world) == before
    with inside(world) as session:
        acts = select(AuditEntry).where(AuditEntry.action == "chapter.calendar_changed")
        assert session.scalars(acts).all() == []


def test_a_chapter_whose_digest_is_written_has_no_second_one_that_day_by_moving_west(world: World) -> None:
    with world.app.app_context():
        assert process_chapter(world.recife.id, at=QUIET_SINCE, quiet_weeks=QUIET_WEEKS) == 1
    changed(world, QUIET_SINCE + timedelta(minutes=5), "America/Rio_Branco", [1, 2, 3, 4, 5])
    next_at = clock_of(world)
    assert next_at == datetime(2026, 3, 2, 14, tzinfo=UTC), "nine o'clock comes once more that Monday"
    with world.app.app_context():
        assert process_chapter(world.recife.id, at=next_at, quiet_weeks=QUIET_WEEKS) == 0
        assert len(deliveries()) == 1


def test_a_dormant_chapter_is_moved_without_starting_its_clock(world: World) -> None:
    with inside(world) as session:
        make_dormant(session, actor_id=world.dana.user_id, at=QUIET_SINCE, reason="They asked for it.")
    changed(world, QUIET_SINCE, "America/Manaus", [1])
    assert clock_of(world) is None


def test_an_unknown_zone_is_refused_by_the_service_too(world: World) -> None:
    with pytest.raises(Refused) as error:
        changed(world, QUIET_SINCE, "../etc/passwd", [])
    assert set(error.value.errors) == {"zone", "working_week"}


def test_alice_is_written_to_in_the_morning_of_where_she_lives(world: World, as_person: Browse) -> None:
    alice = as_person(world.alice)
    assert post(alice, "/me/zone", form="/me", zone="Asia/Tokyo").status_code == 302
    assert re.search(r'<option selected value="Asia/Tokyo">', alice.get("/me").get_data(as_text=True))
    with inside(world) as session:
        own_membership = session.scalars(select(Membership).where(Membership.user_id == world.alice.user_id)).one()
        assert own_membership.zone == "Asia/Tokyo"
    with world.app.app_context():
        process_chapter(world.recife.id, at=QUIET_SINCE, quiet_weeks=QUIET_WEEKS)
        (digest,) = deliveries()
    assert digest.next_at == datetime(2026, 3, 3, 0, tzinfo=UTC)
    assert post(alice, "/me/zone", form="/me", zone="").status_code == 302
    with inside(world) as session:
        own_membership = session.scalars(select(Membership).where(Membership.user_id == world.alice.user_id)).one()
        assert own_membership.zone is None


def test_dana_is_written_to_in_the_morning_of_where_she_lives(world: World, as_person: Browse) -> None:
    with travel(datetime(2026, 3, 2, 12, tzinfo=UTC), tick=True):
        assert post(as_person(world.dana), "/me/zone", form="/me", zone="America/New_York").status_code == 302
    with world.app.app_context(), opened(NobodyScope()) as session:
        reader = session.get_one(DeskReader, world.dana.user_id)
        assert (reader.zone, reader.next_at) == ("America/New_York", datetime(2026, 3, 2, 14, tzinfo=UTC))


def test_an_unknown_zone_of_a_person_is_refused(world: World, as_person: Browse) -> None:
    assert post(as_person(world.alice), "/me/zone", form="/me", zone="Atlantis/Deep").status_code == 422
    with world.app.app_context(), opened(NobodyScope()) as session:
        assert session.get_one(User, world.alice.user_id).zone is None

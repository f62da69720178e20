"""The page of a member's own reminders: frequency, absence, and what colleagues see."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from harness.people import Person, World, join, person, post
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from time_machine import travel
from undoing.undo_button import act, press

from solidarity.labels.obligations.reminders import put_off_until
from tenants import clock
from tenants.audit import AuditEntry
from tenants.db import opened
from tenants.people.models import DAYS_AWAY, Membership
from tenants.people.permissions import Role
from tenants.scope import ChapterScope

AsPerson = Callable[[Person], FlaskClient]
InChapter = Callable[..., AbstractContextManager[Session]]
PAGE = "/c/recife/reminders"
GOLDEN = Path(__file__).parents[1] / "golden"
A_DAY = timedelta(days=1)


def member(world: World, member_of: Person) -> Membership:
    """Return the membership of a person in Recife, detached."""
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        row = session.scalars(select(Membership).where(Membership.user_id == member_of.user_id)).one()
        session.expunge(row)
        return row


def today(world: World) -> date:
    return clock.local_day(clock.now(), "America/Recife")


def text(client: FlaskClient, address: str) -> str:
    return client.get(address).get_data(as_text=True)


def last_action(world: World) -> str:
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        return (
            session.scalars(select(AuditEntry.action).order_by(AuditEntry.at.desc(), AuditEntry.id.desc())).first()
            or ""
        )


def test_a_member_chooses_a_mail_a_week_and_takes_it_back(world: World, as_person: AsPerson) -> None:
    bob = as_person(world.bob)
    assert re.search(r'checked[^>]*value="daily"', text(bob, PAGE))
    undo = act(bob, f"{PAGE}/frequency", frequency="weekly")
    assert re.search(r'checked[^>]*value="weekly"', text(bob, PAGE))
    assert (member(world, world.bob).digest_frequency, member(world, world.alice).digest_frequency) == (
        "weekly",
        "daily",
    )
    assert last_action(world) == "reminder.frequency_set"
    assert press(bob, undo)[0] == "status"
    assert member(world, world.bob).digest_frequency == "daily"


def test_an_unknown_frequency_is_refused(world: World, as_person: AsPerson) -> None:
    answer = post(as_person(world.bob), f"{PAGE}/frequency", form=PAGE, frequency="hourly")
    assert answer.status_code == 422
    assert member(world, world.bob).digest_frequency == "daily"


def test_colleagues_see_until_when_a_member_is_away(world: World, as_person: AsPerson) -> None:
    bob, alice, until_on = as_person(world.bob), as_person(world.alice), today(world) + 9 * A_DAY
    undo = act(bob, f"{PAGE}/absence", until_on=until_on.isoformat())
    assert "Away until" in text(alice, "/c/recife/people")
    assert "You are away until" in text(bob, PAGE)
    row = member(world, world.bob)
    assert (row.away_since, row.away_until) == (today(world), until_on)
    with travel(clock.now() + 9 * A_DAY, tick=True):
        assert "Away until" in text(as_person(world.alice), "/c/recife/people"), "the last day is part of the absence"
    with travel(clock.now() + 10 * A_DAY, tick=True):
        assert "Away until" not in text(as_person(world.alice), "/c/recife/people"), "it did not end by itself"
        assert "You are away until" not in text(as_person(world.bob), PAGE)
    assert press(bob, undo)[0] == "status"
    assert member(world, world.bob).away_until is None


def test_an_absence_can_be_ended_at_once_and_that_be_undone(world: World, as_person: AsPerson) -> None:
    bob, until_on = as_person(world.bob), today(world) + 9 * A_DAY
    act(bob, f"{PAGE}/absence", until_on=until_on.isoformat())
    undo = act(bob, f"{PAGE}/return")
    assert not member(world, world.bob).is_away(today(world))
    assert "You are away until" not in text(bob, PAGE)
    assert last_action(world) == "reminder.back"
    assert press(bob, undo)[0] == "status"
    assert member(world, world.bob).away_until == until_on


@pytest.mark.parametrize(
    ("days", "message"),
    [
        (-1, "Choose today or a later day."),
        (DAYS_AWAY + 1, "Choose a day within the next 90 days."),
        (None, "Choose a day."),
    ],
)
def test_a_day_that_is_over_or_far_away_is_refused(
    world: World, as_person: AsPerson, days: int | None, message: str
) -> None:
    until_on = "" if days is None else (today(world) + days * A_DAY).isoformat()
    answer = post(as_person(world.bob), f"{PAGE}/absence", form=PAGE, until_on=until_on)
    assert answer.status_code == 422
    assert message in answer.get_data(as_text=True)
    assert member(world, world.bob).away_until is None


@pytest.mark.parametrize("days", [0, DAYS_AWAY])
def test_the_first_and_the_last_possible_day_are_accepted(world: World, as_person: AsPerson, days: int) -> None:
    until_on = today(world) + days * A_DAY
    answer = post(as_person(world.bob), f"{PAGE}/absence", form=PAGE, until_on=until_on.isoformat())
    assert answer.status_code == 302
    assert member(world, world.bob).away_until == until_on


@pytest.mark.parametrize(
    "values",
    [
        {"away_since": date(2026, 3, 1), "away_until": date(2026, 3, 1) + (DAYS_AWAY + 1) * A_DAY},
        {"away_since": date(2026, 3, 2), "away_until": date(2026, 3, 1)},
        {"away_since": date(2026, 3, 2), "away_until": None},
        {"away_since": None, "away_until": date(2026, 3, 2)},
        {"digest_frequency": "hourly"},
    ],
)
def test_no_other_state_can_be_stored(world: World, in_chapter: InChapter, values: dict[str, Any]) -> None:
    statement = update(Membership).where(Membership.user_id == world.bob.user_id).values(**values)
    with pytest.raises(IntegrityError), in_chapter(world.recife) as session:
        session.execute(statement)


def test_a_member_with_fewer_mails_reads_when_a_postponed_task_comes_again(world: World) -> None:
    day = today(world) + 3 * A_DAY
    with world.app.test_request_context():
        daily = put_off_until(day, "BR", Membership(digest_frequency="daily"))
        weekly = put_off_until(day, "BR", Membership(digest_frequency="weekly"))
        away = put_off_until(day, "BR", Membership(digest_frequency="daily", away_since=today(world), away_until=day))
        back = put_off_until(day + A_DAY, "BR", Membership(digest_frequency="daily", away_until=day))
    assert "again on" in daily
    assert "again on" in back
    assert "in your first email from" in weekly
    assert weekly == away


def test_the_page_says_who_is_reminded_instead(world: World, as_person: AsPerson) -> None:
    assert "Nobody is reminded instead of you. Deputies are told" in text(as_person(world.bob), PAGE)
    assert "no deputy who is there" in text(as_person(world.alice), PAGE)
    with world.app.app_context():
        duda = person("Duda")
        join(world.recife, duda, Role.DEPUTY)
    assert "these deputies also get the reminders about your tasks: Duda." in text(as_person(world.alice), PAGE)
    act(as_person(duda), f"{PAGE}/absence", until_on=today(world).isoformat())
    assert "no deputy who is there" in text(as_person(world.alice), PAGE), "the deputy is away too"


def test_the_links_of_a_digest_lead_to_the_forms(world: World, as_person: AsPerson) -> None:
    mail = (GOLDEN / "digest_coming.en.html").read_text()
    page = text(as_person(world.alice), PAGE)
    for anchor in ("frequency", "absence"):
        assert f'{PAGE}#{anchor}"' in mail
        assert page.count(f'id="{anchor}"') == 1
    for address in ("/c/recife/messages?to=me", "/me"):
        assert f'href="{PAGE}"' in text(as_person(world.alice), address)

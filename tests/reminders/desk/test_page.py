"""A person at UN Women reads their own desk mails, and no other person can read them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from desk.page_texts import next_address, page, rows_of, statements_of
from flask.testing import FlaskClient
from harness.mail_sink import Mailbox, point_mail_at
from harness.people import Person, World, desk_person, post
from reminders.desk.mornings import MONDAY, end_appointment, process_desk, read, settle
from sqlalchemy import update
from time_machine import travel

from tenants.db import new_id, opened
from tenants.mail.delivery import send_waiting
from tenants.mail.desk_models import DeskNotification
from tenants.people.models import DeskAppointment
from tenants.people.permissions import DeskRole
from tenants.scope import NobodyScope
from workers.reminders import make_mail_sender

AsPerson = Callable[[Person], FlaskClient]
ADDRESS = "/desk/messages"
MOST_STATEMENTS = 12


@pytest.fixture(autouse=True)
def monday(world: World, mailbox: Mailbox) -> Iterator[None]:
    """Travel to Monday at 9:00 UTC, without an application context, since browsers have their own."""
    point_mail_at(world.app, port=mailbox.port, outbox=mailbox.folder)
    with travel(MONDAY, tick=True):
        with world.app.app_context():
            settle()
        yield


def somebody(world: World, role: DeskRole, *countries: str) -> Person:
    with world.app.app_context():
        return desk_person("Erin", role, countries)


def write_to(world: World, person: Person) -> None:
    """Write the mail of this morning for a person."""
    with world.app.app_context():
        assert process_desk(person) == 1


def send(world: World) -> None:
    """Send all waiting mails."""
    with world.app.app_context():
        send_waiting(make_mail_sender(world.app), seconds=10)


def test_dana_reads_what_was_sent_to_her_and_of_which_chapters(world: World, as_person: AsPerson) -> None:
    write_to(world, world.dana)
    send(world)
    [row] = rows_of(page(as_person(world.dana), ADDRESS))
    assert row.startswith("Weekly summary of your chapters ElesPorElas Recife No activity logged HeForShe Huye")
    assert "Sent" in row
    assert "9 Mar 2026, 09:00" in row


def test_erin_reads_why_something_was_not_sent(world: World, as_person: AsPerson) -> None:
    erin = somebody(world, DeskRole.COUNTRY_DESK, "BR")
    write_to(world, erin)
    with world.app.app_context():
        end_appointment(erin, on=MONDAY.date() - timedelta(days=1))
    send(world)
    with world.app.app_context():
        end_appointment(erin, on=MONDAY.date() + timedelta(days=1))
    [row] = rows_of(page(as_person(erin), ADDRESS))
    assert "On hold The appointment had ended." in row


def test_erin_reads_nothing_that_was_sent_to_dana(world: World, as_person: AsPerson) -> None:
    write_to(world, world.dana)
    html = page(as_person(somebody(world, DeskRole.VIEWER, "BR", "RW")), ADDRESS)
    assert "No messages yet" in html
    assert "Recife" not in html


@pytest.mark.parametrize("name", ["alice", "bob", "charlie"])
def test_people_of_a_chapter_find_no_such_page(world: World, as_person: AsPerson, name: str) -> None:
    assert as_person(getattr(world, name)).get(ADDRESS).status_code == 404


def test_the_page_is_led_to_from_every_page_of_the_desk_and_from_her_own(world: World, as_person: AsPerson) -> None:
    dana = as_person(world.dana)
    for address in ("/desk", "/desk/approvals", "/me"):
        assert f'href="{ADDRESS}"' in page(dana, address)
    assert ADDRESS not in page(as_person(world.alice), "/me")


def test_fifty_are_on_a_page_the_newest_first(world: World, as_person: AsPerson) -> None:
    with world.app.app_context(), opened(NobodyScope(login="worker")) as session:
        session.add_all(_approvals(world, days) for days in range(60))
    dana = as_person(world.dana)
    first = page(dana, ADDRESS)
    assert len(rows_of(first)) == 50
    assert "9 Mar 2026" in rows_of(first)[0]
    second = page(dana, next_address(first))
    assert len(rows_of(second)) == 10
    assert rows_of(page(dana, next_address(second, "prev"))) == rows_of(first)
    assert statements_of(dana, ADDRESS) <= MOST_STATEMENTS


def test_who_reads_another_language_is_written_to_in_it(world: World, as_person: AsPerson) -> None:
    dana = as_person(world.dana)
    for language in ("ar", "en"):
        assert post(dana, "/me/language", form="/me", language=language).status_code == 302
        with world.app.app_context():
            assert read(world.dana.user_id).language == language


def test_a_chapter_she_no_longer_sees_has_no_name_on_the_page(world: World, as_person: AsPerson) -> None:
    erin = somebody(world, DeskRole.COUNTRY_DESK, "BR", "RW")
    write_to(world, erin)
    with world.app.app_context(), opened(NobodyScope()) as session:
        statement = update(DeskAppointment).where(DeskAppointment.user_id == erin.user_id)
        session.execute(statement.values(countries=["BR"]))
    [row] = rows_of(page(as_person(erin), ADDRESS))
    assert "Recife" in row
    assert "Huye" not in row


def _approvals(world: World, days: int) -> DeskNotification:
    at = MONDAY - timedelta(days=days)
    item = {"kind": "plan_to_approve", "chapter_id": str(world.recife.id), "subject_id": str(new_id())}
    return DeskNotification(
        user_id=world.dana.user_id,
        kind="desk_approvals",
        local_day=at.date(),
        items=[item] * 8,
        state="sent",
        made_at=at,
        done_at=at,
        delivery_id=new_id(),
    )

"""The schedule of desk mails: a summary each week, approvals on other mornings, never both on one day."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from harness.people import World, desk_person
from reminders.desk.mornings import (
    MONDAY,
    TUESDAY,
    chapters_in_latest,
    end_appointment,
    notifications_of,
    process_desk,
    read,
    send_report,
    stand_in,
    written,
)
from sqlalchemy import update
from time_machine import travel

from tenants.db import opened
from tenants.mail.delivery import MailSender, send_waiting
from tenants.mail.desk_models import DeskReader
from tenants.people.permissions import DeskRole
from tenants.reminders.desk.due import process_reader, readers_due
from tenants.scope import NobodyScope
from workers import reminders
from workers.celery_factory import make_celery

SUMMARY, APPROVALS = "desk_summary", "desk_approvals"
A_DAY = timedelta(days=1)
EVERYBODY_IS_NEW = datetime(2026, 1, 20, 9, tzinfo=UTC)  # a Tuesday, eight days after the world's people joined


def live_in(world: World, zone: str) -> None:
    with opened(NobodyScope()) as session:
        session.execute(update(DeskReader).where(DeskReader.user_id == world.dana.user_id).values(zone=zone))


def sent_at(mail_sender: MailSender, at: datetime) -> int:
    with travel(at, tick=True):
        return send_waiting(mail_sender, seconds=10)


def test_dana_gets_the_week_on_monday_and_on_tuesday_what_has_waited(world: World, mail_sender: MailSender) -> None:
    send_report(world, world.recife, at=MONDAY - 3 * A_DAY)
    assert process_desk(world.dana) == 1
    assert sent_at(mail_sender, MONDAY) == 1
    assert process_desk(world.dana, TUESDAY) == 1
    assert written() == [(SUMMARY, date(2026, 3, 9)), (APPROVALS, date(2026, 3, 10))]
    assert sent_at(mail_sender, TUESDAY) == 1
    assert notifications_of(world.dana) == [(SUMMARY, "sent", None), (APPROVALS, "sent", None)]


def test_what_waits_for_less_than_two_days_is_no_mail(world: World, mail_sender: MailSender) -> None:
    send_report(world, world.recife, at=TUESDAY - timedelta(hours=47))
    assert process_desk(world.dana) == 1
    assert sent_at(mail_sender, MONDAY) == 1
    assert process_desk(world.dana, TUESDAY) == 0
    assert process_desk(world.dana, TUESDAY + A_DAY) == 1, "by Wednesday it has waited for longer"


def test_nothing_is_written_where_there_is_nothing_to_say(world: World, mail_sender: MailSender) -> None:
    with travel(EVERYBODY_IS_NEW, tick=True):
        assert process_desk(world.dana, EVERYBODY_IS_NEW) == 0
        assert process_desk(world.dana, EVERYBODY_IS_NEW + A_DAY) == 0
    assert written() == []
    assert notifications_of(world.dana) == []


def test_a_week_without_anything_to_say_had_its_summary(world: World, mail_sender: MailSender) -> None:
    assert process_desk(world.dana, EVERYBODY_IS_NEW) == 0
    send_report(world, world.recife, at=EVERYBODY_IS_NEW - 3 * A_DAY)
    assert process_desk(world.dana, EVERYBODY_IS_NEW + A_DAY) == 1
    assert written() == [(APPROVALS, date(2026, 1, 21))]


def test_dana_gets_the_week_on_tuesday_when_no_worker_ran_on_monday(world: World, mail_sender: MailSender) -> None:
    assert process_desk(world.dana, TUESDAY) == 1
    assert written() == [(SUMMARY, date(2026, 3, 10))]
    assert process_desk(world.dana, TUESDAY + 6 * A_DAY) == 1, "and on Monday the next one"
    assert written()[-1] == (SUMMARY, date(2026, 3, 16))


def test_a_summary_that_has_not_gone_out_yet_is_not_joined_by_approvals(world: World, mail_sender: MailSender) -> None:
    send_report(world, world.recife, at=MONDAY - 3 * A_DAY)
    assert process_desk(world.dana) == 1
    assert process_desk(world.dana, TUESDAY) == 0
    assert sent_at(mail_sender, TUESDAY) == 1
    assert process_desk(world.dana, TUESDAY + A_DAY) == 1


def test_nobody_is_written_to_at_night_or_at_the_weekend(world: World, mail_sender: MailSender) -> None:
    for at in (MONDAY + timedelta(hours=13), MONDAY - A_DAY):
        assert process_desk(world.dana, at) == 0
    assert written() == []
    assert read(world.dana.user_id).next_at == MONDAY
    assert process_desk(world.dana, MONDAY) == 1


def test_her_morning_and_her_day_are_those_of_her_zone(world: World, mail_sender: MailSender) -> None:
    live_in(world, "Asia/Tokyo")
    at = datetime(2026, 3, 9, 0, 0, tzinfo=UTC)
    assert process_desk(world.dana, at) == 1
    assert written() == [(SUMMARY, date(2026, 3, 9))]
    assert read(world.dana.user_id).next_at == at + A_DAY


def test_ticks_at_the_same_moment_write_one_mail(world: World, mail_sender: MailSender) -> None:
    ready, mail_counts = threading.Barrier(6), []

    def tick() -> None:
        with world.app.app_context():
            ready.wait()
            mail_counts.append(process_reader(world.dana.user_id, at=MONDAY, quiet_weeks=4))

    threads = [threading.Thread(target=tick) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(mail_counts) == [0, 0, 0, 0, 0, 1]
    assert len(written()) == len(notifications_of(world.dana)) == 1


def test_a_failure_half_way_writes_nothing_and_puts_her_off_for_an_hour(
    world: World, mail_sender: MailSender, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise LookupError

    monkeypatch.setattr("tenants.reminders.desk.due.DeskNotification", fail)
    assert process_desk(world.dana) == 0
    assert (written(), read(world.dana.user_id).next_at) == ([], MONDAY + timedelta(hours=1))
    assert read(world.dana.user_id).summary_on is None, "or the week would have no summary"
    monkeypatch.undo()
    assert process_desk(world.dana, MONDAY + timedelta(hours=1)) == 1


def test_a_tick_writes_the_desks_mails_and_the_chapters(world: World, mail_sender: MailSender) -> None:
    celery = make_celery(world.app)
    celery.loader.import_default_modules()
    assert celery.tasks["workers.reminders.tick"]() >= 1
    assert written() == [(SUMMARY, date(2026, 3, 9))]
    celery.tasks["workers.reminders.tick"]()
    assert len(written()) == 1


def test_a_tick_that_could_not_do_all_rings_for_the_next(
    world: World, mail_sender: MailSender, monkeypatch: pytest.MonkeyPatch
) -> None:
    celery = make_celery(world.app)
    celery.loader.import_default_modules()
    rung: list[bool] = []
    monkeypatch.setattr(reminders, "CHAPTERS_A_TICK", 1)
    monkeypatch.setattr(reminders.tick, "delay", lambda: rung.append(True))
    for _ in (world.recife, world.huye):
        celery.tasks["workers.reminders.tick"]()
    assert rung == [True, True]
    celery.tasks["workers.reminders.tick"]()
    assert rung == [True, True], "nobody is due any more"


def test_whoever_is_appointed_is_due_on_her_next_working_morning(world: World, mail_sender: MailSender) -> None:
    friday = datetime(2026, 3, 6, 15, tzinfo=UTC)
    with travel(friday, tick=False):
        erin = desk_person("Erin", DeskRole.COUNTRY_DESK, ("BR",))
    reader = read(erin.user_id)
    assert (reader.name, reader.email, reader.language) == ("Erin", "erin@desk.example", "en")
    assert reader.next_at == datetime(2026, 1, 13, 9, tzinfo=UTC), "the day after the standing people began"
    with opened(NobodyScope(login="worker")) as session:
        assert readers_due(session, at=MONDAY - timedelta(seconds=1), limit=10) == [erin.user_id]
        assert set(readers_due(session, at=MONDAY, limit=10)) == {erin.user_id, world.dana.user_id}
        assert len(readers_due(session, at=MONDAY, limit=1)) == 1


def test_the_country_desk_hears_of_her_country_and_the_facilitator_of_the_others(
    world: World, mail_sender: MailSender
) -> None:
    erin = desk_person("Erin", DeskRole.COUNTRY_DESK, ("BR",))
    vera = desk_person("Vera", DeskRole.VIEWER, ("BR", "RW"))
    mail_counts = {officer.name: process_desk(officer) for officer in (erin, vera, world.dana)}
    assert mail_counts == {"Erin": 1, "Vera": 0, "Dana": 1}
    assert chapters_in_latest(erin) == {world.recife.id}
    assert chapters_in_latest(world.dana) == {world.huye.id}


def test_the_facilitator_hears_of_a_country_whose_desk_is_gone(world: World, mail_sender: MailSender) -> None:
    erin = desk_person("Erin", DeskRole.COUNTRY_DESK, ("BR",))
    end_appointment(erin, on=MONDAY.date() - A_DAY)
    assert (process_desk(erin), process_desk(world.dana)) == (0, 1)
    assert chapters_in_latest(world.dana) == {world.recife.id, world.huye.id}


def test_a_stand_in_hears_of_it_on_her_days_alone(world: World, mail_sender: MailSender) -> None:
    erin = desk_person("Erin", DeskRole.COUNTRY_DESK, ("BR",))
    sofia = desk_person("Sofia", DeskRole.VIEWER, ("BR",))
    stand_in(sofia, of=erin, since=MONDAY.date(), until=MONDAY.date() + 6 * A_DAY)
    assert process_desk(sofia) == 1
    assert chapters_in_latest(sofia) == {world.recife.id}
    assert process_desk(sofia, MONDAY + 7 * A_DAY) == 0

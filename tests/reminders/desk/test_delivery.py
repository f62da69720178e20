"""A desk mail is true when it is sent, or it is not sent, and its inbox copy gives the reason."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from harness.deliveries import log_talk, make_due
from harness.mail_server import Fault, MailServer
from harness.mail_sink import Mailbox, point_mail_at
from harness.people import World, desk_person
from reminders.desk.mornings import (
    MONDAY,
    TUESDAY,
    chapters_in_latest,
    decide_report,
    end_appointment,
    notifications_of,
    process_desk,
    send_report,
)
from time_machine import travel

from tenants.action_kit.plan.lines import start_from_template
from tenants.action_kit.plan.services import submit_plan
from tenants.db import opened
from tenants.mail import ledger
from tenants.mail.delivery import MailSender, send_waiting
from tenants.mail.letters import queue_letter
from tenants.mail.models import Delivery, MailKind
from tenants.people.permissions import DeskRole
from tenants.scope import ChapterScope, NobodyScope
from workers.reminders import make_mail_sender

A_DAY = timedelta(days=1)


def sent_at(mail_sender: MailSender, at: datetime) -> int:
    make_due(at)
    with travel(at, tick=True):
        return send_waiting(mail_sender, seconds=10)


def approvals_wait(world: World, mail_sender: MailSender) -> None:
    """Monday's summary is sent, and Tuesday's approvals wait in the ledger."""
    send_report(world, world.recife, at=MONDAY - 3 * A_DAY)
    process_desk(world.dana)
    sent_at(mail_sender, MONDAY)
    assert process_desk(world.dana, TUESDAY) == 1


def test_approvals_that_were_given_meanwhile_are_not_asked_for(
    world: World, mail_sender: MailSender, mailbox: Mailbox
) -> None:
    approvals_wait(world, mail_sender)
    mailbox.empty()
    decide_report(world, world.recife, at=TUESDAY)
    assert sent_at(mail_sender, TUESDAY) == 0
    assert mailbox.mails() == []
    assert notifications_of(world.dana)[-1] == ("desk_approvals", "lapsed", "nothing_left")


def test_a_summary_leaves_out_what_was_done_meanwhile(world: World, mail_sender: MailSender, mailbox: Mailbox) -> None:
    assert process_desk(world.dana) == 1
    assert chapters_in_latest(world.dana) == {world.recife.id, world.huye.id}
    _catch_up(world)
    assert sent_at(mail_sender, MONDAY) == 1
    assert [mail["Subject"] for mail in mailbox.mails()] == ["1 chapter has a task overdue by 10 days or more"]
    assert chapters_in_latest(world.dana) == {world.huye.id}, "the twin says what was sent"


def test_nothing_is_sent_to_somebody_whose_appointment_has_ended(
    world: World, mail_sender: MailSender, mailbox: Mailbox
) -> None:
    assert process_desk(world.dana) == 1
    end_appointment(world.dana, on=MONDAY.date() - A_DAY)
    assert sent_at(mail_sender, MONDAY) == 0
    assert mailbox.mails() == []
    assert notifications_of(world.dana) == [("desk_summary", "held", "appointment_ended")]


def test_nothing_is_sent_once_a_desk_closer_to_the_chapters_has_it(
    world: World, mail_sender: MailSender, mailbox: Mailbox
) -> None:
    assert process_desk(world.dana) == 1
    desk_person("Erin", DeskRole.COUNTRY_DESK, ("BR", "RW"))
    assert sent_at(mail_sender, MONDAY) == 0
    assert notifications_of(world.dana) == [("desk_summary", "lapsed", "nothing_left")]


def test_approvals_that_missed_their_day_are_the_next_mails(world: World, mail_sender: MailSender) -> None:
    approvals_wait(world, mail_sender)
    assert sent_at(mail_sender, TUESDAY + A_DAY) == 0
    assert notifications_of(world.dana)[-1] == ("desk_approvals", "held", "overtaken")


def test_a_summary_goes_out_until_its_week_is_over(world: World, mail_sender: MailSender) -> None:
    assert process_desk(world.dana) == 1
    assert sent_at(mail_sender, MONDAY + 7 * A_DAY) == 0
    assert notifications_of(world.dana) == [("desk_summary", "held", "overtaken")]
    assert process_desk(world.dana, MONDAY + 7 * A_DAY) == 1
    assert sent_at(mail_sender, MONDAY + 11 * A_DAY) == 1


def test_her_page_says_when_the_mail_server_put_it_off(world: World, mail_sender: MailSender) -> None:
    assert process_desk(world.dana) == 1
    with MailServer().listening() as server:
        server.faults.append(Fault.LATER_AFTER_DOT)
        point_mail_at(world.app, port=server.port, outbox=None)
        sender = make_mail_sender(world.app)
        assert sent_at(sender, MONDAY) == 0
        assert notifications_of(world.dana) == [("desk_summary", "pending", "relay_refused")]
        assert sent_at(sender, MONDAY + timedelta(hours=1)) == 1
    assert notifications_of(world.dana) == [("desk_summary", "sent", None)]


def test_a_letter_that_somebody_waits_for_goes_before_the_desks_mails(world: World, mail_sender: MailSender) -> None:
    assert process_desk(world.dana) == 1
    with opened(NobodyScope()) as session:
        queue_letter(
            session,
            secret_key=world.settings.secret_key.get_secret_value(),
            user_id=world.alice.user_id,
            email=world.alice.email,
            name=world.alice.name,
            language="en",
            letter="password_reset",
            link="http://127.0.0.1:8000/reset/token",
            at=MONDAY + timedelta(minutes=1),
        )
    with opened(NobodyScope(login="worker")) as session:
        [first] = ledger.claim(session, [None], at=MONDAY + timedelta(minutes=2), limit=1)
        assert session.get_one(Delivery, first.id).kind == MailKind.LETTER


def _catch_up(world: World) -> None:
    """Complete everything that is overdue in Recife."""
    actor: dict[str, Any] = {"actor_id": world.alice.user_id, "at": MONDAY}
    with world.app.test_request_context(), opened(ChapterScope(world.recife.id)) as session:
        log_talk(session, by=world.alice.user_id, at=MONDAY)
        start_from_template(session, **actor)
        submit_plan(session, **actor)

"""The ladder in the product: recipients and days of each rung, and what happens when a mail is not accepted."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from unittest.mock import patch

import pytest
from harness.deliveries import QUIET_WEEKS, expire_leases, log_talk, make_obligation
from harness.mail_server import Fault, MailServer
from harness.mail_sink import Mailbox, point_mail_at
from harness.people import World, join, person
from reminders.mornings import (
    digests_to,
    live_until,
    membership_of,
    morning_after,
    next_at,
    rungs_of,
    rungs_sent_in,
    set_calendar,
    try_again,
)
from reminders.simulation import A_DAY, HORIZON, Calendar, Preferences, Worker, live
from reminders.test_ended_terms import pass_on
from sqlalchemy import select
from sqlalchemy.orm import Session
from time_machine import travel

from tenants.action_kit.activities.obligations import QUIET_CHAPTER
from tenants.action_kit.evaluation.models import Report
from tenants.action_kit.evaluation.periods import Period
from tenants.action_kit.plan.obligations import PLAN_TO_SUBMIT
from tenants.action_kit.reports.obligations import REPORT_DUE, RETURNED_REPORT
from tenants.action_kit.reports.services import open_report, return_report, submit_report
from tenants.mail.delivery import MailSender, send_waiting, tidy
from tenants.mail.models import DeliveryState, Notification
from tenants.obligations.ladder import DEPUTY
from tenants.obligations.models import Obligation
from tenants.overview.obligation_kinds import KINDS
from tenants.overview.obligations import obligations_due
from tenants.people.models import DigestFrequency, Membership
from tenants.people.permissions import Role
from tenants.reminders.due import process_chapter
from workers.reminders import make_mail_sender

InChapter = Callable[..., AbstractContextManager[Session]]
SetObligations = Callable[[list[Obligation]], None]
MONDAY = datetime(2026, 6, 1, 12, tzinfo=UTC)  # nine o'clock at Recife, and no holiday is near
WEEKDAYS, EVERY_DAY = (1, 2, 3, 4, 5), (1, 2, 3, 4, 5, 6, 7)


@pytest.fixture
def set_obligations(monkeypatch: pytest.MonkeyPatch) -> SetObligations:
    """Return a function that sets the obligations of Recife."""

    def say(obligations: list[Obligation]) -> None:
        def read(_session: Session, *, by: date, **_: Any) -> list[Obligation]:
            return sorted((due for due in obligations if due.due_on <= by), key=lambda due: due.due_on)

        monkeypatch.setattr("tenants.reminders.rungs.obligations_due", read)

    return say


@pytest.fixture
def alice(world: World, mail_sender: MailSender) -> Any:
    """Alice's membership. Recife's clock is set to a Monday in June."""
    set_calendar(world.recife, zone="America/Recife", week=WEEKDAYS, at=MONDAY - timedelta(hours=1))
    return membership_of(world.recife, world.alice)


def test_each_kind_is_told_on_the_days_of_its_ladder(
    world: World, mail_sender: MailSender, alice: Any, set_obligations: SetObligations
) -> None:
    set_calendar(world.recife, zone="America/Recife", week=EVERY_DAY, at=MONDAY - timedelta(hours=1))
    due_on = date(2026, 6, 24)
    set_obligations([make_obligation(world, kind, due_on, owner=alice) for kind in KINDS])
    live_until(world.recife, mail_sender, datetime(2026, 7, 13, 12, 1, tzinfo=UTC))
    for kind in KINDS:
        expected = [(rung, due_on + rung * A_DAY) for rung in (*kind.ladder, 17)]
        sent_rungs = [
            (sent_rung.rung, sent_rung.at.date())
            for sent_rung in rungs_sent_in(world.recife)
            if sent_rung.kind == kind.code
        ]
        assert sent_rungs == expected, kind
    days = {sent_rung.at.date() for sent_rung in rungs_sent_in(world.recife)}
    assert [digest.local_day for digest in digests_to(alice)] == sorted(days), "one mail a day, and none without news"
    assert {digest.state for digest in digests_to(alice)} == {DeliveryState.SENT}


def test_a_deputy_hears_once_and_the_owner_every_week_until_it_is_done(
    world: World, mail_sender: MailSender, alice: Any, set_obligations: SetObligations
) -> None:
    duda = person("Duda")
    join(world.recife, duda, Role.DEPUTY)
    deputy_id = membership_of(world.recife, duda)
    set_obligations([make_obligation(world, REPORT_DUE, date(2026, 6, 1), owner=alice)])
    live_until(world.recife, mail_sender, datetime(2026, 7, 1, 12, 1, tzinfo=UTC))
    assert rungs_of(world.recife, alice) == [0, 3, 10, 17, 24]
    assert rungs_of(world.recife, deputy_id) == [DEPUTY]
    assert len(digests_to(deputy_id)) == 1
    set_obligations([])
    live_until(world.recife, mail_sender, datetime(2026, 7, 10, 12, 1, tzinfo=UTC))
    assert rungs_of(world.recife, alice) == [0, 3, 10, 17, 24]


def test_two_things_on_their_rungs_are_one_mail(
    world: World,
    mail_sender: MailSender,
    mailbox: Mailbox,
    in_chapter: InChapter,
    alice: Any,
    set_obligations: SetObligations,
) -> None:
    first = make_obligation(world, REPORT_DUE, date(2026, 6, 8), owner=alice, title="2026-01-01")
    second = make_obligation(world, PLAN_TO_SUBMIT, date(2026, 6, 15), owner=alice)
    set_obligations([first, second])
    morning_after(world.recife, mail_sender)
    assert sorted(rungs_of(world.recife, alice)) == [-14, -7]
    assert len(mailbox.mails(to=world.alice.email)) == 1
    with in_chapter(world.recife) as session:
        copy_row = session.scalars(select(Notification).where(Notification.membership_id == alice)).one()
    assert [item["rung"] for item in copy_row.items] == [-7, -14]


def test_a_returned_report_is_told_of_after_a_day(
    world: World, mail_sender: MailSender, in_chapter: InChapter, alice: Any
) -> None:
    period, wednesday = Period(date(2026, 1, 1)), datetime(2026, 6, 3, 15, tzinfo=UTC)
    with in_chapter(world.recife) as session:
        open_report(session, period=period, at=MONDAY)
        report = session.scalars(select(Report)).one()
        submit_report(session, report_id=report.id, actor_id=world.alice.user_id, at=MONDAY, is_nil=True)
        return_report(
            session,
            report_id=report.id,
            number=1,
            reason="The counts of March are missing.",
            actor_id=world.dana.user_id,
            at=wednesday,
        )
    live_until(world.recife, mail_sender, wednesday)
    assert rungs_of(world.recife, alice, RETURNED_REPORT) == []
    live_until(world.recife, mail_sender, wednesday + 1 * A_DAY)
    (sent_rung,) = [sent_rung for sent_rung in rungs_sent_in(world.recife) if sent_rung.kind == RETURNED_REPORT.code]
    assert (sent_rung.who, sent_rung.rung, sent_rung.at.date()) == (alice, -6, date(2026, 6, 4))


def test_whoever_answers_after_a_handover_hears_of_the_rung_that_holds(
    world: World, mail_sender: MailSender, in_chapter: InChapter, alice: Any
) -> None:
    morning = morning_after(world.recife, mail_sender)
    alice_rungs = {
        (sent_rung.kind, sent_rung.rung) for sent_rung in rungs_sent_in(world.recife) if sent_rung.who == alice
    }
    assert alice_rungs
    pass_on(world, in_chapter, at=morning + timedelta(hours=1), stays_as=Role.MEMBER)
    morning_after(world.recife, mail_sender)
    bob = membership_of(world.recife, world.bob)
    assert {
        (sent_rung.kind, sent_rung.rung) for sent_rung in rungs_sent_in(world.recife) if sent_rung.who == bob
    } >= alice_rungs
    assert len(digests_to(alice)) == 1


def test_what_was_done_before_it_went_out_consumes_nothing(
    world: World, mail_sender: MailSender, in_chapter: InChapter, alice: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def of_the_log(*args: Any, **kwargs: Any) -> list[Obligation]:
        return [due for due in obligations_due(*args, **kwargs) if due.kind is QUIET_CHAPTER]

    monkeypatch.setattr("tenants.reminders.rungs.obligations_due", of_the_log)
    moment = next_at(world.recife)
    assert process_chapter(world.recife.id, at=moment, quiet_weeks=QUIET_WEEKS) == 1
    with in_chapter(world.recife, world.alice) as session:
        log_talk(session, by=world.alice.user_id, at=moment)
    try_again(mail_sender, moment)
    assert [digest.state for digest in digests_to(alice)] == [DeliveryState.LAPSED]
    assert rungs_sent_in(world.recife) == []


@pytest.fixture
def foreign(world: World, mail_server: MailServer, alice: Any, set_obligations: SetObligations) -> MailSender:
    """One obligation is due. Mails go to a server with faults on demand, which can be asked for what it has stored."""
    set_obligations([make_obligation(world, REPORT_DUE, MONDAY.date(), owner=alice, title="2026-01-01")])
    point_mail_at(world.app, port=mail_server.port, outbox=None)
    return replace(make_mail_sender(world.app), probe=lambda _delivery: bool(mail_server.stored))


def test_what_the_server_would_not_take_is_given_back_and_told_by_the_next_try(
    world: World, foreign: MailSender, mail_server: MailServer, alice: Any
) -> None:
    mail_server.faults.append(Fault.LATER_AFTER_DOT)
    moment = morning_after(world.recife, foreign)
    assert [digest.state for digest in digests_to(alice)] == [DeliveryState.PENDING]
    assert rungs_sent_in(world.recife) == []
    try_again(foreign, moment + timedelta(minutes=10))
    assert len(mail_server.stored) == 1
    assert rungs_of(world.recife, alice) == [0]


def test_what_the_server_would_not_take_all_day_is_told_the_next_morning(
    world: World, foreign: MailSender, mail_server: MailServer, alice: Any
) -> None:
    mail_server.faults.append(Fault.LATER_AFTER_DOT)
    moment = morning_after(world.recife, foreign)
    try_again(foreign, moment + timedelta(hours=11, minutes=5))
    assert [digest.state for digest in digests_to(alice)] == [DeliveryState.HELD], "it was sent in the evening"
    assert rungs_sent_in(world.recife) == []
    morning_after(world.recife, foreign)
    assert [digest.state for digest in digests_to(alice)] == [DeliveryState.HELD, DeliveryState.SENT]
    assert rungs_of(world.recife, alice) == [0]


def test_what_the_server_turns_out_not_to_have_is_given_back(
    world: World, foreign: MailSender, mail_server: MailServer, alice: Any
) -> None:
    mail_server.faults.append(Fault.CLOSES_AFTER_DOT)
    moment = morning_after(world.recife, foreign)
    assert [digest.state for digest in digests_to(alice)] == [DeliveryState.UNCERTAIN]
    assert rungs_of(world.recife, alice) == [0], "it may have been told"
    expire_leases()
    with travel(moment + timedelta(minutes=10), tick=True):
        tidy(foreign)
        assert rungs_sent_in(world.recife) == []
        send_waiting(foreign, seconds=20)
    assert len(mail_server.stored) == 1
    assert rungs_of(world.recife, alice) == [0]


def test_what_the_server_turns_out_to_have_stays_told(
    world: World, foreign: MailSender, mail_server: MailServer, alice: Any
) -> None:
    mail_server.faults.append(Fault.STORES_AND_CLOSES)
    morning_after(world.recife, foreign)
    expire_leases()
    morning_after(world.recife, foreign)
    assert len(mail_server.stored) == 1
    assert rungs_of(world.recife, alice) == [0]


@pytest.mark.parametrize(
    ("seed", "frequency", "days_away"),
    [
        (0, DigestFrequency.DAILY, 0),
        (1, DigestFrequency.DAILY, 0),
        (2, DigestFrequency.DAILY, 40),
        (0, DigestFrequency.WEEKLY, 0),
        (1, DigestFrequency.WEEKLY, 40),
    ],
)
def test_the_database_lives_as_the_model_of_it_does(
    world: World,
    mail_sender: MailSender,
    in_chapter: InChapter,
    alice: Any,
    set_obligations: SetObligations,
    seed: int,
    frequency: DigestFrequency,
    days_away: int,
) -> None:
    chance = Random(seed)
    zone = ["America/Recife", "Pacific/Kiritimati", "Pacific/Niue"][seed]
    week = [WEEKDAYS, (7, 1, 2, 3, 4), (6, 2, 3)][seed]
    start = datetime(2026, 2, 20, 12, tzinfo=UTC)
    off = frozenset(start.date() + chance.randrange(HORIZON) * A_DAY for _ in range(12))
    hours = [(chance.randrange(HORIZON * 24), chance.choice([6, 30, 200, 400])) for _ in range(6)]
    worker, due_on = Worker.away_for(start, hours), start.date() + chance.randrange(25, 60) * A_DAY
    absence = (start.date(), start.date() + days_away * A_DAY) if days_away else None
    with in_chapter(world.recife) as session:
        member = session.scalars(select(Membership).where(Membership.id == alice)).one()
        member.digest_frequency = frequency
        member.away_since, member.away_until = absence or (None, None)
    set_obligations([make_obligation(world, PLAN_TO_SUBMIT, due_on, owner=alice)])
    with patch("tenants.reminders.schedule.public_holidays", lambda _country, _year: off):
        set_calendar(world.recife, zone=zone, week=week, at=start)
        live_until(world.recife, mail_sender, start + HORIZON * A_DAY, worker)
    preferences = Preferences(frequency, absence)
    expected = live(PLAN_TO_SUBMIT, due_on, Calendar(zone, week, off), worker, start, preferences=preferences)
    sent_rungs = [
        (sent_rung.rung, sent_rung.at.replace(second=0, microsecond=0)) for sent_rung in rungs_sent_in(world.recife)
    ]
    assert sent_rungs == expected.rungs
    assert len(digests_to(alice)) == len(expected.mails)

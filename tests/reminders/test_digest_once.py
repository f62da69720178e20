"""The focal point of a quiet chapter gets one mail, even if parts run twice."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest
from harness.deliveries import (
    QUIET_SINCE,
    QUIET_WEEKS,
    DeliveryStatus,
    deliveries,
    delivery_status,
    log_talk,
    notification_of,
    only_delivery,
)
from harness.mail_sink import Mailbox
from harness.people import World, join, person
from sqlalchemy import select
from sqlalchemy.orm import Session
from time_machine import travel

from tenants import clock
from tenants.action_kit.activities.obligations import QUIET_CHAPTER
from tenants.db import opened
from tenants.mail.delivery import MailSender, send_waiting
from tenants.mail.models import DeliveryState, Notification, Reason
from tenants.obligations.models import Obligation
from tenants.overview.obligations import obligations_due
from tenants.people.models import Membership
from tenants.people.permissions import Role
from tenants.reminders.due import chapters_due, process_chapter
from tenants.reminders.models import ChapterClock
from tenants.scope import ChapterScope, NobodyScope

InChapter = Callable[..., AbstractContextManager[Session]]
A_DAY = timedelta(days=1)


def process_recife(world: World, at: datetime = QUIET_SINCE) -> int:
    return process_chapter(world.recife.id, at=at, quiet_weeks=QUIET_WEEKS)


@pytest.fixture
def of_the_log(monkeypatch: pytest.MonkeyPatch) -> None:
    """Limit the obligations to the quiet chapter."""

    def read(*args: Any, **kwargs: Any) -> list[Obligation]:
        return [due for due in obligations_due(*args, **kwargs) if due.kind is QUIET_CHAPTER]

    monkeypatch.setattr("tenants.reminders.rungs.obligations_due", read)


def next_morning_of(world: World) -> datetime:
    with opened(NobodyScope(login="worker")) as session:
        return session.get_one(ChapterClock, world.recife.id).next_at


def test_a_quiet_chapter_has_one_mail_however_often_it_is_woken(
    world: World, mail_sender: MailSender, mailbox: Mailbox
) -> None:
    assert process_recife(world) == 1
    assert process_recife(world) == 0
    at = next_morning_of(world)
    send_waiting(mail_sender, seconds=10)
    send_waiting(mail_sender, seconds=10)
    (mail,) = mailbox.mails()
    assert mail["To"] == "Alice <alice@people.example>"
    assert delivery_status(world.recife) == DeliveryStatus(DeliveryState.SENT, None, (DeliveryState.SENT, None))
    assert process_recife(world, at) == 0, "the same rung was carried twice"
    assert at.astimezone(ZoneInfo("America/Recife")).hour == 9, "the chapter was put off"


def test_a_second_quiet_spell_has_a_second_mail(
    world: World, mail_sender: MailSender, mailbox: Mailbox, in_chapter: InChapter, of_the_log: None
) -> None:
    process_recife(world)
    send_waiting(mail_sender, seconds=10)
    with in_chapter(world.recife, world.alice) as session:
        log_talk(session, by=world.alice.user_id, at=QUIET_SINCE + A_DAY)
    at = next_morning_of(world)
    while not process_recife(world, at):
        at = next_morning_of(world)
    assert at >= QUIET_SINCE + A_DAY + timedelta(weeks=QUIET_WEEKS) - A_DAY
    with travel(at, tick=True):
        send_waiting(mail_sender, seconds=10)
    assert len(mailbox.mails()) == 2


def test_ticks_at_the_same_moment_write_one_digest(world: World, mail_sender: MailSender, mailbox: Mailbox) -> None:
    ready, digest_counts = threading.Barrier(6), []

    def tick() -> None:
        with world.app.app_context():
            ready.wait()
            digest_counts.append(process_recife(world))

    threads = [threading.Thread(target=tick) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(digest_counts) == [0, 0, 0, 0, 0, 1]
    send_waiting(mail_sender, seconds=10)
    assert len(mailbox.mails()) == 1


def test_senders_at_the_same_moment_send_one_mail(
    digest_of_recife: World, mail_sender: MailSender, mailbox: Mailbox
) -> None:
    ready = threading.Barrier(4)

    def send() -> None:
        with digest_of_recife.app.app_context():
            ready.wait()
            send_waiting(mail_sender, seconds=10)

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(mailbox.mails()) == 1
    assert only_delivery().attempts == 1


def test_who_answers_has_one_and_those_beside_her_none(world: World, mail_sender: MailSender, mailbox: Mailbox) -> None:
    join(world.recife, person("Second"), Role.FOCAL_POINT)
    join(world.recife, person("Deputy"), Role.DEPUTY)
    assert process_recife(world) == 1
    send_waiting(mail_sender, seconds=10)
    assert [mail["To"] for mail in mailbox.mails()] == ["Alice <alice@people.example>"]


def test_what_was_done_before_it_is_sent_is_not_sent(
    digest_of_recife: World,
    mail_sender: MailSender,
    mailbox: Mailbox,
    in_chapter: InChapter,
    of_the_log: None,
) -> None:
    world = digest_of_recife
    with in_chapter(world.recife, world.alice) as session:
        log_talk(session, by=world.alice.user_id, at=clock.now())
    send_waiting(mail_sender, seconds=10)
    assert mailbox.mails() == []
    delivery = only_delivery()
    assert (delivery.state, delivery.reason) == (DeliveryState.LAPSED, Reason.NOTHING_LEFT)
    assert notification_of(world.recife, delivery.id) == (DeliveryState.LAPSED, Reason.NOTHING_LEFT)


def test_nothing_is_sent_to_somebody_who_has_left(
    digest_of_recife: World, mail_sender: MailSender, mailbox: Mailbox, in_chapter: InChapter
) -> None:
    world = digest_of_recife
    with in_chapter(world.recife) as session:
        alice = session.scalars(select(Membership).where(Membership.user_id == world.alice.user_id)).one()
        alice.left_at = clock.now()
    send_waiting(mail_sender, seconds=10)
    assert mailbox.mails() == []
    delivery = only_delivery()
    assert (delivery.state, delivery.reason) == (DeliveryState.HELD, Reason.PERSON_LEFT)
    assert notification_of(world.recife, delivery.id) == (DeliveryState.HELD, Reason.PERSON_LEFT)


def test_a_person_in_another_zone_is_written_to_in_her_own_morning(world: World, in_chapter: InChapter) -> None:
    with in_chapter(world.recife) as session:
        alice = session.scalars(select(Membership).where(Membership.user_id == world.alice.user_id)).one()
        alice.zone = "Asia/Tokyo"
    with world.app.app_context():
        process_recife(world, datetime(2026, 3, 2, 12, tzinfo=UTC))  # 21:00 on Monday in Tokyo
        delivery = only_delivery()
    assert delivery.next_at == datetime(2026, 3, 3, 0, tzinfo=UTC)
    assert delivery.local_day == date(2026, 3, 3)


def test_a_chapter_that_cannot_be_done_stops_nobody_else(
    world: World, mail_sender: MailSender, superuser_url: str
) -> None:
    database = world.settings.database("owner").database
    with psycopg.connect(superuser_url.rsplit("/", 1)[0] + f"/{database}", autocommit=True) as admin:
        admin.execute("alter table chapters drop constraint ck_chapters_zone_known")
        admin.execute("update chapters set zone = 'Nowhere/Atall' where id = %s", (world.recife.id,))
    at = QUIET_SINCE + A_DAY
    with opened(NobodyScope(login="worker")) as session:
        assert set(chapters_due(session, at=at, limit=10)) == {world.recife.id, world.huye.id}
    digest_counts = {
        place.slug: process_chapter(place.id, at=at, quiet_weeks=QUIET_WEEKS) for place in (world.recife, world.huye)
    }
    assert digest_counts == {"recife": 0, "huye": 1}
    assert next_morning_of(world) == at + timedelta(hours=1)


def test_a_failure_half_way_leaves_neither_digest_nor_moved_clock(
    world: World, mail_sender: MailSender, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise LookupError

    before = next_morning_of(world)
    monkeypatch.setattr("tenants.reminders.due.as_item", fail)
    assert process_recife(world) == 0
    assert deliveries() == []
    with opened(ChapterScope(world.recife.id)) as session:
        assert not session.scalars(select(Notification).where(Notification.membership_id.is_not(None))).all()
    assert next_morning_of(world) == QUIET_SINCE + timedelta(hours=1) > before

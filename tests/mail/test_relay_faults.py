"""Faults of a mail server: it refuses, disconnects, or accepts a mail without an answer."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from harness.deliveries import (
    QUIET_SINCE,
    QUIET_WEEKS,
    DeliveryStatus,
    delivery_status,
    expire_leases,
    make_due,
    only_delivery,
)
from harness.mail_server import Fault, MailServer
from harness.mail_sink import point_mail_at
from harness.people import World
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from time_machine import travel

from tenants import clock
from tenants.mail import ledger, relay
from tenants.mail.delivery import MailSender, send_waiting
from tenants.mail.ledger import FIRST_PAUSE
from tenants.mail.models import Delivery, DeliveryState, Reason
from tenants.mail.outgoing import Mail
from tenants.reminders.due import process_chapter
from workers.reminders import make_mail_sender

SENT_STATUS = DeliveryStatus(DeliveryState.SENT, None, (DeliveryState.SENT, None))


@pytest.fixture
def foreign(world: World, mail_server: MailServer) -> Iterator[MailSender]:
    """Recife's digest waits to be sent to a foreign server, which cannot be asked afterwards."""
    point_mail_at(world.app, port=mail_server.port, outbox=None)
    with world.app.app_context(), travel(QUIET_SINCE, tick=True):
        process_chapter(world.recife.id, at=QUIET_SINCE, quiet_weeks=QUIET_WEEKS)
        yield make_mail_sender(world.app)


def state(state: DeliveryState, reason: Reason | None) -> DeliveryStatus:
    return DeliveryStatus(state, reason, (state, reason))


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (Fault.RECIPIENT_LATER, Reason.RELAY_REFUSED),
        (Fault.SENDER_NEVER, Reason.RELAY_REFUSED),
        (Fault.LATER_AFTER_DOT, Reason.RELAY_REFUSED),
        (Fault.CLOSES_AT_DATA, Reason.RELAY_BROKE_OFF),
    ],
)
def test_what_was_certainly_not_taken_is_tried_again_later(
    foreign: MailSender, mail_server: MailServer, world: World, fault: Fault, reason: Reason
) -> None:
    mail_server.faults.append(fault)
    send_waiting(foreign, seconds=10)
    assert delivery_status(world.recife) == state(DeliveryState.PENDING, reason)
    before = clock.now()
    assert before < only_delivery().next_at <= before + 2 * FIRST_PAUSE
    send_waiting(foreign, seconds=10)
    assert mail_server.stored == [], "it was tried again without a pause"
    make_due(clock.now())
    send_waiting(foreign, seconds=10)
    assert len(mail_server.stored) == 1
    assert delivery_status(world.recife) == SENT_STATUS


@pytest.mark.parametrize(
    ("fault", "after"),
    [
        (Fault.SENDER_NEVER, DeliveryState.PENDING),
        (Fault.RECIPIENT_LATER, DeliveryState.PENDING),
        (Fault.RECIPIENT_NEVER, DeliveryState.DEAD),
        (Fault.CLOSES_AT_DATA, DeliveryState.PENDING),
    ],
)
def test_a_mail_refused_by_a_server_that_was_told_all_at_once_does_not_get_its_dot(
    foreign: MailSender, mail_server: MailServer, world: World, fault: Fault, after: DeliveryState
) -> None:
    mail_server.offers = "PIPELINING"
    mail_server.faults.append(fault)  # yet it answers "go on"
    send_waiting(foreign, seconds=10)
    assert mail_server.stored == []
    assert delivery_status(world.recife).state == after
    process_chapter(world.huye.id, at=QUIET_SINCE, quiet_weeks=QUIET_WEEKS)
    make_due(clock.now())
    send_waiting(foreign, seconds=10)
    assert len(mail_server.stored) == (1 if after == DeliveryState.DEAD else 2)


def test_a_mail_is_not_put_off_when_the_database_goes_away_while_it_is_made(
    foreign: MailSender, mail_server: MailServer, world: World
) -> None:
    def make(session: Session, _delivery: Delivery) -> Mail:
        session.execute(text("select pg_terminate_backend(pg_backend_pid())"))
        raise AssertionError("the database is still there")

    with pytest.raises(OperationalError):
        send_waiting(replace(foreign, make=make), seconds=10)
    assert (only_delivery().state, only_delivery().next_at <= clock.now()) == (DeliveryState.CLAIMED, True)
    expire_leases()
    send_waiting(foreign, seconds=10)
    assert len(mail_server.stored) == 1
    assert delivery_status(world.recife) == SENT_STATUS


@pytest.mark.parametrize("fault", [Fault.RECIPIENT_NEVER, Fault.NEVER_AFTER_DOT])
def test_an_address_refused_for_good_is_given_up(
    foreign: MailSender, mail_server: MailServer, world: World, fault: Fault
) -> None:
    mail_server.faults.append(fault)
    send_waiting(foreign, seconds=10)
    assert delivery_status(world.recife) == state(DeliveryState.DEAD, Reason.ADDRESS_REFUSED)
    assert only_delivery().smtp_code in {550, 554}
    assert mail_server.stored == []


@pytest.mark.parametrize("fault", [Fault.CLOSES_AFTER_DOT, Fault.STORES_AND_CLOSES, Fault.STORES_AND_HANGS])
def test_a_mail_whose_fate_nobody_can_tell_is_held(
    foreign: MailSender, mail_server: MailServer, world: World, fault: Fault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "ANSWER_SECONDS", 1)
    mail_server.faults.append(fault)
    send_waiting(foreign, seconds=10)
    assert delivery_status(world.recife) == state(DeliveryState.UNCERTAIN, Reason.ANSWER_NOT_HEARD)
    send_waiting(foreign, seconds=10)
    assert delivery_status(world.recife).state == DeliveryState.UNCERTAIN, (
        "it was looked into before the grace was over"
    )
    expire_leases()
    send_waiting(foreign, seconds=10)
    assert delivery_status(world.recife) == state(DeliveryState.HELD, Reason.ANSWER_NOT_HEARD)
    assert len(mail_server.stored) == (0 if fault is Fault.CLOSES_AFTER_DOT else 1)


@pytest.mark.parametrize(("fault", "is_stored"), [(Fault.CLOSES_AFTER_DOT, False), (Fault.STORES_AND_CLOSES, True)])
def test_where_the_server_can_be_asked_each_mail_arrives_once(
    foreign: MailSender, mail_server: MailServer, world: World, fault: Fault, is_stored: bool
) -> None:
    mail_server.faults.append(fault)
    sender = replace(foreign, probe=lambda _delivery: bool(mail_server.stored))
    send_waiting(sender, seconds=10)
    assert bool(mail_server.stored) is is_stored
    expire_leases()
    send_waiting(sender, seconds=10)
    send_waiting(sender, seconds=10)
    assert len(mail_server.stored) == 1
    assert delivery_status(world.recife) == SENT_STATUS


def test_a_server_that_is_away_costs_no_attempt(world: World, foreign: MailSender) -> None:
    with socket.socket() as idle_socket:
        idle_socket.bind(("127.0.0.1", 0))  # bound and not listening: refused at once
        point_mail_at(world.app, port=idle_socket.getsockname()[1], outbox=None)
        assert send_waiting(make_mail_sender(world.app), seconds=10) == 0
    delivery = only_delivery()
    assert (delivery.state, delivery.attempts) == (DeliveryState.PENDING, 0)


def test_the_eighth_failure_is_the_last(foreign: MailSender, mail_server: MailServer, world: World) -> None:
    mail_server.faults.extend([Fault.RECIPIENT_LATER] * 20)
    for _ in range(12):
        make_due(clock.now())
        send_waiting(foreign, seconds=10)
    assert delivery_status(world.recife) == state(DeliveryState.DEAD, Reason.MAILBOX_UNAVAILABLE)
    assert only_delivery().attempts == 8
    assert mail_server.stored == []


def test_a_mail_that_cannot_be_made_stops_no_other(world: World, foreign: MailSender, mail_server: MailServer) -> None:
    process_chapter(world.huye.id, at=QUIET_SINCE, quiet_weeks=QUIET_WEEKS)

    def make(session: Session, delivery: Delivery) -> Mail:
        if delivery.chapter_id == world.recife.id:
            raise LookupError
        return foreign.make(session, delivery)

    send_waiting(replace(foreign, make=make), seconds=10)
    assert len(mail_server.stored) == 1
    assert b"charlie@people.example" in mail_server.stored[0]


def test_a_failure_between_the_halves_cuts_the_connection_at_once(
    foreign: MailSender, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise LookupError

    monkeypatch.setattr(ledger, "mark_handing_over", fail)
    started_at = time.monotonic()
    with pytest.raises(LookupError):
        send_waiting(foreign, seconds=10)
    assert time.monotonic() - started_at < relay.SPEAK_SECONDS / 4, "it said goodbye in the middle of the mail"
    assert mail_server.stored == []


def test_dots_at_the_beginning_of_a_line_arrive(world: World, foreign: MailSender, mail_server: MailServer) -> None:
    def make(session: Session, delivery: Delivery) -> Mail:
        mail = foreign.make(session, delivery)
        return replace(mail, content=b"Subject: dots\r\n\r\n.\r\n.one\r\n..two\r\n")

    send_waiting(replace(foreign, make=make), seconds=10)
    (raw,) = mail_server.stored
    assert raw == b"Subject: dots\r\n\r\n.\r\n.one\r\n..two\r\n"

"""`solidarity bounce`: bounce messages as Postfix and Exim write them, and any other piped input."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from harness.deliveries import QUIET_SINCE, QUIET_WEEKS, deliveries, delivery_status, only_delivery, update_delivery
from harness.mail_sink import Mailbox
from harness.people import World
from harness.processes import environment_of, run_command
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session
from time_machine import travel

from solidarity.cli.main import main
from solidarity.settings import Settings
from tenants import clock
from tenants.db import opened
from tenants.mail.addresses import unreached
from tenants.mail.bounces import read_notice
from tenants.mail.delivery import MailSender, send_waiting
from tenants.mail.letters import queue_letter
from tenants.mail.message_ids import message_ids
from tenants.mail.models import Delivery, DeliveryState, MailKind, Reason
from tenants.membership.services import invite
from tenants.people.models import Membership
from tenants.people.permissions import Role
from tenants.reminders.due import process_chapter
from tenants.scope import ChapterScope, NobodyScope

InChapter = Callable[..., AbstractContextManager[Session]]
NOTICES = Path(__file__).with_name("bounces")
SERVERS = ("postfix", "exim")
BOUNCE_STATUS = (DeliveryState.BOUNCED, Reason.ADDRESS_REFUSED)
ADDRESS_MARKED_TEXT = "Written down: the mail came back, and its address is marked until somebody sees to it.\n"
PASSING_TEXT = "Written down: the mail came back. Its address is marked if another one comes back on another day.\n"
BOUNCE_RECORDED_TEXT = "Written down: the mail came back.\n"
NOT_OURS = "Ignored: it is about no mail that was sent from here in the last 14 days.\n"
NO_NOTICE = "Ignored: this is no delivery status notification (RFC 3464).\n"


def notice(server: str, message_id: str, *, action: str = "failed", status: str = "5.1.1") -> bytes:
    """Return a bounce message as a mail server writes it."""
    text = (NOTICES / f"{server}.eml").read_text(encoding="ascii")
    for name, value in (("MESSAGE_ID", message_id), ("ACTION", action), ("STATUS", status)):
        text = text.replace(name, value)
    return text.encode()


def name_of(settings: Settings, delivery: Delivery) -> str:
    """Return the Message-ID of a delivery."""
    return message_ids(secret_key=settings.secret_key.get_secret_value(), mail_from=settings.mail_from)(delivery)


def bounce(world: World, raw: bytes) -> str:
    """Pipe a mail into the command, and return its output."""
    answer = CliRunner().invoke(main, ["bounce"], input=raw, env=environment_of(world.settings))
    assert answer.exit_code == 0, answer.output
    return answer.output


def marked(world: World) -> set[str]:
    """Return the names of the members of Recife whose address is marked as unreached."""
    with opened(ChapterScope(world.recife.id)) as session:
        marks = unreached(session)
        return set(session.scalars(select(Membership.name).where(Membership.id.in_(marks))))


@pytest.fixture
def delivered_world(digest_of_recife: World, mail_sender: MailSender, mailbox: Mailbox) -> World:
    """The mail server has accepted Recife's digest under the Message-ID that the product gave it."""
    send_waiting(mail_sender, seconds=10)
    (mail,) = mailbox.mails()
    assert mail["Message-ID"] == name_of(digest_of_recife.settings, only_delivery())
    return digest_of_recife


@pytest.mark.parametrize("server", SERVERS)
def test_a_digest_that_came_back_marks_its_address_and_is_told_again_once_corrected(
    delivered_world: World, mail_sender: MailSender, mailbox: Mailbox, server: str
) -> None:
    output = bounce(delivered_world, notice(server, name_of(delivered_world.settings, only_delivery())))
    assert output == ADDRESS_MARKED_TEXT
    status = delivery_status(delivered_world.recife)
    assert (status.state, status.reason) == BOUNCE_STATUS
    assert status.notification == BOUNCE_STATUS
    assert marked(delivered_world) == {"Alice"}
    assert "alice" not in output.lower()
    assert "recife" not in output.lower()

    with opened(ChapterScope(delivered_world.recife.id)) as session:
        from tenants.mail.addresses import try_again

        own_membership = session.scalars(select(Membership.id).where(Membership.name == "Alice")).one()
        try_again(session, actor_id=delivered_world.alice.user_id, at=clock.now(), membership_id=own_membership)
    mailbox.empty()
    with travel(QUIET_SINCE + timedelta(days=1), tick=True):
        process_chapter(delivered_world.recife.id, at=clock.now(), quiet_weeks=QUIET_WEEKS)
        send_waiting(mail_sender, seconds=10)
    (second_mail,) = mailbox.mails()
    assert "no activity has been logged" in second_mail["Subject"], "what it told is told again"


@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.parametrize(
    ("action", "status"),
    [("delayed", "4.4.1"), ("delivered", "2.0.0"), ("relayed", "5.0.0"), ("failed", ""), ("", "")],
)
def test_what_is_not_final_changes_nothing(delivered_world: World, server: str, action: str, status: str) -> None:
    raw = notice(server, name_of(delivered_world.settings, only_delivery()), action=action, status=status)
    assert bounce(delivered_world, raw) == "Ignored: it tells of no final failure.\n"
    assert delivery_status(delivered_world.recife).state == DeliveryState.SENT
    assert marked(delivered_world) == set()


@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.parametrize("status", ["4.4.7", "4.2.2", "5.2.2", "5.3.4", "5.7.1"])
def test_a_passing_failure_is_recorded_and_the_next_morning_tries_again(
    delivered_world: World, mail_sender: MailSender, mailbox: Mailbox, server: str, status: str
) -> None:
    raw = notice(server, name_of(delivered_world.settings, only_delivery()), status=status)
    assert bounce(delivered_world, raw) == PASSING_TEXT
    assert delivery_status(delivered_world.recife).reason == Reason.MAILBOX_UNAVAILABLE
    assert marked(delivered_world) == set()
    mailbox.empty()
    with travel(QUIET_SINCE + timedelta(days=1), tick=True):
        process_chapter(delivered_world.recife.id, at=clock.now(), quiet_weeks=QUIET_WEEKS)
        send_waiting(mail_sender, seconds=10)
        (second_mail,) = mailbox.mails()
        assert "no activity has been logged" in second_mail["Subject"], "what it told is told again"
        bounce(delivered_world, notice(server, second_mail["Message-ID"], status=status))
    assert marked(delivered_world) == {"Alice"}


@pytest.mark.parametrize("server", SERVERS)
def test_a_notice_about_a_mail_we_never_sent_or_somebody_invents_changes_nothing(
    delivered_world: World, server: str
) -> None:
    real = name_of(delivered_world.settings, only_delivery())
    name, _, domain = real.strip("<>").partition("@")
    for message_id in (
        f"<{name}@elsewhere.example>",
        f"<{'0' * 32}@{domain}>",
        f"<{only_delivery().id}@{domain}>",
        "<>",
    ):
        assert bounce(delivered_world, notice(server, message_id)) == NOT_OURS
    assert delivery_status(delivered_world.recife).state == DeliveryState.SENT
    assert marked(delivered_world) == set()


def test_the_same_notice_twice_is_written_down_once(delivered_world: World) -> None:
    raw = notice("postfix", name_of(delivered_world.settings, only_delivery()))
    assert bounce(delivered_world, raw) == ADDRESS_MARKED_TEXT
    assert bounce(delivered_world, raw) == NOT_OURS, "it is none that was sent any more"
    with opened(ChapterScope(delivered_world.recife.id)) as session:
        assert len(unreached(session)) == 1


def test_after_14_days_nobody_looks_any_more(delivered_world: World) -> None:
    delivery = only_delivery()
    raw = notice("exim", name_of(delivered_world.settings, delivery))
    update_delivery(delivery.id, handed_at=clock.now() - timedelta(days=15))
    assert bounce(delivered_world, raw) == NOT_OURS


@pytest.mark.parametrize("state", [DeliveryState.PENDING, DeliveryState.HELD, DeliveryState.DEAD])
def test_only_what_was_sent_can_come_back(delivered_world: World, state: DeliveryState) -> None:
    delivery = only_delivery()
    update_delivery(delivery.id, state=state)
    assert bounce(delivered_world, notice("postfix", name_of(delivered_world.settings, delivery))) == NOT_OURS
    assert only_delivery().state == state


def test_an_invitation_and_a_letter_that_come_back_mark_nobody(
    world: World, mail_sender: MailSender, mailbox: Mailbox, in_chapter: InChapter
) -> None:
    with in_chapter(world.recife) as session:
        eve = {"email": "eve@people.example", "name": "Eve", "language": "en"}
        invite(session, actor_id=world.alice.user_id, at=clock.now(), role=Role.MEMBER, **eve)
    with opened(NobodyScope()) as session:
        queue_letter(
            session,
            secret_key=world.settings.secret_key.get_secret_value(),
            user_id=world.alice.user_id,
            email=world.alice.email,
            name="Alice",
            language="en",
            letter="password_reset",
            link="http://127.0.0.1:8000/reset/a-token",
            at=clock.now(),
        )
    send_waiting(mail_sender, seconds=10)
    for kind in (MailKind.INVITATION, MailKind.LETTER):
        (delivery,) = (row for row in deliveries(kind) if row.state == DeliveryState.SENT)
        assert bounce(world, notice("postfix", name_of(world.settings, delivery))) == BOUNCE_RECORDED_TEXT
        (delivery,) = (row for row in deliveries(kind) if row.id == delivery.id)
        assert (delivery.state, delivery.reason) == BOUNCE_STATUS
    assert marked(world) == set()


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00\xff\xfe",
        b"Subject: Out of office\r\n\r\nI am away until Monday.\r\n",
        b"Content-Type: multipart/report; report-type=delivery-status\r\n\r\nno parts\r\n",
        b"Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\nx\r\n--b--",
    ],
)
def test_anything_else_is_ignored_in_a_sentence(world: World, raw: bytes) -> None:
    assert bounce(world, raw) == NO_NOTICE


def test_what_is_far_too_large_is_not_even_read(world: World) -> None:
    raw = notice("postfix", "<x@y>") + b"x" * 3 * 1024**2
    assert bounce(world, raw) == "Ignored: it is larger than any notification about a mail of ours.\n"


@given(st.binary(max_size=400), st.integers(0, 2_000), st.sampled_from(SERVERS))
def test_no_mail_breaks_the_reader(junk: bytes, place: int, server: str) -> None:
    whole = notice(server, "<a@b>")
    read_notice(junk)
    read_notice(whole[:place] + junk + whole[place:])
    read_notice(whole[:place] + junk)


def test_while_the_database_is_away_the_mail_server_is_asked_to_come_again(world: World) -> None:
    """Run the command in its own process, as a mail server does: its exit code is 75."""
    environment = {**environment_of(world.settings), "DATABASE_URL": "postgresql://solidarity_owner@127.0.0.1:9/none"}
    result = run_command("bounce", environment=environment, input=notice("postfix", "<a@b>").decode())
    assert result.returncode == 75, result.stderr
    assert result.stderr == "The database cannot be used at the moment.\n"

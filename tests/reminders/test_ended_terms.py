"""Nothing is sent to a person whose term has ended, from the chapter's morning to the mail."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta

from harness.deliveries import QUIET_WEEKS, DeliveryStatus, deliveries, delivery_status, make_due
from harness.mail_sink import Mailbox
from harness.people import SINCE, World, join, person
from sqlalchemy import select
from sqlalchemy.orm import Session
from time_machine import travel

from tenants.action_kit.focal_point.services import Choice, hand_over
from tenants.mail.delivery import MailSender, send_waiting
from tenants.mail.models import DeliveryState, Reason
from tenants.people.permissions import Role
from tenants.people.queries import present_membership
from tenants.people.terms import FocalPointTerm, Rank
from tenants.reminders.due import process_chapter

InChapter = Callable[..., AbstractContextManager[Session]]
MORNING = datetime(2026, 3, 9, 12, tzinfo=UTC)  # eight weeks after the world's people joined, in Alice's term
AFTER = datetime(2028, 1, 17, 12, tzinfo=UTC)  # the first Monday after it


def pass_on(world: World, in_chapter: InChapter, *, at: datetime, stays_as: Role) -> None:
    """Hand over from Alice to Bob."""
    with in_chapter(world.recife, world.alice) as session:
        bob = present_membership(session, user_id=world.bob.user_id)
        term = session.scalars(select(FocalPointTerm).where(FocalPointTerm.rank == Rank.PRIMARY)).one()
        assert bob
        hand_over(
            session, actor_id=world.alice.user_id, at=at, term_id=term.id, choice=Choice(bob.id), stays_as=stays_as
        )


def process_recife(world: World, at: datetime) -> int:
    return process_chapter(world.recife.id, at=at, quiet_weeks=QUIET_WEEKS)


def sent_to(mail_sender: MailSender, mailbox: Mailbox, at: datetime) -> list[str]:
    """Send what waits at a moment, and return the recipients of all mails so far."""
    make_due(at)
    with travel(at, tick=True):
        send_waiting(mail_sender, seconds=10)
    return sorted(str(mail["To"]) for mail in mailbox.mails())


def test_after_a_handover_the_chapters_mail_goes_to_who_answers_now(
    world: World, mail_sender: MailSender, mailbox: Mailbox, in_chapter: InChapter
) -> None:
    pass_on(world, in_chapter, at=SINCE + timedelta(days=20), stays_as=Role.DEPUTY)
    assert process_recife(world, MORNING) == 1
    assert sent_to(mail_sender, mailbox, MORNING) == ["Bob <bob@people.example>"]


def test_what_was_written_for_her_is_not_sent_once_she_has_handed_over(
    world: World, mail_sender: MailSender, mailbox: Mailbox, in_chapter: InChapter
) -> None:
    assert process_recife(world, MORNING) == 1
    pass_on(world, in_chapter, at=MORNING + timedelta(minutes=5), stays_as=Role.MEMBER)
    assert sent_to(mail_sender, mailbox, MORNING + timedelta(minutes=10)) == []
    assert delivery_status(world.recife) == DeliveryStatus(
        DeliveryState.HELD, Reason.TERM_ENDED, ("held", "term_ended")
    )


def test_a_term_that_ran_out_ends_the_mail_and_a_deputy_has_it_instead(
    world: World, mail_sender: MailSender, mailbox: Mailbox
) -> None:
    assert process_recife(world, AFTER) == 0, "it was Alice's, and nobody stands beside her"
    assert deliveries() == []
    join(world.recife, person("Duda"), Role.DEPUTY)
    assert process_recife(world, AFTER + timedelta(days=1)) == 1
    assert sent_to(mail_sender, mailbox, AFTER + timedelta(days=1)) == ["Duda <duda@people.example>"]
    (mail,) = mailbox.mails()
    body = mail.get_body(preferencelist=("plain",))
    assert body
    assert "Choose a focal point" in body.get_content()
    assert "/c/recife/focal-point" in body.get_content()


def test_a_digest_that_waited_past_the_end_of_her_term_is_not_sent(
    world: World, mail_sender: MailSender, mailbox: Mailbox
) -> None:
    last_morning = datetime(2028, 1, 11, 12, tzinfo=UTC)
    assert process_recife(world, last_morning) == 1
    assert sent_to(mail_sender, mailbox, last_morning + timedelta(days=1)) == []
    assert delivery_status(world.recife) == DeliveryStatus(DeliveryState.HELD, Reason.OVERTAKEN, ("held", "overtaken"))


def test_on_the_last_day_she_is_told_that_her_term_is_ending(
    world: World, mail_sender: MailSender, mailbox: Mailbox
) -> None:
    last_morning = datetime(2028, 1, 11, 12, tzinfo=UTC)
    assert process_recife(world, last_morning) == 1
    assert sent_to(mail_sender, mailbox, last_morning) == ["Alice <alice@people.example>"]
    (mail,) = mailbox.mails()
    body = mail.get_body(preferencelist=("plain",))
    assert body
    assert "The term of Alice is ending" in body.get_content()

"""The content of mails, and how they are built."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from harness.deliveries import QUIET_SINCE, QUIET_WEEKS, deliveries, make_obligation, only_delivery
from harness.mail_sink import Mailbox
from harness.people import World
from pydantic import SecretStr
from sqlalchemy import select
from sqlalchemy.orm import Session

from solidarity.settings import Settings
from tenants import clock
from tenants.action_kit.activities.obligations import QUIET_CHAPTER
from tenants.action_kit.plan.obligations import PLAN_TO_SUBMIT
from tenants.db import opened
from tenants.mail.delivery import MailSender, send_waiting
from tenants.mail.letters import queue_letter
from tenants.mail.models import DeliveryState, MailKind, Notification, Reason
from tenants.membership.services import invite
from tenants.obligations.models import Obligation
from tenants.people.links import read_invitation_token
from tenants.people.models import Invitation, Membership
from tenants.people.permissions import Role
from tenants.reminders.due import process_chapter
from tenants.scope import ChapterScope, NobodyScope
from workers.emails.writing import Writer

Tell = Callable[[list[Obligation]], None]
InChapter = Callable[..., AbstractContextManager[Session]]
LARGEST = 20_000  # bytes
HOSTILE = "<script>alert(1)</script>"
SECRET_LINK = "http://127.0.0.1:8000/reset/a-secret-token"


def parts(mail: EmailMessage) -> tuple[str, str]:
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert html is not None
    return plain.get_content(), html.get_content()


def sent(mail_sender: MailSender, mailbox: Mailbox) -> EmailMessage:
    send_waiting(mail_sender, seconds=10)
    (mail,) = mailbox.mails()
    return mail


def queue(
    settings: Settings, world: World, *, name: str = "Alice", language: str = "en", letter: str = "password_reset"
) -> None:
    with opened(NobodyScope()) as session:
        queue_letter(
            session,
            secret_key=settings.secret_key.get_secret_value(),
            user_id=world.alice.user_id,
            email=world.alice.email,
            name=name,
            language=language,
            letter=letter,
            link=SECRET_LINK,
            at=clock.now(),
        )


def invite_eve(in_chapter: InChapter, world: World, **changes: Any) -> Invitation:
    inviter = changes.pop("inviter", world.alice)
    values = {"email": "eve@people.example", "name": "Eve", "language": "en", **changes}
    with in_chapter(world.recife) as session:
        invitation = invite(session, actor_id=inviter and inviter.user_id, at=clock.now(), role=Role.MEMBER, **values)
        session.flush()
        session.expunge(invitation)
        return invitation


def speak(in_chapter: InChapter, world: World, **values: str) -> None:
    with in_chapter(world.recife) as session:
        alice = session.scalars(select(Membership).where(Membership.user_id == world.alice.user_id)).one()
        for name, value in values.items():
            setattr(alice, name, value)


def test_a_quiet_chapter_reads_it_in_the_subject_and_where_to_act(
    digest_of_recife: World, mail_sender: MailSender, mailbox: Mailbox, tell: Tell
) -> None:
    tell([make_obligation(digest_of_recife, QUIET_CHAPTER, QUIET_SINCE.date())])
    mail = sent(mail_sender, mailbox)
    plain, html = parts(mail)
    assert re.fullmatch(r"ElesPorElas Recife: no activity has been logged for \d+ weeks", mail["Subject"])
    assert mail["From"] == "Solidarity for ElesPorElas Recife <reminders@solidarity.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    for part in (plain, html):
        assert "/c/recife/activities/new" in part
        assert "/c/recife/messages" in part
    assert "5 Local activities: Overdue" in plain
    assert '<html lang="en" dir="ltr"' in html


def test_the_ledger_keeps_the_hash_of_what_was_sent_and_the_inbox_its_items(
    digest_of_recife: World, mail_sender: MailSender, mailbox: Mailbox
) -> None:
    send_waiting(mail_sender, seconds=10)
    (file,) = mailbox.folder.glob("[!.]*.eml")
    delivery = only_delivery()
    assert delivery.body_hash == hashlib.sha256(file.read_bytes()).digest()
    with opened(ChapterScope(digest_of_recife.recife.id)) as session:
        copy_row = session.scalars(select(Notification).where(Notification.delivery_id == delivery.id)).one()
        assert [item["kind"] for item in copy_row.items] == [QUIET_CHAPTER.code, PLAN_TO_SUBMIT.code]


def test_an_arabic_reader_gets_arabic_from_right_to_left(
    digest_of_recife: World, mail_sender: MailSender, mailbox: Mailbox, in_chapter: InChapter, tell: Tell
) -> None:
    tell([make_obligation(digest_of_recife, QUIET_CHAPTER, QUIET_SINCE.date())])
    speak(in_chapter, digest_of_recife, language="ar")
    mail = sent(mail_sender, mailbox)
    plain, html = parts(mail)
    assert mail["Content-Language"] == "ar"
    assert '<html lang="ar" dir="rtl"' in html
    assert html.count("<table") == html.count('<table role="presentation" dir="rtl"')
    for part in (mail["Subject"], plain, html):
        assert re.search("[\u0600-\u06ff]", part)
    assert not re.search("Good morning|no activity|Log an|Not started", mail["Subject"] + plain + html)


def test_a_language_we_do_not_speak_is_answered_in_english(
    digest_of_recife: World, mail_sender: MailSender, mailbox: Mailbox, in_chapter: InChapter, tell: Tell
) -> None:
    tell([make_obligation(digest_of_recife, QUIET_CHAPTER, QUIET_SINCE.date())])
    speak(in_chapter, digest_of_recife, language="pt")
    assert "no activity has been logged" in sent(mail_sender, mailbox)["Subject"]


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_mail_is_small_whole_and_plain_for_every_relay(
    digest_of_recife: World, mail_sender: MailSender, mailbox: Mailbox, in_chapter: InChapter, language: str
) -> None:
    speak(in_chapter, digest_of_recife, language=language)
    send_waiting(mail_sender, seconds=10)
    (file,) = mailbox.folder.glob("[!.]*.eml")
    raw = file.read_bytes()
    assert len(raw) < LARGEST
    assert raw.isascii()
    assert max(map(len, raw.splitlines())) < 998
    assert b"<img" not in raw
    assert b"<script" not in raw


def test_hostile_names_stay_text(
    digest_of_recife: World, mail_sender: MailSender, mailbox: Mailbox, in_chapter: InChapter
) -> None:
    speak(in_chapter, digest_of_recife, name=HOSTILE)
    mail = sent(mail_sender, mailbox)
    plain, html = parts(mail)
    assert HOSTILE in plain
    assert HOSTILE not in html
    assert "&lt;script&gt;" in html


def test_no_name_can_add_a_header(
    digest_of_recife: World, mail_sender: MailSender, mailbox: Mailbox, in_chapter: InChapter
) -> None:
    speak(in_chapter, digest_of_recife, name="Alice\r\nBcc: everybody@people.example")
    send_waiting(mail_sender, seconds=10)
    assert all(mail["Bcc"] is None for mail in mailbox.mails())
    assert only_delivery().reason in {None, Reason.COULD_NOT_BE_MADE}


def test_a_mail_has_the_same_id_however_often_it_is_made(digest_of_recife: World, mail_sender: MailSender) -> None:
    writer, delivery = Writer(digest_of_recife.app), only_delivery()
    assert writer.message_id(delivery) == writer.message_id(only_delivery())
    assert str(delivery.subject_id) not in writer.message_id(delivery)
    delivery.local_day = clock.now().date() + timedelta(days=1)
    assert writer.message_id(delivery) != writer.message_id(only_delivery())


def test_an_invitation_leads_to_itself(
    world: World, mail_sender: MailSender, mailbox: Mailbox, in_chapter: InChapter
) -> None:
    invitation = invite_eve(in_chapter, world)
    mail = sent(mail_sender, mailbox)
    plain, html = parts(mail)
    (address,) = re.findall(r"http\S+/invitation/(\S+)", plain)
    secret = world.settings.secret_key.get_secret_value()
    assert read_invitation_token(secret, address) == (world.recife.id, invitation.id)
    assert f"/invitation/{address}" in html
    assert "ElesPorElas Recife" in mail["Subject"]
    assert mail["To"] == "Eve <eve@people.example>"


def test_an_invitation_by_a_person_at_un_women_says_so(
    world: World, mail_sender: MailSender, mailbox: Mailbox, in_chapter: InChapter
) -> None:
    invite_eve(in_chapter, world, inviter=world.dana)
    plain, html = parts(sent(mail_sender, mailbox))
    for text in ("Invited by: Dana (UN Women)", "Write to Dana: dana@desk.example", "Your role: Member."):
        assert text in plain
        assert text in html


def test_an_invitation_from_the_command_line_names_no_inviter(
    world: World, mail_sender: MailSender, mailbox: Mailbox, in_chapter: InChapter
) -> None:
    invite_eve(in_chapter, world, inviter=None)
    plain, _html = parts(sent(mail_sender, mailbox))
    assert plain.startswith("Hello Eve,")
    assert "Invited by" not in plain
    assert "Questions" not in plain


@pytest.mark.parametrize(
    ("column", "reason"),
    [
        ("accepted_at", Reason.INVITATION_ACCEPTED),
        ("withdrawn_at", Reason.INVITATION_WITHDRAWN),
        ("expires_at", Reason.INVITATION_EXPIRED),
    ],
)
def test_an_invitation_that_no_longer_stands_is_not_sent(
    world: World, mail_sender: MailSender, mailbox: Mailbox, in_chapter: InChapter, column: str, reason: Reason
) -> None:
    send_waiting(mail_sender, seconds=10)
    invitation = invite_eve(in_chapter, world)
    with in_chapter(world.recife) as session:
        row = session.scalars(select(Invitation).where(Invitation.id == invitation.id)).one()
        row.invited_at -= timedelta(days=30)
        setattr(row, column, clock.now())
    send_waiting(mail_sender, seconds=10)
    assert mailbox.mails() == []
    (delivery,) = (row for row in deliveries(MailKind.INVITATION) if row.subject_id == invitation.id)
    assert (delivery.state, delivery.reason) == (DeliveryState.LAPSED, reason)


def test_an_address_beyond_ascii_is_held_and_says_why(
    world: World, mail_sender: MailSender, mailbox: Mailbox, in_chapter: InChapter
) -> None:
    speak(in_chapter, world, email="josé@people.example")
    process_chapter(world.recife.id, at=QUIET_SINCE, quiet_weeks=QUIET_WEEKS)
    send_waiting(mail_sender, seconds=10)
    assert mailbox.mails() == []
    assert only_delivery().reason == Reason.ADDRESS_BEYOND_ASCII


def test_a_letter_is_sealed_until_it_is_sent_and_blank_after(
    world: World, mail_sender: MailSender, mailbox: Mailbox
) -> None:
    queue(world.app.extensions["settings"], world)
    (queued_letter,) = deliveries(MailKind.LETTER)
    assert queued_letter.sealed is not None
    for secret in (SECRET_LINK.encode(), world.alice.email.encode()):
        assert secret not in queued_letter.sealed
    mail = sent(mail_sender, mailbox)
    assert all(SECRET_LINK in part for part in parts(mail))
    (sent_letter,) = deliveries(MailKind.LETTER)
    assert (sent_letter.state, sent_letter.sealed) == (DeliveryState.SENT, None)


def test_a_letter_of_another_key_is_given_up(world: World, mail_sender: MailSender, mailbox: Mailbox) -> None:
    queue(
        world.settings.model_copy(update={"secret_key": SecretStr("another key, quite as long as it must be")}), world
    )
    send_waiting(mail_sender, seconds=10)
    (letter,) = deliveries(MailKind.LETTER)
    assert (letter.state, letter.reason, letter.sealed) == (DeliveryState.DEAD, Reason.SEAL_BROKEN, None)
    assert mailbox.mails() == []


def test_mail_of_one_chapter_holds_nothing_of_another(
    world: World, mail_sender: MailSender, mailbox: Mailbox, in_chapter: InChapter
) -> None:
    for place in (world.recife, world.huye):
        process_chapter(place.id, at=QUIET_SINCE, quiet_weeks=QUIET_WEEKS)
    send_waiting(mail_sender, seconds=10)
    for slug, other_slug in (("recife", "huye"), ("huye", "recife")):
        (mail,) = (mail for mail in mailbox.mails() if slug in mail["Subject"].lower())
        assert other_slug not in (mail["Subject"] + "".join(parts(mail))).lower()

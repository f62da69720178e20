"""The content of UN Women's own mails, which name no member of a chapter."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from harness.deliveries import make_due
from harness.golden_files import assert_golden, steady
from harness.mail_sink import Mailbox
from harness.people import World, desk_person, onboard, part
from reminders.desk.mornings import LAST_QUARTER, MONDAY, TUESDAY, process_desk, send_report, speak
from sqlalchemy import select
from time_machine import travel

from tenants.action_kit.reports.services import open_report
from tenants.chapters.models import Chapter, ChapterState
from tenants.db import opened
from tenants.mail.delivery import MailSender, send_waiting
from tenants.people.permissions import DeskRole
from tenants.scope import ChapterScope

GOLDEN = Path(__file__).with_name("golden")
LARGEST = 20_000  # bytes
HOSTILE = "<script>alert(1)</script>"
A_DAY = timedelta(days=1)
Act = Callable[[World, MailSender, Mailbox], EmailMessage]


@pytest.fixture
def busy_world(world: World, mail_sender: MailSender) -> World:
    """A week with content for each section: overdue obligations, a vacancy, reports, and a request."""
    send_report(world, world.recife, at=MONDAY - 6 * A_DAY)
    with opened(ChapterScope(world.huye.id)) as session:
        open_report(session, period=LAST_QUARTER, at=MONDAY)
    part(world.huye, world.charlie, MONDAY - 4 * A_DAY)
    return world


def parts(mail: EmailMessage) -> tuple[str, str]:
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert html is not None
    return plain.get_content(), html.get_content()


def monday(world: World, mail_sender: MailSender, mailbox: Mailbox) -> EmailMessage:
    """Send and return the summary."""
    assert process_desk(world.dana) == 1
    assert send_waiting(mail_sender, seconds=10) == 1
    return mailbox.mails()[-1]


def tuesday(world: World, mail_sender: MailSender, mailbox: Mailbox) -> EmailMessage:
    """Send and return the approvals of the day after the summary."""
    monday(world, mail_sender, mailbox)
    mailbox.empty()
    assert process_desk(world.dana, TUESDAY) == 1
    make_due(TUESDAY)
    with travel(TUESDAY, tick=True):
        assert send_waiting(mail_sender, seconds=10) == 1
    return mailbox.mails()[-1]


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("kind", ["desk_summary", "desk_approvals"])
def test_a_mail_is_as_it_was_read(
    busy_world: World, mail_sender: MailSender, mailbox: Mailbox, kind: str, language: str
) -> None:
    speak(busy_world.dana, language)
    mail = (monday if kind == "desk_summary" else tuesday)(busy_world, mail_sender, mailbox)
    plain, html = parts(mail)
    assert_golden(steady(f"{mail['Subject']}\n\n{plain}"), GOLDEN / f"{kind}.{language}.txt")
    assert_golden(steady(html), GOLDEN / f"{kind}.{language}.html")


def test_the_summary_leads_to_each_chapter_and_to_what_waits(
    busy_world: World, mail_sender: MailSender, mailbox: Mailbox
) -> None:
    mail = monday(busy_world, mail_sender, mailbox)
    assert mail["Subject"] == "2 chapters have tasks overdue by 10 days or more"
    assert mail["To"] == "Dana <dana@desk.example>"
    assert mail["From"] == "Solidarity <reminders@solidarity.example>"
    for part_ in parts(mail):
        assert f"/desk/chapters/{busy_world.recife.id}" in part_
        assert f"/desk/chapters/{busy_world.huye.id}" in part_
        for sentence in (
            "28 days overdue",
            "1 chapter has no focal point",
            "1 of 2 reports",
            "The oldest has waited 6 days",
        ):
            assert sentence in part_
        assert "/desk/approvals" in part_
        assert "/desk/messages" in part_


def test_the_approvals_lead_to_where_each_is_decided(
    busy_world: World, mail_sender: MailSender, mailbox: Mailbox
) -> None:
    mail = tuesday(busy_world, mail_sender, mailbox)
    assert mail["Subject"] == "1 request has waited for more than two days"
    for part_ in parts(mail):
        assert f"/c/recife/reports/{LAST_QUARTER.code}" in part_
        assert "7 days" in part_


@pytest.mark.parametrize("act", [monday, tuesday])
def test_nobody_of_a_chapter_is_named(busy_world: World, mail_sender: MailSender, mailbox: Mailbox, act: Act) -> None:
    for part_ in parts(act(busy_world, mail_sender, mailbox)):
        for person in (busy_world.alice, busy_world.bob, busy_world.charlie):
            assert person.name not in part_
            assert person.email not in part_


def test_an_arabic_reader_reads_from_right_to_left(
    busy_world: World, mail_sender: MailSender, mailbox: Mailbox
) -> None:
    speak(busy_world.dana, "ar")
    mail = monday(busy_world, mail_sender, mailbox)
    assert mail["Content-Language"] == "ar"
    assert '<html lang="ar" dir="rtl"' in parts(mail)[1]
    assert "صباح الخير" in parts(mail)[0]


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_summary_stays_small_however_much_is_late(
    world: World, mail_sender: MailSender, mailbox: Mailbox, language: str
) -> None:
    for number in range(12):
        _late_chapter(f"late-{number:02}", f"HeForShe of the long and winding shore number {number:02}")
    speak(world.dana, language)
    mail = monday(world, mail_sender, mailbox)
    (file,) = mailbox.folder.glob("[!.]*.eml")
    assert len(file.read_bytes()) < LARGEST
    assert parts(mail)[0].count("/desk/chapters/") == 8
    assert "/desk/chapters?steps=late" in parts(mail)[1]
    if language == "en":
        assert "6 more chapters" in parts(mail)[0]


def test_what_a_chapter_is_called_is_text_and_never_markup(
    world: World, mail_sender: MailSender, mailbox: Mailbox
) -> None:
    _late_chapter("hostile", HOSTILE)
    plain, html = parts(monday(world, mail_sender, mailbox))
    assert HOSTILE in plain
    assert HOSTILE not in html
    assert "&lt;script&gt;" in html


def test_a_mail_names_a_few_countries_and_counts_many(world: World, mail_sender: MailSender, mailbox: Mailbox) -> None:
    erin = desk_person("Erin", DeskRole.COUNTRY_DESK, ("BR", "RW"))
    rita = desk_person("Rita", DeskRole.COUNTRY_DESK, ("BR", "RW", "UG", "KE"))
    assert (process_desk(erin), process_desk(rita)) == (1, 1)
    assert send_waiting(mail_sender, seconds=10) == 2
    by_name = {mail["To"].split()[0]: parts(mail)[0].splitlines()[2] for mail in mailbox.mails()}
    assert by_name == {"Erin": "Brazil and Rwanda", "Rita": "4 countries"}


def _late_chapter(slug: str, name: str) -> None:
    """Enter a chapter that has been quiet for eight weeks."""
    place = onboard(slug, name, "UG", "UTC", ["en"])
    with opened(ChapterScope(place.id)) as session:
        chapter = session.scalars(select(Chapter)).one()
        chapter.state, chapter.active_since = ChapterState.ACTIVE, MONDAY - 56 * A_DAY

"""Every mail to a member of a chapter, compared with its golden files. `GOLDEN=write` writes them again."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from harness.deliveries import QUIET_SINCE, make_obligation
from harness.golden_files import assert_golden, steady
from harness.mail_sink import Mailbox
from harness.people import World
from reminders.test_mails import invite_eve, parts, queue, sent, speak
from sqlalchemy import select
from sqlalchemy.orm import Session

from tenants.action_kit.focal_point.obligations import CONFIRM_FOCAL_POINT, TERM_ENDING
from tenants.action_kit.funding.obligations import EXPENSE_TO_APPROVE
from tenants.action_kit.plan.obligations import PLAN_TO_SUBMIT, PLANNED_ACTIVITY_DUE
from tenants.action_kit.reports.obligations import REPORT_DUE
from tenants.db import new_id
from tenants.mail.consumption import Reminder
from tenants.mail.delivery import MailSender
from tenants.obligations.models import Obligation, ObligationKind
from tenants.people.models import Membership
from tenants.reminders.colleagues import colleague_tasks, colleagues_named
from tenants.reminders.digest import Digest, read_digest

GOLDEN = Path(__file__).with_name("golden")
LANGUAGES = ["en", "ar"]
TOKEN = re.compile(r"(/(?:reply|invitation)/)[\w.-]+")
InChapter = Callable[..., AbstractContextManager[Session]]
A_DAY = timedelta(days=1)
TODAY = QUIET_SINCE.date()


def hold(mail: EmailMessage, name: str, language: str) -> None:
    """Compare a mail with its files. Signed parts are replaced, since they differ each time."""
    plain, html = (TOKEN.sub(r"\1token", part) for part in parts(mail))
    assert_golden(steady(f"{mail['Subject']}\n\n{plain}"), GOLDEN / f"{name}.{language}.txt")
    assert_golden(steady(html), GOLDEN / f"{name}.{language}.html")


@pytest.fixture
def remind(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Return a function that sets the reminders and the tasks of colleagues in the digest of this test."""

    def say(reminders: list[Reminder], tasks: Sequence[Obligation] = ()) -> None:
        def read(session: Session, *args: Any, **kwargs: Any) -> Digest:
            digest = read_digest(session, *args, **kwargs)
            shown_tasks = colleague_tasks(tasks, reminders, member=digest.member, today=digest.today)
            colleagues = colleagues_named(session, shown_tasks, reminders, member=digest.member)
            return replace(digest, reminders=reminders, colleague_tasks=shown_tasks, colleagues=colleagues)

        monkeypatch.setattr("workers.emails.writing.read_digest", read)

    return say


def coming(world: World) -> list[Reminder]:
    """One obligation, due in three weeks."""
    report = make_obligation(world, REPORT_DUE, TODAY + 21 * A_DAY, title="2026-01-01")
    return [Reminder(report, -21, is_new=True)]


def mixed(world: World) -> list[Reminder]:
    """Three new reminders: overdue, due today and due in nine days; and four known ones, of which two are shown."""

    def of(kind: ObligationKind, due_on: date, title: str | None, *, is_new: bool) -> Reminder:
        return Reminder(make_obligation(world, kind, due_on, title=title), 0, is_new=is_new)

    return [
        of(EXPENSE_TO_APPROVE, TODAY - 3 * A_DAY, "Two hundred posters", is_new=True),
        of(PLANNED_ACTIVITY_DUE, TODAY, "Talk at the town hall", is_new=True),
        of(PLANNED_ACTIVITY_DUE, TODAY + 9 * A_DAY, "Match against violence", is_new=True),
        of(REPORT_DUE, TODAY - 12 * A_DAY, "2025-10-01", is_new=False),
        of(PLAN_TO_SUBMIT, TODAY - 1 * A_DAY, None, is_new=False),
        of(CONFIRM_FOCAL_POINT, TODAY, "Alice", is_new=False),
        of(TERM_ENDING, TODAY + 14 * A_DAY, "Alice", is_new=False),
    ]


def beside(world: World) -> list[Reminder]:
    """Overdue obligations of another person."""
    owner = new_id()
    report = make_obligation(world, REPORT_DUE, TODAY - 3 * A_DAY, title="2025-10-01", owner=owner)
    activity = make_obligation(world, PLANNED_ACTIVITY_DUE, TODAY - 4 * A_DAY, title="Open day", owner=owner)
    return [Reminder(activity, 3, is_new=True), Reminder(report, 3, is_new=True)]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("make_reminders", [coming, mixed, beside])
def test_a_digest_is_as_it_was_read(
    digest_of_recife: World,
    mail_sender: MailSender,
    mailbox: Mailbox,
    in_chapter: InChapter,
    remind: Callable[..., None],
    make_reminders: Callable[[World], list[Reminder]],
    language: str,
) -> None:
    speak(in_chapter, digest_of_recife, language=language)
    remind(make_reminders(digest_of_recife))
    hold(sent(mail_sender, mailbox), f"digest_{make_reminders.__name__}", language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_weekly_digest_with_the_tasks_of_colleagues_is_as_it_was_read(
    digest_of_recife: World,
    mail_sender: MailSender,
    mailbox: Mailbox,
    in_chapter: InChapter,
    remind: Callable[..., None],
    language: str,
) -> None:
    """Bob is away, and the reader is told of one of his tasks."""
    world = digest_of_recife
    speak(in_chapter, world, language=language, digest_frequency="weekly")
    with in_chapter(world.recife) as session:
        bob = session.scalars(select(Membership).where(Membership.user_id == world.bob.user_id)).one()
        bob.away_since, bob.away_until = TODAY, TODAY + 9 * A_DAY
        owner = bob.id
    report = make_obligation(world, REPORT_DUE, TODAY + 7 * A_DAY, title="2025-10-01", owner=owner)
    overdue = make_obligation(world, PLANNED_ACTIVITY_DUE, TODAY - 4 * A_DAY, title="Open day", owner=owner)
    due_today = make_obligation(world, PLAN_TO_SUBMIT, TODAY, owner=owner)
    remind([Reminder(report, -7, is_new=True)], [overdue, due_today])
    hold(sent(mail_sender, mailbox), "digest_weekly", language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_invitation_is_as_it_was_read(
    world: World, mail_sender: MailSender, mailbox: Mailbox, in_chapter: InChapter, language: str
) -> None:
    invite_eve(in_chapter, world, language=language)
    hold(sent(mail_sender, mailbox), "invitation", language)


@pytest.mark.parametrize("letter", ["password_reset", "address_confirm", "address_changed", "password_changed"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_letter_about_an_account_is_as_it_was_read(
    world: World, mail_sender: MailSender, mailbox: Mailbox, language: str, letter: str
) -> None:
    queue(world.app.extensions["settings"], world, language=language, letter=letter)
    hold(sent(mail_sender, mailbox), letter, language)

"""The end of a digest: what is due or overdue and belongs to colleagues."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from harness.deliveries import QUIET_SINCE, QUIET_WEEKS, make_obligation
from harness.mail_sink import Mailbox
from harness.people import World
from reminders.mornings import membership_of
from reminders.test_mails import LARGEST, parts, sent, speak
from sqlalchemy import select
from sqlalchemy.orm import Session

from tenants.action_kit.plan.obligations import PLANNED_ACTIVITY_DUE
from tenants.action_kit.reports.obligations import REPORT_DUE
from tenants.db import new_id
from tenants.mail.consumption import Reminder
from tenants.mail.delivery import MailSender, send_waiting
from tenants.obligations.models import Obligation
from tenants.people.models import Membership
from tenants.people.permissions import Permission
from tenants.reminders.colleagues import MOST_TASKS, colleague_tasks
from tenants.reminders.due import process_chapter
from workers.emails.digest import MOST_ITEMS, MOST_WITH_COLLEAGUES

InChapter = Callable[..., AbstractContextManager[Session]]
SetObligations = Callable[[list[Obligation]], None]
TODAY = QUIET_SINCE.date()
A_DAY = timedelta(days=1)
HEADING = "With your colleagues"


@pytest.fixture
def set_obligations(monkeypatch: pytest.MonkeyPatch) -> SetObligations:
    """Return a function that sets the obligations of Recife."""

    def replace_query(obligations: list[Obligation]) -> None:
        monkeypatch.setattr("tenants.reminders.rungs.obligations_due", lambda *_args, **_kwargs: obligations)

    return replace_query


@pytest.fixture
def members(world: World, mail_sender: MailSender) -> dict[str, Any]:
    """The memberships of Alice and Bob in Recife."""
    return {"alice": membership_of(world.recife, world.alice), "bob": membership_of(world.recife, world.bob)}


def activity(world: World, days_late: int, **values: Any) -> Obligation:
    return make_obligation(world, PLANNED_ACTIVITY_DUE, TODAY - days_late * A_DAY, **values)


def test_a_digest_ends_with_what_is_due_and_belongs_to_others(
    world: World,
    mail_sender: MailSender,
    mailbox: Mailbox,
    members: dict[str, Any],
    set_obligations: SetObligations,
) -> None:
    shared = new_id()
    set_obligations(
        [
            activity(world, 2, owner=members["bob"], title="Open day <script>"),
            activity(world, 0, owner=members["bob"], title="Match"),
            activity(world, 0, owner=members["alice"], title="Own talk"),
            activity(world, 0, owner=members["bob"], title="Walk of both", subject=shared),
            activity(world, 0, owner=members["alice"], title="Walk of both", subject=shared),
            activity(world, -1, owner=members["bob"], title="Due tomorrow"),
            activity(world, 1, title="Of UN Women"),
        ]
    )
    process_chapter(world.recife.id, at=QUIET_SINCE, quiet_weeks=QUIET_WEEKS)
    send_waiting(mail_sender, seconds=10)
    (mail,) = mailbox.mails(to=world.alice.email)
    plain, html = parts(mail)
    section = plain.partition(HEADING)[2].partition("Your six steps")[0]
    assert section.splitlines() == [
        "",
        "2 days overdue: Open day <script> (Bob)",
        "due today: Match (Bob)",
        "",
    ]
    end = html.partition(HEADING)[2].partition("</td>")[0]
    assert "Open day &lt;script&gt; (Bob)" in end
    assert "<a " not in end, "the tasks of others have no links"


def test_what_others_have_to_do_sends_no_digest(
    world: World, members: dict[str, Any], mailbox: Mailbox, mail_sender: MailSender, set_obligations: SetObligations
) -> None:
    set_obligations([activity(world, 0, owner=members["bob"])])
    assert process_chapter(world.recife.id, at=QUIET_SINCE, quiet_weeks=QUIET_WEEKS) == 1
    send_waiting(mail_sender, seconds=10)
    assert mailbox.mails(to=world.alice.email) == []
    (mail,) = mailbox.mails()
    assert HEADING not in parts(mail)[0]


def test_what_a_deputy_is_told_of_is_not_among_the_tasks_of_others(
    world: World, in_chapter: InChapter, members: dict[str, Any]
) -> None:
    late, other = activity(world, 3, owner=members["bob"]), activity(world, 9, owner=members["bob"])
    with in_chapter(world.recife) as session:
        alice = session.scalars(select(Membership).where(Membership.id == members["alice"])).one()
        tasks = colleague_tasks([late, other], [Reminder(late, 3, is_new=True)], member=alice, today=TODAY)
        assert [task.due for task in tasks] == [other]
        many = [activity(world, 0, owner=members["bob"]) for _ in range(9)]
        assert len(colleague_tasks(many, [], member=alice, today=TODAY)) == MOST_TASKS == 5


def test_a_name_that_the_reader_may_not_see_is_left_out(
    world: World, in_chapter: InChapter, members: dict[str, Any]
) -> None:
    kind = replace(REPORT_DUE, title_permission=Permission.MANAGE_CHAPTER)
    due = replace(make_obligation(world, REPORT_DUE, TODAY, owner=members["bob"]), kind=kind)
    waiting_for_desk = replace(make_obligation(world, REPORT_DUE, TODAY, owner=members["bob"]), awaits_desk=True)
    with in_chapter(world.recife) as session:
        alice = session.scalars(select(Membership).where(Membership.id == members["alice"])).one()
        (task,) = colleague_tasks([due, waiting_for_desk], [], member=alice, today=TODAY)
    assert (due.title, task.due.title) == ("2025-10-01", None)


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_full_digest_with_the_tasks_of_others_stays_small(
    world: World,
    mail_sender: MailSender,
    mailbox: Mailbox,
    in_chapter: InChapter,
    members: dict[str, Any],
    set_obligations: SetObligations,
    language: str,
) -> None:
    speak(in_chapter, world, language=language)
    title = {
        "en": "Ask the town hall for the great square and its stage",
        "ar": "طلب الساحة الكبيرة ومنصتها من البلدية قبل نهاية الشهر",
    }[language]
    own_tasks = [activity(world, 0, owner=members["alice"], title=title) for _ in range(40)]
    set_obligations([*own_tasks, *(activity(world, 40, owner=members["bob"], title=title) for _ in range(9))])
    process_chapter(world.recife.id, at=QUIET_SINCE, quiet_weeks=QUIET_WEEKS)
    send_waiting(mail_sender, seconds=10)
    (mail,) = mailbox.mails(to=world.alice.email)
    assert parts(mail)[0].count("(Bob)") == MOST_WITH_COLLEAGUES - MOST_ITEMS
    assert max(len(file.read_bytes()) for file in mailbox.folder.glob("[!.]*.eml")) < LARGEST


def test_a_weekly_reader_reads_how_to_get_a_mail_a_day(
    digest_of_recife: World, mail_sender: MailSender, mailbox: Mailbox, in_chapter: InChapter
) -> None:
    speak(in_chapter, digest_of_recife, digest_frequency="weekly")
    plain, html = parts(sent(mail_sender, mailbox))
    for part in (plain, html):
        assert "Once a day instead" in part
        assert "You chose one of these emails a week at most." in part
        assert not re.search("Once a week instead|at most one of these emails a day", part)

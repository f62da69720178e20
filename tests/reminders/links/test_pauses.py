"""Pauses of reminders: requested by a link or on a page, and over at their time."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from harness.deliveries import QUIET_WEEKS, log_talk, make_obligation
from harness.mail_sink import Mailbox
from harness.people import World
from hypothesis import given
from hypothesis import strategies as st
from reminders.links.digest_mail import (
    A_DAY,
    MONDAY,
    DigestMail,
    actions,
    digests_of_morning,
    link,
    obligations_on,
    press,
    stored_counts,
    title_of,
)
from sqlalchemy import select
from time_machine import travel

from tenants.action_kit.activities.obligations import QUIET_CHAPTER
from tenants.action_kit.funding.obligations import BUDGET_TO_REVISE, EXPENSE_TO_APPROVE
from tenants.action_kit.launch.obligations import CHECKLIST_ITEM
from tenants.action_kit.plan.obligations import PLAN_TO_APPROVE
from tenants.action_kit.reports.obligations import REPORT_DUE, REPORT_TO_APPROVE
from tenants.db import opened
from tenants.errors import Refused
from tenants.mail.delivery import MailSender
from tenants.mail.models import ConsumedRung, ReminderPause
from tenants.obligations.models import Obligation, ObligationKind
from tenants.overview.obligation_kinds import KINDS
from tenants.people.models import Membership
from tenants.reminders.links import LinkAction
from tenants.reminders.obligation_keys import ObligationKey
from tenants.reminders.pauses import acknowledge, actions_on, lift, pauses_on, remind_later
from tenants.scope import ChapterScope

LATER = "Remind me in 3 days"
ACKNOWLEDGEMENT = "I know about it"
MONEY_OR_DECISIONS = {PLAN_TO_APPROVE, BUDGET_TO_REVISE, EXPENSE_TO_APPROVE, REPORT_TO_APPROVE}


def coming(world: World) -> Obligation:
    """Return the obligation that is due in nine days."""
    return next(due for due in obligations_on(world) if due.due_on == MONDAY.date() + timedelta(days=9))


def days_on_which_it_is_news(
    world: World, mail_sender: MailSender, mailbox: Mailbox, title: str, days: range
) -> list[int]:
    """Process mornings, and return those on which `title` was new in a digest, in days after MONDAY."""
    news_days = []
    for number in days:
        digests = digests_of_morning(world, mail_sender, mailbox, MONDAY + number * A_DAY)
        if any(title in digest.plain.split("Also on your list")[0] for digest in digests):
            news_days.append(number)
    return news_days


def test_remind_me_in_three_days_reminds_in_three_days(
    digest: DigestMail, world: World, mail_sender: MailSender, mailbox: Mailbox, client: FlaskClient
) -> None:
    due = coming(world)
    path, title = link(world, due, LinkAction.LATER), title_of(world, due)
    assert path in digest.links(LATER)
    press(client, path)
    html = client.get(path).get_data(as_text=True)
    assert "You will be reminded of this again on 5 Mar 2026" in html
    assert stored_counts(world).pauses == 1
    assert actions(world)[-2:] == [("reminder.put_off", world.alice.user_id), ("mail.link_used", world.alice.user_id)]
    assert days_on_which_it_is_news(world, mail_sender, mailbox, title, range(1, 5)) == [3]


def test_what_is_put_off_is_in_no_mail_meanwhile(
    digest: DigestMail, world: World, mail_sender: MailSender, mailbox: Mailbox, client: FlaskClient
) -> None:
    due = coming(world)
    title = title_of(world, due)
    assert title in digest.plain
    press(client, link(world, due, LinkAction.LATER))
    for number in (1, 2):
        for later_digest in digests_of_morning(world, mail_sender, mailbox, MONDAY + number * A_DAY):
            assert title not in later_digest.plain


def test_what_is_done_while_it_is_put_off_is_never_told(
    digest: DigestMail, world: World, mail_sender: MailSender, mailbox: Mailbox, client: FlaskClient
) -> None:
    due = coming(world)
    title = title_of(world, due)
    press(client, link(world, due, LinkAction.LATER))
    press(client, link(world, due, LinkAction.DONE))
    assert days_on_which_it_is_news(world, mail_sender, mailbox, title, range(1, 5)) == []


def test_what_she_knows_about_is_told_no_more(
    digest: DigestMail, world: World, mail_sender: MailSender, mailbox: Mailbox, client: FlaskClient
) -> None:
    known_item, other_item = (due for due in obligations_on(world) if due.kind is CHECKLIST_ITEM and late_by(due) == 12)
    path = link(world, known_item, LinkAction.KNOWN)
    assert path in digest.links(ACKNOWLEDGEMENT)
    press(client, path)
    assert "You will get no more emails about this until it is done." in client.get(path).get_data(as_text=True)
    weeks = range(1, 16)
    assert days_on_which_it_is_news(world, mail_sender, mailbox, title_of(world, known_item), weeks) == []
    assert days_on_which_it_is_news(world, mail_sender, mailbox, title_of(world, other_item), range(16, 30)) == [21, 28]


def late_by(due: Obligation) -> int:
    return (MONDAY.date() - due.due_on).days


def test_a_second_quiet_spell_is_told_though_she_knew_of_the_first(
    digest: DigestMail, world: World, mail_sender: MailSender, mailbox: Mailbox
) -> None:
    """It is a new obligation with another due date. The pause was about the earlier one."""
    first_day = MONDAY - A_DAY + timedelta(weeks=QUIET_WEEKS)
    late = first_day + timedelta(days=15)
    (quiet,) = (due for due in obligations_on(world, late) if due.kind is QUIET_CHAPTER)
    assert mornings_quiet(world, mail_sender, mailbox, late)
    ask(world, quiet, acknowledge, late)
    assert not any(mornings_quiet(world, mail_sender, mailbox, late + number * A_DAY) for number in range(1, 15))
    moment = late + timedelta(days=15)
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        log_talk(session, by=world.alice.user_id, at=moment)
    moment += timedelta(weeks=QUIET_WEEKS)
    assert any(mornings_quiet(world, mail_sender, mailbox, moment + number * A_DAY) for number in range(4))


def mornings_quiet(world: World, mail_sender: MailSender, mailbox: Mailbox, at: datetime) -> bool:
    """Process a morning, and return whether a mail reported the quiet chapter as new."""
    before = rungs_of_quiet(world)
    digests_of_morning(world, mail_sender, mailbox, at)
    return rungs_of_quiet(world) > before


def rungs_of_quiet(world: World) -> int:
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        rungs = select(ConsumedRung).where(ConsumedRung.kind == QUIET_CHAPTER.code)
        return len(session.scalars(rungs).all())


def test_who_lifts_it_is_reminded_again(
    digest: DigestMail, world: World, mail_sender: MailSender, mailbox: Mailbox
) -> None:
    due = next(due for due in obligations_on(world) if late_by(due) == 12)
    ask(world, due, acknowledge, MONDAY)
    assert lifted(world, due)
    assert not lifted(world, due), "there was nothing left to lift"
    assert stored_counts(world).pauses == 0
    assert actions(world)[-1] == ("reminder.lifted", world.alice.user_id)
    news_days = days_on_which_it_is_news(world, mail_sender, mailbox, title_of(world, due), range(3, 9))
    assert news_days == [7], "17 days late is a Saturday, and the Monday has it"


def test_asked_again_a_pause_is_moved_and_never_doubled(digest: DigestMail, world: World) -> None:
    due = coming(world)
    ask(world, due, remind_later, MONDAY)
    ask(world, due, remind_later, MONDAY + A_DAY)
    assert [pause.until_on for pause in pauses(world)] == [MONDAY.date() + timedelta(days=4)]


def test_two_who_ask_at_once_leave_one_pause(digest: DigestMail, world: World) -> None:
    due, ready = coming(world), threading.Barrier(4)

    def push() -> None:
        ready.wait()
        ask(world, due, remind_later, MONDAY)

    threads = [threading.Thread(target=push) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(pauses(world)) == 1


def test_a_pause_that_a_lost_mail_ended_ends_in_the_next_one(
    digest: DigestMail, world: World, mail_sender: MailSender, mailbox: Mailbox
) -> None:
    """A request after the digest that ended the pause begins another pause."""
    due = coming(world)
    title = title_of(world, due)
    ask(world, due, remind_later, MONDAY)
    assert days_on_which_it_is_news(world, mail_sender, mailbox, title, range(1, 4)) == [3]
    ask(world, due, remind_later, MONDAY + 3 * A_DAY)
    (pause,) = pauses(world)
    assert (pause.until_on, pause.carried_by) == (MONDAY.date() + timedelta(days=6), None)
    assert days_on_which_it_is_news(world, mail_sender, mailbox, title, range(4, 8)) == [7]  # the sixth is a Sunday


@pytest.mark.parametrize("kind", sorted(MONEY_OR_DECISIONS, key=repr), ids=repr)
def test_money_and_decisions_are_never_silenced(world: World, kind: ObligationKind) -> None:
    for days in (-21, -1, 0, 1, 10, 60):
        due = make_obligation(world, kind, MONDAY.date() - timedelta(days=days))
        for service in (remind_later, acknowledge):
            with pytest.raises(Refused):
                ask(world, due, service, MONDAY)


def test_what_is_late_is_not_put_off_and_what_is_not_very_late_not_silenced(world: World) -> None:
    late = make_obligation(world, CHECKLIST_ITEM, MONDAY.date() - A_DAY)
    with pytest.raises(Refused):
        ask(world, late, remind_later, MONDAY)
    for days in (0, 9):
        with pytest.raises(Refused):
            ask(
                world,
                make_obligation(world, REPORT_DUE, MONDAY.date() - days * A_DAY),
                acknowledge,
                MONDAY,
            )
    ask(world, make_obligation(world, REPORT_DUE, MONDAY.date() - 10 * A_DAY), acknowledge, MONDAY)


@given(kind=st.sampled_from(KINDS), days=st.integers(-60, 400))
def test_every_offer_keeps_the_rules(kind: ObligationKind, days: int) -> None:
    today = MONDAY.date()
    world: Any = type("World", (), {"recife": type("Place", (), {"id": None})})
    offers = actions_on(make_obligation(world, kind, today - timedelta(days=days)), today=today)
    assert len(offers) == len(set(offers)) <= 2
    assert not {LinkAction.LATER, LinkAction.KNOWN} <= set(offers)
    if LinkAction.LATER in offers:
        assert days <= 0
    if LinkAction.KNOWN in offers:
        assert days >= 10
    if kind in MONEY_OR_DECISIONS:
        assert offers == []


def test_money_and_decisions_are_all_there_are() -> None:
    assert {kind for kind in KINDS if not kind.may_wait} == MONEY_OR_DECISIONS


def ask(world: World, due: Obligation, service: Any, at: datetime) -> None:
    with (
        world.app.app_context(),
        travel(at, tick=True),
        opened(ChapterScope(world.recife.id, actor_id=world.alice.user_id)) as session,
    ):
        member = session.scalars(select(Membership).where(Membership.user_id == world.alice.user_id)).one()
        service(session, member=member, due=due, today=at.date(), at=at)


def lifted(world: World, due: Obligation) -> bool:
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        member = session.scalars(select(Membership).where(Membership.user_id == world.alice.user_id)).one()
        subject = ObligationKey.of(due)
        silent = pauses_on(session, membership_id=member.id, subjects=[subject], today=MONDAY.date())
        is_lifted = lift(session, member=member, subject=subject, at=datetime.now(UTC))
        assert (subject in silent) is is_lifted
        return is_lifted


def pauses(world: World) -> list[ReminderPause]:
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        return list(session.scalars(select(ReminderPause)))

"""Absences: no digest until a day, then everything that is due; deputies are reminded of the tasks of focal points."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from harness.deliveries import QUIET_WEEKS, make_obligation
from harness.mail_sink import Mailbox
from harness.people import World, join, person
from hypothesis import given
from hypothesis import strategies as st
from reminders.mornings import digests_to, live_until, membership_of, next_at, rungs_of, set_calendar, try_again
from reminders.test_mails import parts
from sqlalchemy import select
from sqlalchemy.orm import Session

from tenants.action_kit.funding.obligations import EXPENSE_TO_APPROVE
from tenants.action_kit.reports.obligations import REPORT_DUE
from tenants.db import new_id
from tenants.mail.delivery import MailSender
from tenants.mail.models import DeliveryState, Reason
from tenants.obligations.ladder import DEPUTY, rung_of
from tenants.obligations.models import Obligation
from tenants.overview.obligations import Leader
from tenants.people.models import DigestFrequency, Membership
from tenants.people.permissions import Role
from tenants.reminders.deputies import DAYS_BETWEEN_WEEKLY, rungs_of_deputies
from tenants.reminders.due import process_chapter

InChapter = Callable[..., AbstractContextManager[Session]]
SetObligations = Callable[[list[Obligation]], None]
MONDAY = datetime(2026, 6, 1, 12, tzinfo=UTC)  # nine o'clock at Recife
A_DAY = timedelta(days=1)
EVERY_DAY = (1, 2, 3, 4, 5, 6, 7)


@pytest.fixture
def set_obligations(monkeypatch: pytest.MonkeyPatch) -> SetObligations:
    """Return a function that sets the obligations of Recife."""

    def replace_query(obligations: list[Obligation]) -> None:
        monkeypatch.setattr("tenants.reminders.rungs.obligations_due", lambda *_args, **_kwargs: obligations)

    return replace_query


@pytest.fixture
def alice(world: World, mail_sender: MailSender) -> UUID:
    """The membership of Alice, the focal point. Every day is a working day in Recife."""
    set_calendar(world.recife, zone="America/Recife", week=EVERY_DAY, at=MONDAY - timedelta(hours=1))
    return membership_of(world.recife, world.alice)


@pytest.fixture
def deputy(world: World, alice: UUID) -> UUID:
    """The membership of a deputy."""
    duda = person("Duda")
    join(world.recife, duda, Role.DEPUTY)
    return membership_of(world.recife, duda)


def set_member(in_chapter: InChapter, world: World, membership_id: UUID, **values: Any) -> None:
    with in_chapter(world.recife) as session:
        member = session.scalars(select(Membership).where(Membership.id == membership_id)).one()
        for name, value in values.items():
            setattr(member, name, value)


def absence(days: int) -> dict[str, date]:
    """Return an absence that begins on the Monday, with its last day after so many days."""
    return {"away_since": MONDAY.date(), "away_until": MONDAY.date() + days * A_DAY}


def until(world: World, mail_sender: MailSender, days: int) -> None:
    """Process the mornings up to and including that of so many days after the Monday."""
    live_until(world.recife, mail_sender, MONDAY + days * A_DAY + timedelta(minutes=1))


def test_a_focal_point_who_is_away_gets_no_mail_and_then_the_rung_that_holds(
    world: World, mail_sender: MailSender, in_chapter: InChapter, alice: UUID, set_obligations: SetObligations
) -> None:
    set_member(in_chapter, world, alice, **absence(11))
    set_obligations([make_obligation(world, REPORT_DUE, MONDAY.date(), owner=alice)])
    until(world, mail_sender, 11)
    assert digests_to(alice) == []
    until(world, mail_sender, 12)
    assert rungs_of(world.recife, alice) == [10]
    assert [digest.local_day for digest in digests_to(alice)] == [MONDAY.date() + 12 * A_DAY]


def test_deputies_get_the_reminders_of_a_focal_point_who_is_away(
    world: World,
    mail_sender: MailSender,
    mailbox: Mailbox,
    in_chapter: InChapter,
    alice: UUID,
    deputy: UUID,
    set_obligations: SetObligations,
) -> None:
    set_member(in_chapter, world, alice, **absence(11))
    set_obligations([make_obligation(world, REPORT_DUE, MONDAY.date() + 7 * A_DAY, owner=alice)])
    until(world, mail_sender, 0)
    assert rungs_of(world.recife, deputy) == [-7], "the deputy did not hear of what is due next week"
    (mail,) = mailbox.mails()
    for part in parts(mail):
        assert "Alice is away until 12 Jun, so we are telling you as well." in part
        assert "You get this email because you are a deputy in this chapter." in part
    until(world, mail_sender, 30)
    assert rungs_of(world.recife, deputy) == [-7, 0, DEPUTY]
    assert rungs_of(world.recife, alice) == [DEPUTY, 10, 17]


def test_what_another_owner_or_another_decider_has_is_not_the_deputys(
    world: World,
    mail_sender: MailSender,
    in_chapter: InChapter,
    alice: UUID,
    deputy: UUID,
    set_obligations: SetObligations,
) -> None:
    set_member(in_chapter, world, alice, **absence(60))
    bob, report = membership_of(world.recife, world.bob), new_id()
    due_on = MONDAY.date() + 2 * A_DAY
    set_obligations(
        [
            make_obligation(world, REPORT_DUE, due_on, owner=alice, subject=report),
            make_obligation(world, REPORT_DUE, due_on, owner=bob, subject=report),
            make_obligation(world, EXPENSE_TO_APPROVE, due_on, owner=alice),
        ]
    )
    until(world, mail_sender, 4)
    assert rungs_of(world.recife, deputy) == []
    assert rungs_of(world.recife, bob) == [-7, 0]


def test_a_deputy_who_was_away_is_told_once_of_what_is_still_late(
    world: World,
    mail_sender: MailSender,
    in_chapter: InChapter,
    alice: UUID,
    deputy: UUID,
    set_obligations: SetObligations,
) -> None:
    set_member(in_chapter, world, deputy, **absence(20))
    set_obligations([make_obligation(world, REPORT_DUE, MONDAY.date(), owner=alice)])
    until(world, mail_sender, 40)
    assert rungs_of(world.recife, deputy) == [DEPUTY]
    assert [digest.local_day for digest in digests_to(deputy)] == [MONDAY.date() + 21 * A_DAY]
    with in_chapter(world.recife, login="worker"):
        assert len(digests_to(alice)) == 7, "0, 3, 10, 17, 24, 31 and 38 days late"


def test_a_digest_written_before_an_absence_is_not_sent_in_it(
    world: World, mail_sender: MailSender, in_chapter: InChapter, alice: UUID, set_obligations: SetObligations
) -> None:
    set_obligations([make_obligation(world, REPORT_DUE, MONDAY.date(), owner=alice)])
    moment = next_at(world.recife)
    assert process_chapter(world.recife.id, at=moment, quiet_weeks=QUIET_WEEKS) == 1
    set_member(in_chapter, world, alice, **absence(1))
    try_again(mail_sender, moment)
    assert [(row.state, row.reason) for row in digests_to(alice)] == [(DeliveryState.HELD, Reason.PERSON_AWAY)]
    until(world, mail_sender, 2)
    assert [row.state for row in digests_to(alice)] == [DeliveryState.HELD, DeliveryState.SENT]
    assert rungs_of(world.recife, alice) == [0]


def test_a_weekly_digest_that_was_not_sent_does_not_use_up_its_week(
    world: World, mail_sender: MailSender, in_chapter: InChapter, alice: UUID, set_obligations: SetObligations
) -> None:
    set_member(in_chapter, world, alice, digest_frequency=DigestFrequency.WEEKLY)
    set_obligations([make_obligation(world, REPORT_DUE, MONDAY.date(), owner=alice)])
    moment = next_at(world.recife)
    assert process_chapter(world.recife.id, at=moment, quiet_weeks=QUIET_WEEKS) == 1
    try_again(mail_sender, moment + timedelta(hours=11, minutes=5))
    assert [row.state for row in digests_to(alice)] == [DeliveryState.HELD], "it was sent in the evening"
    until(world, mail_sender, 12)
    sent_days = [row.local_day for row in digests_to(alice) if row.state == DeliveryState.SENT]
    assert sent_days == [MONDAY.date() + A_DAY, MONDAY.date() + 7 * A_DAY]
    assert rungs_of(world.recife, alice) == [0, 3], "on the second Monday"


@given(
    due_in=st.integers(-30, 60),
    gaps=st.lists(st.integers(1, DAYS_BETWEEN_WEEKLY), min_size=1, max_size=12),
)
def test_a_weekly_deputy_is_told_of_what_is_three_days_late_in_the_next_digest(due_in: int, gaps: list[int]) -> None:
    world: Any = type("World", (), {"recife": type("Place", (), {"id": None})})
    deputy = Leader(new_id(), Role.DEPUTY, DigestFrequency.WEEKLY, None)
    due = make_obligation(world, REPORT_DUE, MONDAY.date() + due_in * A_DAY, owner=new_id())
    day = MONDAY.date()
    for gap in gaps:
        last_day, day = day, day + gap * A_DAY
        rung = rung_of(due.kind.ladder, due_on=due.due_on, today=day)
        rungs = rungs_of_deputies([(due, rung)], [deputy], today=day) if rung is not None else {}
        if last_day < due.due_on + DEPUTY * A_DAY <= day:
            assert [rung for _due, rung in rungs.values()] == [DEPUTY]
        elif due.due_on + DEPUTY * A_DAY > day:
            assert rungs == {}

"""The statements of a chapter's morning: few, and no more for a long history."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from desk.page_texts import statements_in
from harness.deliveries import QUIET_WEEKS, make_obligation
from harness.people import World, join, person
from reminders.mornings import live_until, membership_of, next_at, set_calendar
from sqlalchemy.orm import Session

from tenants.action_kit.launch.obligations import CHECKLIST_ITEM
from tenants.action_kit.reports.obligations import REPORT_DUE
from tenants.db import new_id
from tenants.mail.delivery import MailSender
from tenants.mail.models import ConsumedRung
from tenants.obligations.models import Obligation
from tenants.overview.obligation_kinds import KINDS
from tenants.people.permissions import Role
from tenants.reminders.due import chapters_due, process_chapter
from tenants.scope import NobodyScope

InChapter = Callable[..., AbstractContextManager[Session]]
MONDAY = datetime(2026, 6, 1, 12, tzinfo=UTC)
NOTHING_NEW = 8  # scope, clock, chapter, obligations, leaders, consumed rungs, pauses, and the clock's next moment
NOTHING_DUE = 5
SOMETHING_NEW = 12  # also the members, the texts, the digests and their inbox copies


def taken(world: World) -> int:
    """Return how many statements the next morning of Recife takes."""
    moment = next_at(world.recife)
    return statements_in(world.app, lambda: process_chapter(world.recife.id, at=moment, quiet_weeks=QUIET_WEEKS))


@pytest.fixture
def alice(world: World, mail_sender: MailSender) -> Any:
    """Alice's membership. Recife's clock is set to a Monday in June."""
    set_calendar(world.recife, zone="America/Recife", week=(1, 2, 3, 4, 5), at=MONDAY - timedelta(hours=1))
    return membership_of(world.recife, world.alice)


def let_recife_owe(monkeypatch: pytest.MonkeyPatch, obligations: list[Obligation]) -> None:
    """Replace the obligations of Recife. The query still runs, so that its statements count."""
    from tenants.overview.obligations import obligations_due

    def read(*args: Any, **kwargs: Any) -> list[Obligation]:
        obligations_due(*args, **kwargs)
        return obligations

    monkeypatch.setattr("tenants.reminders.rungs.obligations_due", read)


def test_a_morning_without_news_is_a_handful_of_statements_however_long_the_history(
    world: World, mail_sender: MailSender, alice: Any, in_chapter: InChapter, monkeypatch: pytest.MonkeyPatch
) -> None:
    obligations = [make_obligation(world, kind, date(2026, 5, 31), owner=alice) for kind in KINDS]
    let_recife_owe(monkeypatch, obligations)
    live_until(world.recife, mail_sender, MONDAY + timedelta(seconds=1))
    assert taken(world) == NOTHING_NEW
    with in_chapter(world.recife, login="worker") as session:
        session.add_all(
            ConsumedRung(
                chapter_id=world.recife.id,
                membership_id=alice,
                kind=CHECKLIST_ITEM.code,
                subject_id=new_id(),
                due_on=date(2025, 1, 1),
                rung=0,
                consumed_at=MONDAY,
            )
            for _ in range(2_000)
        )
    set_calendar(world.recife, zone="America/Recife", week=(1, 2, 3, 4, 5), at=MONDAY - timedelta(hours=1))
    assert taken(world) == NOTHING_NEW


def test_a_morning_on_which_nothing_is_due_asks_nothing_further(
    world: World, alice: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_recife_owe(monkeypatch, [])
    assert taken(world) == NOTHING_DUE


def test_the_digests_of_many_take_as_many_statements_as_those_of_one(
    world: World, alice: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    own_memberships = [alice]
    for number in range(6):
        coordinator = person(f"Another{number}")
        join(world.recife, coordinator, Role.COORDINATOR)
        own_memberships.append(membership_of(world.recife, coordinator))
    late = MONDAY.date() - timedelta(days=3)
    let_recife_owe(monkeypatch, [make_obligation(world, REPORT_DUE, late, owner=alice)])
    assert taken(world) == SOMETHING_NEW
    subject = new_id()
    let_recife_owe(
        monkeypatch,
        [
            make_obligation(world, REPORT_DUE, late, owner=own_membership, subject=subject)
            for own_membership in own_memberships
        ],
    )
    assert taken(world) == SOMETHING_NEW


def test_who_is_due_is_one_statement_and_one_that_says_who_asks(world: World, mail_sender: MailSender) -> None:
    from tenants.db import opened

    def scan() -> None:
        with opened(NobodyScope(login="worker")) as session:
            chapters_due(session, at=MONDAY, limit=500)

    assert statements_in(world.app, scan) == 2

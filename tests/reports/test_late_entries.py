"""When entries change after a report was sent, comparing it is due until it is returned or left as it is."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from harness.people import post
from reports.conftest import Desk
from sqlalchemy import event, func, select

from tenants import clock
from tenants.action_kit.activities.models import ActivityRevision
from tenants.action_kit.activities.services import log_activity, revise_activity
from tenants.action_kit.cells import AgeBand, Sex
from tenants.action_kit.funding import budgets
from tenants.action_kit.funding import services as funding
from tenants.action_kit.funding.entries import TransactionEntry
from tenants.action_kit.funding.models import TransactionKind
from tenants.action_kit.launch import services as launch
from tenants.action_kit.launch.entries import EventEntry
from tenants.action_kit.launch.models import TallyKind
from tenants.action_kit.reports import queries, services
from tenants.action_kit.reports.assembly import assemble
from tenants.action_kit.reports.differences import differences, numbers_now, numbers_sent
from tenants.action_kit.reports.obligations import LATE_ENTRY_WAITING
from tenants.chapters.areas import ALL_COUNTRIES
from tenants.db import db, new_id, opened
from tenants.errors import AlreadyDecided, Refused
from tenants.obligations.models import Obligation
from tenants.overview.obligations import obligations_due, obligations_of
from tenants.people.permissions import Role
from tenants.people.queries import present_members
from tenants.scope import DeskScope

LATE = LATE_ENTRY_WAITING


def late(quarter: Desk, *, is_huye: bool = False) -> list[Obligation]:
    """Return the obligations about late entries of Recife, or of Huye if `is_huye`."""
    with quarter.inside(quarter.world.huye if is_huye else None) as session:
        by = clock.now().date() + timedelta(days=400)
        return [due for due in obligations_due(session, by=by, quiet_weeks=4) if due.kind is LATE]


@pytest.fixture
def sent_quarter(quarter: Desk) -> Desk:
    """A report of one activity of seven people is sent. Huye expects one too, and Carla coordinates Recife."""
    quarter.begin()
    quarter.begin(quarter.world.huye)
    quarter.coordinator()
    quarter.log(7)
    quarter.submit()
    return quarter


def keep(quarter: Desk, reason: str = "It was counted by another chapter.", *, number: int = 1) -> None:
    with quarter.inside() as session:
        services.keep_report(
            session,
            report_id=quarter.report(session).id,
            number=number,
            reason=reason,
            actor_id=quarter.world.alice.user_id,
            at=clock.now(),
        )


def revise(quarter: Desk, activity_id: UUID, people: int | None, *, days: int = 0, **changes: Any) -> None:
    """Correct an activity to `people`, dated `days` before the usual day of entries in `quarter`."""
    with quarter.inside() as session:
        latest = select(func.max(ActivityRevision.number)).where(ActivityRevision.activity_id == activity_id)
        on = quarter.period.ends_on - timedelta(days=20 + days)
        revise_activity(
            session,
            actor_id=quarter.world.alice.user_id,
            at=clock.now(),
            activity_id=activity_id,
            seen=session.scalar(latest) or 0,
            entry=replace(quarter.entry(people, on), **changes),
        )


def first_activity(quarter: Desk) -> UUID:
    with quarter.inside() as session:
        return session.scalars(select(ActivityRevision.activity_id)).first() or pytest.fail("nothing is logged")


def test_an_activity_logged_after_sending_asks_the_focal_point_to_compare(sent_quarter: Desk) -> None:
    assert late(sent_quarter) == []
    sent_quarter.log(3)
    (due,) = late(sent_quarter)
    with sent_quarter.inside() as session:
        leaders = [member.id for member in present_members(session) if member.role == Role.FOCAL_POINT]
        assert due.subject_id == sent_quarter.report(session).id
    assert [due.owner_id] == leaders
    assert due.due_on == clock.local_day(clock.now(), "America/Recife") + timedelta(days=7)
    assert due.title == sent_quarter.period.starts_on.isoformat()
    assert late(sent_quarter, is_huye=True) == [], "Huye has sent nothing, and nothing of Recife's is its own"
    sent_quarter.approve()
    assert [obligation.subject_id for obligation in late(sent_quarter)] == [due.subject_id]


def test_what_is_of_another_period_or_a_text_alone_asks_nothing(sent_quarter: Desk) -> None:
    activity = first_activity(sent_quarter)
    revise(sent_quarter, activity, 7, title="Another title")
    sent_quarter.log(5, on=sent_quarter.period.starts_on - timedelta(days=1))
    sent_quarter.log(5, on=sent_quarter.period.following.starts_on)
    assert late(sent_quarter) == []
    revise(sent_quarter, activity, 8)
    assert len(late(sent_quarter)) == 1
    revise(sent_quarter, activity, 7)
    assert late(sent_quarter) == [], "it says what the report says again"


@pytest.mark.parametrize(
    "changes",
    [{"days": 1}, {"counts": {(Sex.WOMEN, AgeBand.FROM_25_TO_59): 4, (Sex.MEN, AgeBand.FROM_18_TO_24): 3}}],
    ids=["another day", "another box"],
)
def test_a_change_that_leaves_the_total_as_it_was_is_a_change(sent_quarter: Desk, changes: dict[str, Any]) -> None:
    sent_quarter.approve()
    revise(sent_quarter, first_activity(sent_quarter), 7, **changes)
    assert len(late(sent_quarter)) == 1
    page = sent_quarter.world.browser_of(sent_quarter.world.alice).get(sent_quarter.address).text
    assert "Changed or added after the report was sent" in page
    assert f"/activities/{first_activity(sent_quarter)}" in page
    assert ("now 3 in the log, 4 in the report" in page) == ("counts" in changes)


def test_money_that_changes_after_sending_asks_too(sent_quarter: Desk) -> None:
    world, day = sent_quarter.world, sent_quarter.period.ends_on
    alice: dict[str, Any] = {"actor_id": world.alice.user_id, "at": clock.now()}
    dana: dict[str, Any] = {"actor_id": world.dana.user_id, "at": clock.now()}
    with sent_quarter.inside() as session:
        line_id = budgets.add_budget_line(session, **alice, title="Hall", amount_minor=9_000).id
        entry = TransactionEntry(TransactionKind.EXPENSE, 700, "BRL", day, "Sound", budget_line_id=line_id)
        expense = funding.record_transaction(session, **alice, form_key=new_id(), entry=entry).id
    assert late(sent_quarter) == [], "it waits for a decision, and counts nowhere"
    with sent_quarter.inside() as session:
        funding.approve_expense(session, **dana, transaction_id=expense, is_desk=True)
    assert len(late(sent_quarter)) == 1, "without a rate too"
    with pytest.raises(Refused):
        sent_quarter.approve()
    assert "A transaction" in world.browser_of(world.alice).get(sent_quarter.address).text


def test_an_activity_moved_out_of_the_period_and_a_count_at_an_event_ask_too(sent_quarter: Desk) -> None:
    activity = first_activity(sent_quarter)
    revise(sent_quarter, activity, 7, days=200)
    assert len(late(sent_quarter)) == 1
    revise(sent_quarter, activity, 9, days=200)  # its latest but one lies outside too
    (due,) = late(sent_quarter)
    assert due.due_on == clock.local_day(clock.now(), "America/Recife") + timedelta(days=7)
    revise(sent_quarter, activity, 7)
    assert late(sent_quarter) == []
    alice, day = sent_quarter.world.alice.user_id, sent_quarter.period.ends_on
    starts_at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    with sent_quarter.inside() as session:
        entry = EventEntry("Launch event", "Market", "Town hall", "UTC", starts_at, None)
        event_id = launch.plan_event(session, actor_id=alice, at=starts_at, entry=entry).id
    for kind, expected_count in ((TallyKind.SIGNUPS, 1), (TallyKind.ATTENDANCE, 1)):
        counts = {(Sex.WOMEN, AgeBand.FROM_25_TO_59): 40}
        with sent_quarter.inside() as session:
            launch.record_tally(
                session, actor_id=alice, at=clock.now(), event_id=event_id, kind=kind, counts=counts, seen=0
            )
        assert len(late(sent_quarter)) == expected_count, kind


def test_the_week_runs_from_what_last_moved_in_this_period_and_not_in_another(sent_quarter: Desk) -> None:
    sent_quarter.log(3)
    (due,) = late(sent_quarter)
    before = Desk(sent_quarter.world, sent_quarter.period.previous)
    before.begin()
    for quarter, days in ((before, 3), (sent_quarter, 5)):
        with sent_quarter.inside() as session:
            log_activity(
                session,
                actor_id=sent_quarter.world.alice.user_id,
                at=clock.now() + timedelta(days=days),
                form_key=new_id(),
                entry=quarter.entry(9, None),
            )
        assert [obligation.due_on - due.due_on for obligation in late(sent_quarter)] == [
            timedelta(days=0 if quarter is before else 5)
        ]


def test_it_stops_once_the_report_is_given_back_and_sent_anew(sent_quarter: Desk) -> None:
    sent_quarter.approve()
    sent_quarter.log(3)
    with sent_quarter.inside() as session:
        report = sent_quarter.report(session)
        services.reopen_report(
            session, report_id=report.id, reason="Three more", actor_id=sent_quarter.world.dana.user_id, at=clock.now()
        )
    assert late(sent_quarter) == []
    sent_quarter.submit()
    assert late(sent_quarter) == []
    assert sent_quarter.values()["participations", "all"] == 10


def test_alice_leaves_it_as_it_is_with_a_word_until_something_moves_again(sent_quarter: Desk) -> None:
    sent_quarter.log(3)
    alice, bob = (
        sent_quarter.world.browser_of(sent_quarter.world.alice),
        sent_quarter.world.browser_of(sent_quarter.world.bob),
    )
    address = f"{sent_quarter.address}/keeping"
    assert address in alice.get(sent_quarter.address).get_data(as_text=True)
    assert address not in bob.get(sent_quarter.address).get_data(as_text=True)
    for client in (
        bob,
        sent_quarter.world.browser_of(sent_quarter.world.charlie),
        sent_quarter.world.browser_of(sent_quarter.world.dana),
    ):
        assert client.get(address).status_code == 404
        assert post(client, address, form="/me", reason="x", number="1").status_code == 404
    answer = post(alice, address, number="1", reason=" ")
    assert answer.status_code == 422
    assert "Enter why the report stays as it is." in answer.get_data(as_text=True)
    assert len(late(sent_quarter)) == 1
    assert post(alice, address, number="1", reason="Counted by Huye.").status_code == 302
    assert late(sent_quarter) == []
    page = bob.get(sent_quarter.address).get_data(as_text=True)
    assert "Counted by Huye." in page
    assert "now 10 in the log, 7 in the report" in page, "it still is so"
    assert sent_quarter.values()["participations", "all"] == 7
    sent_quarter.log(4)
    assert len(late(sent_quarter)) == 1
    assert post(alice, address, number="7", reason="Another page.").status_code == 409


def test_what_was_left_once_is_no_decision_and_not_of_the_next_report(sent_quarter: Desk) -> None:
    sent_quarter.log(3)
    keep(sent_quarter)
    sent_quarter.approve()
    with pytest.raises(AlreadyDecided) as error:
        sent_quarter.approve()
    assert (error.value.decision, error.value.by) == ("approved", "Dana")
    keep(sent_quarter)
    with pytest.raises(AlreadyDecided) as error:
        sent_quarter.approve()
    assert error.value.decision == "approved", "that it was kept decides nothing"
    with pytest.raises(Refused):
        keep(sent_quarter, "x" * 1_001)
    with sent_quarter.inside() as session:
        report = sent_quarter.report(session)
        services.reopen_report(
            session, report_id=report.id, reason="One more", actor_id=sent_quarter.world.dana.user_id, at=clock.now()
        )
    with pytest.raises(AlreadyDecided):
        keep(sent_quarter)
    sent_quarter.submit()
    sent_quarter.log(4)
    assert len(late(sent_quarter)) == 1


def test_un_women_does_not_see_it_and_the_home_page_shows_it(sent_quarter: Desk) -> None:
    sent_quarter.log(3)
    chapters, by = [sent_quarter.world.recife.id, sent_quarter.world.huye.id], clock.now().date() + timedelta(days=400)
    with sent_quarter.world.app.app_context(), opened(DeskScope(ALL_COUNTRIES)) as session:
        assert LATE not in {due.kind for due in obligations_of(session, chapters, by=by, quiet_weeks=4)}
    alice, statements = sent_quarter.world.browser_of(sent_quarter.world.alice), list[str]()
    with sent_quarter.world.app.app_context():
        for engine in db.engines.values():
            event.listen(engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    page = alice.get("/c/recife/").get_data(as_text=True)
    assert "with the log" in page
    assert len(statements) <= 12


def test_it_asks_whenever_the_reports_own_page_shows_another_number(sent_quarter: Desk) -> None:
    """The obligation compares rows in the database, and the page the values that it assembles, in any history."""
    chance = random.Random(20_260_101)
    activities = [first_activity(sent_quarter)]
    for _ in range(14):
        if chance.random() < 0.3:
            activities.append(sent_quarter.log(chance.choice([None, 4, 5])))
        else:
            revise(
                sent_quarter, chance.choice(activities), chance.choice([None, 4, 5, 7]), days=chance.choice([0, 1, 300])
            )
        with sent_quarter.inside() as session:
            report = sent_quarter.report(session)
            before = queries.sent_values(session, report)
            now = assemble(session, sent_quarter.period, queries.entries_of(session, report.id))
            changes = differences(numbers_sent(before[1]), numbers_now(now)) if before else []
            codes = {change.code for change in changes}
            changed_sources = queries.changed_sources(session, report)
        assert bool(late(sent_quarter)) == bool(changed_sources) >= bool(codes), codes

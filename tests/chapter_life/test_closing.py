"""Closing a chapter ends what is open in it, makes it read-only and updates the figures."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from harness.people import Person, World, onboard, post
from harness.reporting import LAST, NOON, Reporting, report_of_session
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tenants import clock
from tenants.action_kit.cells import AgeBand, Sex
from tenants.action_kit.evaluation.models import ReportState
from tenants.action_kit.evaluation.periods import Period
from tenants.action_kit.funding.budgets import add_budget_line
from tenants.action_kit.funding.entries import TransactionEntry
from tenants.action_kit.funding.models import Transaction, TransactionKind, TransactionState
from tenants.action_kit.funding.services import record_transaction
from tenants.action_kit.plan.lines import start_from_template
from tenants.action_kit.plan.models import PlanVersion
from tenants.action_kit.plan.services import submit_plan
from tenants.action_kit.reports import services as evaluation
from tenants.action_kit.reports.services import TypedValue
from tenants.audit import AuditEntry
from tenants.chapter_life.states import close_chapter, make_dormant
from tenants.chapters.models import Chapter, ChapterState
from tenants.db import new_id
from tenants.errors import AlreadyDecided, Refused
from tenants.membership.services import invite
from tenants.people.models import Invitation
from tenants.people.permissions import Role
from tenants.reminders.models import ChapterClock

InChapter = Callable[..., AbstractContextManager[Session]]
AsPerson = Callable[[Person], FlaskClient]
REASON = "Its organisation was dissolved."
GROWN_WOMEN = (Sex.WOMEN, AgeBand.FROM_25_TO_59)


@pytest.fixture
def reporting(world: World) -> Reporting:
    """Both chapters of the world, expected to report."""
    helper = Reporting(world)
    helper.expect(world.recife, world.huye)
    return helper


def close(reporting: Reporting, *, at: datetime = NOON, reason: str = REASON) -> None:
    with reporting.inside(reporting.world.recife) as session:
        close_chapter(session, actor_id=reporting.world.dana.user_id, at=at, reason=reason)


def counted(reporting: Reporting, model: type[AuditEntry]) -> int:
    with reporting.inside(reporting.world.recife) as session:
        return session.scalars(select(func.count()).select_from(model)).one()


def test_its_flows_stay_in_the_figures_and_its_stocks_leave_from_its_last_quarter_on(reporting: Reporting) -> None:
    first = LAST.previous
    reporting.expect(reporting.world.recife, reporting.world.huye, period=first)
    for period in (first, LAST):
        reporting.report(
            reporting.world.recife, {GROWN_WOMEN: 10}, period, values={"workplaces_with_policy": TypedValue(5)}
        )
        reporting.report(
            reporting.world.huye, {GROWN_WOMEN: 4}, period, values={"workplaces_with_policy": TypedValue(2)}
        )
    reporting.compile()
    assert reporting.total("world", "world", "workplaces_with_policy") == (7, 2, 0, 2)

    close(reporting, at=NOON.replace(year=2025, month=12, day=20))
    assert reporting.compile() == 1

    assert reporting.total("world", "world", "workplaces_with_policy") == (2, 1, 0, 2)
    assert reporting.total("world", "world", "workplaces_with_policy", first) == (7, 2, 0, 2)
    assert reporting.total("world", "world") == (14, 2, 0, 2)
    assert not reporting.check(), "it left no mark"


def test_reports_that_were_not_approved_are_expected_no_more(reporting: Reporting) -> None:
    first, second, third = LAST.previous.previous, LAST.previous, LAST
    for period in (first, second):
        reporting.expect(reporting.world.recife, period=period)
    reporting.report(reporting.world.recife, {GROWN_WOMEN: 10}, first)
    reporting.send(reporting.world.recife, second)
    close(reporting)
    with reporting.inside(reporting.world.recife) as session:
        approved_report, sent_report, open_ = (report_of_session(session, period) for period in (first, second, third))
        assert (approved_report.state, approved_report.is_expected) == (ReportState.APPROVED, True)
        assert (sent_report.state, sent_report.is_expected, sent_report.excused_reason) == (
            ReportState.DRAFT,
            False,
            REASON,
        )
        assert (open_.state, open_.is_expected, open_.excused_reason) == (ReportState.NOT_STARTED, False, REASON)
    reporting.compile()
    assert ("country", "BR", "all") not in reporting.figures()
    assert reporting.total("world", "world") == (None, 0, 0, 1)


def test_invitations_plans_and_expenses_that_wait_come_to_their_end(reporting: Reporting) -> None:
    world = reporting.world
    with reporting.inside(world.recife) as session:
        alice = world.alice.user_id
        invite(
            session, actor_id=alice, at=NOON, email="eve@people.example", name="Eve", role=Role.MEMBER, language="en"
        )
        start_from_template(session, actor_id=alice, at=NOON)
        submit_plan(session, actor_id=alice, at=NOON)
        line = add_budget_line(session, actor_id=alice, at=NOON, title="Posters", amount_minor=10_000)
        entry = TransactionEntry(
            kind=TransactionKind.EXPENSE,
            what="Posters",
            amount_minor=500,
            currency="BRL",
            dated_on=NOON.date(),
            budget_line_id=line.id,
            source_id=None,
        )
        record_transaction(session, actor_id=alice, at=NOON, form_key=new_id(), entry=entry)
    close(reporting)
    with reporting.inside(world.recife) as session:
        assert session.scalars(select(Invitation.withdrawn_at).where(Invitation.email == "eve@people.example")).one()
        version = session.scalars(select(PlanVersion)).one()
        assert (version.state, version.reason) == ("returned", REASON)
        expense = session.scalars(select(Transaction)).one()
        assert (expense.state, expense.decided_by, expense.is_outside) == (
            TransactionState.REFUSED,
            world.dana.user_id,
            True,
        )
        chapter = session.scalars(select(Chapter)).one()
        assert (chapter.state, chapter.closed_on) == (ChapterState.CLOSED, date(2026, 2, 12))
        assert session.scalars(select(ChapterClock).where(ChapterClock.chapter_id == chapter.id)).all() == []
        actions = session.scalars(select(AuditEntry.action).where(AuditEntry.is_desk)).all()
        assert {"chapter.closed", "expense.refused", "plan.returned", "report.excused"} <= set(actions)


def test_a_dormant_chapter_can_be_closed_and_a_closed_one_never_moves_again(reporting: Reporting) -> None:
    world = reporting.world
    with reporting.inside(world.recife) as session:
        make_dormant(session, actor_id=world.dana.user_id, at=NOON, reason=REASON)
    close(reporting, at=NOON + timedelta(hours=1))
    for move in (make_dormant, close_chapter):
        with pytest.raises(AlreadyDecided) as error, reporting.inside(world.recife) as session:
            move(session, actor_id=world.dana.user_id, at=NOON + timedelta(days=1), reason=REASON)
        assert (error.value.decision, error.value.by) == ("closed", "Dana")


def test_who_asked_for_something_that_waits_does_not_turn_it_down_by_closing(reporting: Reporting) -> None:
    with reporting.inside(reporting.world.recife) as session:
        start_from_template(session, actor_id=reporting.world.dana.user_id, at=NOON)
        submit_plan(session, actor_id=reporting.world.dana.user_id, at=NOON)
    with pytest.raises(Refused):
        close(reporting)
    with reporting.inside(reporting.world.recife) as session:
        assert session.scalars(select(Chapter.state)).one() == ChapterState.ACTIVE
        assert report_of_session(session, LAST).is_expected, "half of it was done"


def test_a_chapter_that_never_began_is_not_closed(reporting: Reporting) -> None:
    with reporting.world.app.app_context():
        olinda = onboard("olinda", "HeForShe Olinda", "BR", "America/Recife", ["pt"])
    with pytest.raises(Refused), reporting.inside(olinda) as session:
        close_chapter(session, actor_id=reporting.world.dana.user_id, at=NOON, reason=REASON)


def posts_of_a_chapter(world: World) -> list[str]:
    """Return an address for every rule under /c/<chapter>/ that accepts POST, with invented ids."""
    made_up = {"chapter": "recife", "period": "2026-Q1", "indicator": "participations", "year": 2026}
    made_up |= {"kind": "attendance", "day": "2026-01-01"}
    with world.app.test_request_context():
        adapter = world.app.url_map.bind("localhost")
        return [
            adapter.build(rule.endpoint, {name: made_up.get(name, new_id()) for name in rule.arguments}, method="POST")
            for rule in world.app.url_map.iter_rules()
            if rule.rule.startswith("/c/<chapter>") and "POST" in (rule.methods or ())
        ]


def test_every_form_of_a_closed_chapter_is_refused_with_a_clear_page(reporting: Reporting, as_person: AsPerson) -> None:
    world = reporting.world
    alice, dana = as_person(world.alice), as_person(world.dana)
    close(reporting, at=clock.now())
    addresses = posts_of_a_chapter(world)
    assert len(addresses) > 40
    before = counted(reporting, AuditEntry)
    for address in addresses:
        for client in (alice, dana):
            answer = post(client, address, form="/me", title="Words I had typed")
            assert answer.status_code in (404, 409), address
            if answer.status_code == 409:
                html = answer.get_data(as_text=True)
                assert "UN Women closed ElesPorElas Recife on" in html
                assert "Words I had typed" in html
    assert counted(reporting, AuditEntry) - before == 1, "UN Women looked in, and nothing else"


def test_a_closed_chapter_is_still_read_and_says_why(reporting: Reporting, as_person: AsPerson) -> None:
    activity = reporting.log(reporting.world.recife, {GROWN_WOMEN: 3})
    alice = as_person(reporting.world.alice)
    close(reporting, at=clock.now())
    home = alice.get("/c/recife/").get_data(as_text=True)
    assert "This chapter is closed." in home
    assert REASON in home
    assert "/activities/new" not in home
    assert "/people/invitation" not in home
    for page in ("activities", f"activities/{activity}", "plan", "funding", "launch", "reports", "people", "messages"):
        assert alice.get(f"/c/recife/{page}").status_code == 200, page
    assert "Closed the chapter" in alice.get("/c/recife/trail").get_data(as_text=True)
    assert alice.get("/c/recife/activities/new").status_code == 409, "a form that leads nowhere"


def test_whoever_is_writing_while_it_is_closed_is_first_or_refused(reporting: Reporting, as_person: AsPerson) -> None:
    """Closing waits for a running writer. A writer that comes during the closing waits and is refused."""
    world, alice = reporting.world, as_person(reporting.world.alice)
    answers: list[int] = []

    def invite_somebody() -> None:
        answer = post(
            alice, "/c/recife/people/invitation", name="Eve", email="eve@people.example", role="member", language="en"
        )
        answers.append(answer.status_code)

    page = alice.get("/c/recife/people/invitation")
    assert page.status_code == 200
    with reporting.inside(world.recife) as session:
        close_chapter(session, actor_id=world.dana.user_id, at=clock.now(), reason=REASON)
        writer = threading.Thread(target=invite_somebody)
        writer.start()
        writer.join(timeout=1.5)
        assert writer.is_alive(), "it did not wait for the chapter"
    writer.join(timeout=20)
    assert answers == [409]
    with reporting.inside(world.recife) as session:
        assert session.scalars(select(Invitation).where(Invitation.email == "eve@people.example")).all() == []


def test_periods_that_open_later_expect_nothing_of_it(reporting: Reporting) -> None:
    close(reporting)
    with reporting.inside(reporting.world.recife) as session:
        assert evaluation.open_report(session, period=Period.of(NOON.date()), at=NOON) is False

"""The page of a chapter at the desk: its steps and obligations, its reports by period, and links into the chapter."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

from desk.page_texts import next_address, page, rows_of, statements_of, text_of
from harness.people import SINCE, World, desk_person
from sqlalchemy import select

from tenants import clock
from tenants.action_kit.evaluation.models import Report
from tenants.action_kit.evaluation.periods import Period
from tenants.action_kit.plan.lines import start_from_template
from tenants.action_kit.plan.models import PlanLine
from tenants.action_kit.plan.obligations import DAYS_TO_SUBMIT
from tenants.action_kit.plan.services import approve_plan, submit_plan
from tenants.action_kit.reports.services import approve_report, open_report, return_report, submit_report
from tenants.chapters.models import Chapter, ChapterState
from tenants.db import new_id, opened
from tenants.people.permissions import DeskRole
from tenants.scope import ChapterScope

QUARTER = Period.of(clock.now().date()).previous
REASON = "The numbers of June are missing"


def address_of(world: World) -> str:
    return f"/desk/chapters/{world.recife.id}"


def open_periods(world: World, count: int) -> list[Period]:
    """Open reports of the last quarters for Recife. The latest is first."""
    periods = [QUARTER]
    while len(periods) < count:
        periods.append(periods[-1].previous)
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        for period in periods:
            open_report(session, period=period, at=clock.now())
    return periods


def report(world: World, period: Period, act: Callable[..., object], **arguments: object) -> None:
    with world.app.test_request_context(), opened(ChapterScope(world.recife.id)) as session:
        row = session.scalars(select(Report).where(Report.period_on == period.starts_on)).one()
        act(session, report_id=row.id, at=clock.now(), **arguments)


def planned(world: World, *, days_ago: int) -> None:
    """Give Recife an approved plan that was begun `days_ago` days ago."""
    at = clock.now() - timedelta(days=days_ago)
    with world.app.test_request_context(), opened(ChapterScope(world.recife.id)) as session:
        start_from_template(session, actor_id=world.alice.user_id, at=at)
        version = submit_plan(session, actor_id=world.alice.user_id, at=at)
        approve_plan(session, actor_id=world.dana.user_id, at=at, version_id=version.id, is_desk=True)


def step_of(markup: str, number: int) -> str:
    return rows_of(markup)[number - 1]


def test_a_step_says_its_state_and_what_is_late_since_when(world, as_person):
    markup = page(as_person(world.dana), address_of(world))
    assert "Brazil · Active" in text_of(markup)
    due_on = SINCE.date() + timedelta(days=DAYS_TO_SUBMIT)
    assert step_of(markup, 2).startswith("2 Implementation plan Overdue Plan not sent")
    assert f'<time datetime="{due_on.isoformat()}">' in markup
    assert step_of(markup, 5).startswith("5 Local activities Overdue No activity logged")
    assert step_of(markup, 3) == "3 Funding Nothing due –"
    assert re.search(r"\d tasks are overdue\.", markup)


def test_what_is_coming_is_named_and_leads_to_where_it_is_done(world, as_person):
    planned(world, days_ago=1)
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        lines = session.scalars(select(PlanLine).where(PlanLine.kind == "activity").order_by(PlanLine.due_on)).all()
        first = lines[0]
        upcoming_lines = [
            line for line in lines if line.due_on and line.due_on <= clock.now().date() + timedelta(days=58)
        ]
    markup = page(as_person(world.dana), address_of(world))
    assert step_of(markup, 2).startswith("2 Implementation plan Done Complete a planned activity")
    assert f'href="/c/recife/plan#s-{first.id}"><bdi>{first.title}</bdi>' in markup
    assert step_of(markup, 2).count("Complete a planned activity") >= min(len(upcoming_lines), 6) > 0


def test_of_many_things_the_first_are_shown_and_the_others_counted(world, as_person):
    open_periods(world, 9)
    row = step_of(page(as_person(world.dana), address_of(world)), 6)
    assert row.count("Report not sent") == 6
    assert "3 more tasks are due later." in row


def test_nobody_of_the_chapter_is_named(world, as_person):
    planned(world, days_ago=300)
    open_periods(world, 2)
    markup = page(as_person(world.dana), address_of(world))
    for name in ("Alice", "Bob", "alice@", "bob@"):
        assert name not in markup


def test_each_report_says_where_it_is_when_it_was_sent_and_decided_and_no_word_of_it(world, as_person):
    periods = open_periods(world, 4)
    approved_period, returned_period, waiting_period = periods[1:]
    actor = world.alice.user_id
    for period in (approved_period, returned_period, waiting_period):
        report(world, period, submit_report, actor_id=actor, is_nil=True)
    report(world, approved_period, approve_report, number=1, actor_id=world.dana.user_id)
    report(world, returned_period, return_report, number=1, actor_id=world.dana.user_id, reason=REASON)
    markup = page(as_person(world.dana), address_of(world))
    rows = rows_of(markup, table=1)
    words = ["Overdue", "Approved and locked", "Returned", "Waiting for UN Women"]
    if clock.now().date() <= QUARTER.due_on:
        words[0] = "Not due yet"
    assert [word for row, word in zip(rows, words, strict=True) if word not in row] == []
    assert [row.count("–") for row in rows] == [2, 0, 1, 1]
    assert REASON not in markup
    assert f'href="/c/recife/reports/{QUARTER.code}"' in markup


def test_a_report_that_was_sent_again_says_how_often(world, as_person):
    [period] = open_periods(world, 1)
    actor = world.alice.user_id
    report(world, period, submit_report, actor_id=actor, is_nil=True)
    assert "sent 1 time" not in page(as_person(world.dana), address_of(world))
    report(world, period, return_report, number=1, actor_id=world.dana.user_id, reason=REASON)
    report(world, period, submit_report, actor_id=actor, is_nil=True)
    assert "sent 2 times" in page(as_person(world.dana), address_of(world))


def test_every_report_is_on_one_page_of_them(world, as_person):
    open_periods(world, 30)
    dana, address = as_person(world.dana), address_of(world)
    first = page(dana, address)
    second = page(dana, next_address(first))
    assert (len(rows_of(first, table=1)), len(rows_of(second, table=1))) == (25, 5)
    assert not set(rows_of(first, table=1)) & set(rows_of(second, table=1))
    assert rows_of(page(dana, next_address(second, "prev")), table=1) == rows_of(first, table=1)
    assert dana.get(f"{address}?before=yesterday").status_code == 404
    answer = dana.get(f"{address}?after=2001-01-01_{new_id()}")
    assert (answer.status_code, answer.location) == (302, address)


def test_the_ways_into_the_chapter_are_open_to_whoever_sees_them(world, as_person):
    open_periods(world, 1)
    with world.app.app_context():
        viewer = desk_person("Vera", DeskRole.VIEWER, ("BR",))
    for officer, may_invite in ((world.dana, True), (viewer, False)):
        client = as_person(officer)
        markup = page(client, address_of(world))
        ways = {way.partition("#")[0] for way in re.findall(r'href="(/c/recife[^"]*)"', markup)}
        assert {"/c/recife/", "/c/recife/plan", "/c/recife/funding", f"/c/recife/reports/{QUARTER.code}"} <= ways
        assert any("invitation" in way for way in ways) is may_invite
        assert {way: client.get(way).status_code for way in ways} == dict.fromkeys(ways, 200)


def test_who_has_nothing_to_do_with_the_country_finds_no_such_page(world, as_person):
    with world.app.app_context():
        rosa = desk_person("Rosa", DeskRole.COUNTRY_DESK, ("RW",))
    client = as_person(rosa)
    assert client.get(address_of(world)).status_code == 404
    assert world.huye.name in page(client, f"/desk/chapters/{world.huye.id}")
    assert client.get(f"/desk/chapters/{new_id()}").status_code == 404
    assert client.get("/desk/chapters/recife").status_code == 404
    for outsider in (world.alice, world.charlie):
        assert as_person(outsider).get(address_of(world)).status_code == 404


def test_a_chapter_that_is_not_active_owes_nothing_and_has_its_page(world, as_person):
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        session.scalars(select(Chapter)).one().state = ChapterState.DORMANT
    markup = page(as_person(world.dana), address_of(world))
    assert "Brazil · Dormant" in text_of(markup)
    assert "overdue" not in text_of(markup.partition("<main")[2].partition("</main>")[0]).lower()
    assert "No report is expected yet." in markup


def test_the_page_takes_as_many_statements_with_much_in_it_as_with_little(world, as_person):
    dana = as_person(world.dana)
    statement_count = statements_of(dana, address_of(world))
    planned(world, days_ago=200)
    open_periods(world, 20)
    assert statements_of(dana, address_of(world)) == statement_count <= 12

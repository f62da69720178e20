"""A report has one status, the same for the chapter, for the desk and in the counts of a period."""

from __future__ import annotations

import re
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

import pytest
from harness.people import World
from harness.reporting import COMPILER
from sqlalchemy import update

from tenants import clock
from tenants.action_kit.evaluation.indicators import BY_CODE
from tenants.action_kit.evaluation.models import Report
from tenants.action_kit.evaluation.periods import Period
from tenants.action_kit.reports.services import open_report
from tenants.chapter_life.states import make_dormant
from tenants.chapters.areas import ALL_COUNTRIES
from tenants.clock import local_day
from tenants.db import opened
from tenants.overview.report_states import ReportStatus, coverage_by_country, covered, latest_reports, report_status
from tenants.rollups.absences import Absent, absent_from
from tenants.rollups.compiler import compile_marked
from tenants.scope import ChapterScope, DeskScope

STATES = {"not_started": {}, "draft": {"state": "draft"}}
COUNT_OF = {ReportStatus.LATE: "missing"}


def open_one(world: World, at: datetime, *, days: int, **values: Any) -> Period:
    """Open the report of the last quarter of Recife, due in `days` days."""
    period, due_on = Period.of(at.date()).previous, local_day(at, "America/Recife") + timedelta(days=days)
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        open_report(session, period=period, at=at)
        session.execute(update(Report).values(due_on=due_on, **values))
    return period


def rest(world: World, at: datetime) -> None:
    with world.app.test_request_context(), opened(ChapterScope(world.recife.id)) as session:
        make_dormant(session, actor_id=world.dana.user_id, at=at, reason="Nobody is left")


@pytest.mark.parametrize("days", [-1, 0])
@pytest.mark.parametrize("state", ["active", "dormant"])
@pytest.mark.parametrize("values", STATES.values(), ids=STATES)
def test_the_counts_of_a_period_follow_from_the_status(
    world: World, values: dict[str, Any], state: str, days: int
) -> None:
    at = clock.now()
    period = open_one(world, at, days=days, **values)
    if state == "dormant":
        rest(world, at)
    with world.app.app_context(), opened(DeskScope(ALL_COUNTRIES)) as session:
        report = latest_reports(session, [world.recife.id], at=at)[world.recife.id]
        status = report_status(report, today=local_day(at, "America/Recife"), chapter_state=state)
        coverage = covered(ALL_COUNTRIES, coverage_by_country(session, ALL_COUNTRIES, period=period, at=at))
    assert (status is ReportStatus.NOT_SENT) == (state == "dormant" and days < 0)
    assert (status is ReportStatus.LATE) == (state == "active" and days < 0)
    expected_count = COUNT_OF.get(status, "not_due")
    assert {name: count for name, count in asdict(coverage).items() if count} == {expected_count: 1}


def test_an_unsent_report_of_a_dormant_chapter_is_overdue_on_no_page(world: World) -> None:
    at = clock.now()
    period = open_one(world, at, days=-20)
    chapter_page, report_list = f"/desk/chapters/{world.recife.id}", "/c/recife/reports"
    own_browser, desk_browser = world.browser_of(world.alice), world.browser_of(world.dana)
    assert "Overdue" in own_browser.get(report_list).text
    rest(world, at)
    pages = [own_browser.get(report_list).text]
    pages += [desk_browser.get(address).text for address in (chapter_page, "/desk/chapters?search=recife", report_list)]
    for page in pages:
        table = page[page.index("<tbody>") :]
        assert "Not sent, not due" in table
        assert "#i-late" not in table
    assert "Not sent, not due" in own_browser.get("/c/recife/").text
    report_page = own_browser.get(f"/c/recife/reports/{period.code}").text
    assert "Nothing is due while the chapter is not active." in report_page
    assert "Due on" not in report_page


def test_a_figure_names_a_dormant_chapter_as_one_that_owes_nothing(world: World) -> None:
    at = clock.now()
    period = open_one(world, at, days=-20)
    rest(world, at)
    with world.app.app_context():
        with opened(COMPILER) as session:
            compile_marked(session, at=at)
        with opened(DeskScope(ALL_COUNTRIES)) as session:
            absences = absent_from(
                session,
                indicator=BY_CODE["participations"],
                period=period,
                countries=ALL_COUNTRIES,
                at=at,
                limit=3,
            )
    assert [chapter.name for chapter in absences[Absent.NOT_ACTIVE]] == [world.recife.name]
    assert Absent.NOT_SENT not in absences
    figure = world.browser_of(world.dana).get(f"/desk/figures/participations/{period.code}/world/world").text
    counts = re.findall(r'<b class="num">(\d+)</b>\s*([^<]+?)\s*<', figure)
    assert ("0", "not sent") in counts
    assert ("1", "not due") in counts


def test_a_dormant_chapter_has_not_failed_to_send_the_report_of_a_quarter_that_is_not_over(world: World) -> None:
    at = clock.now()
    period = open_one(world, at, days=20)
    rest(world, at)
    own_browser = world.browser_of(world.alice)
    for address in ("/c/recife/", "/c/recife/reports", f"/c/recife/reports/{period.code}"):
        page = own_browser.get(address).text
        assert "Not due yet" in page
        assert "Not sent" not in page

"""The demonstration as the database has it: every scenario of a year occurs, and the figures agree.

A dozen chapters cover every scenario. The slow tests count all chapters.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from harness.people import post
from sqlalchemy import select

from solidarity.cli.compiling import check_everything
from solidarity.cli.explaining import explained
from solidarity.demonstration import simulate
from solidarity.demonstration.chapters.all import everybody
from solidarity.demonstration.chapters.model import Scenario
from solidarity.demonstration.sign_ins import address
from tenants import clock
from tenants.chapters.areas import ALL_COUNTRIES, Area
from tenants.chapters.models import Chapter, ChapterState
from tenants.db import opened
from tenants.overview.obligations import obligations_of
from tenants.overview.steps import states_of
from tenants.rollups.addresses import figure_of
from tenants.scope import DeskScope

ONE_OF_EACH = {actor.scenario: actor for actor in reversed(everybody()[:11])}
ENTRY_COUNT = (
    "(select count(*) from activity_revisions a where a.chapter_id = plan_lines.chapter_id and a.is_current "
    "and a.plan_line_id = plan_lines.id)"
)
OPEN = f"kind = 'activity' and {ENTRY_COUNT} < times and dropped_on is null and removed_at is null"
LATE = "submitted_at::date > (select r.due_on from reports r where r.chapter_id = s.chapter_id and r.id = s.report_id)"
CURRENT_TERM = (
    "select from focal_point_terms t where t.chapter_id = c.id and t.rank = 'primary' "
    "and current_date between t.starts_on and t.ends_on"
)
SCENARIOS = {
    "a report that came late": f"select count(*) from report_submissions s where {LATE}",
    "a report that came back and was sent again": "select count(*) from reports where state = 'approved' and sent = 2",
    "a report that came back and waits": "select count(*) from reports where state = 'draft' and sent = 1",
    "a report that waits for UN Women": "select count(*) from reports where state = 'submitted'",
    "a nil report": "select count(*) from report_submissions where is_nil",
    "a report that is missing": "select count(*) from reports where due_on < current_date and sent = 0 and is_expected",
    "a report begun and not sent": "select count(*) from reports where state = 'draft' and sent = 0",
    "a handover": "select count(*) from audit_entries where action = 'term.handed_over'",
    "a vacancy": f"select count(*) from chapters c where state = 'active' and not exists ({CURRENT_TERM})",
    "a dormant chapter": "select count(*) from chapters where state = 'dormant'",
    "money of a month without a rate": "select count(*) from transactions where usd_minor is null",
    "an expense that waits": "select count(*) from transactions where state = 'pending'",
    "an expense that waits for UN Women": "select count(*) from transactions where state = 'pending' and awaits_desk",
    "something taken back": "select count(*) from transactions where kind = 'reversal'",
    "a plan that came back": "select count(*) from plan_versions where state = 'returned'",
    "a plan that waits": "select count(*) from plan_versions where state = 'submitted'",
    "a launch to come": "select count(*) from launch_events where held_on > current_date",
    "a launch that was counted": "select count(distinct event_id) from tally_revisions where kind = 'attendance'",
    "something to get ready that is late": "select count(*) from checklist_items i join launch_events e "
    "on e.id = i.event_id where i.done_at is null and i.due_on < current_date and e.held_on > current_date",
    "an activity put right": "select count(*) from activity_revisions where number = 2",
    "an activity of the plan that takes place again and again": "select count(*) from plan_lines "
    f"where {ENTRY_COUNT} > 1",
    "an activity where nobody was asked": "select count(*) from activity_revisions "
    "where is_current and people > 0 and first_time is null",
    "an activity nobody counted": "select count(*) from activity_revisions where is_current and people is null",
    "a planned activity overdue": f"select count(*) from plan_lines where {OPEN} and due_on < current_date",
    "a planned activity due soon": f"select count(*) from plan_lines where {OPEN} and due_on - current_date < 15",
    "a target that was moved": "select count(*) from indicator_targets where number = 2",
    "a term confirmed": "select count(*) from audit_entries where action = 'term.confirmed'",
    "sign-ups kept apart": "select count(*) from tally_revisions where kind = 'signups'",
}


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_dozen_chapters_show_every_turn_of_a_year(small, scenario):
    assert small.count(SCENARIOS[scenario]) >= 1


def test_each_chapter_is_told_of_and_is_invented(small):
    assert len(small.told) == len(everybody()[:11])
    assert small.count("select count(*) from chapters where is_invented") == len(small.told)
    assert small.count("select count(*) from chapters where not is_invented") == 0


def test_figures_agree_with_what_was_lived(small):
    assert small.count("select count(*) from compile_marks") == 0
    check = check_everything(small.settings)
    assert check.figures > 100
    assert not check


def test_living_through_it_twice_changes_nothing(small, count_rows):
    before = count_rows(small)

    people = simulate(small.settings, chapters=11)

    assert people == small.people
    assert count_rows(small) == before | {"compile_runs": before["compile_runs"]}


def test_nobody_hears_of_a_year_that_is_over(small):
    """Only invitations were enqueued, and each was accepted, so none is sent any more."""
    assert small.rows("select distinct kind from deliveries") == [("invitation",)]
    assert small.count("select count(*) from invitations where accepted_at is null") == 0


def test_nothing_is_dated_after_its_moment(small):
    assert small.count("select count(*) from audit_entries where at > now()") == 0
    assert small.count("select count(*) from activity_revisions where held_on > made_at::date + 1") == 0
    early = "select count(*) from report_submissions s join reports r on r.id = s.report_id"
    assert small.count(f"{early} where s.submitted_at::date < r.period_on + interval '3 months'") == 0


def test_model_chapters_reach_all_six_steps(small):
    """Each step is done for now in some chapter, and a steady chapter has reached all six."""
    day = clock.now().date()
    with small.app.app_context(), opened(DeskScope(ALL_COUNTRIES)) as session:
        chapters = session.scalars(select(Chapter.id).where(Chapter.state == ChapterState.ACTIVE)).all()
        obligations = obligations_of(session, chapters, by=day + timedelta(days=7), today=day, quiet_weeks=8)
        states = states_of(session, chapters, today=day, obligations=obligations).values()
    counts = [Counter(step) for step in zip(*states, strict=True)]
    assert all(count["done"] for count in counts), counts
    assert any(set(chapter) == {"done"} for chapter in states), list(states)
    assert {state for chapter in states for state in chapter} >= {"done", "prog", "wait", "att", "late"}


@pytest.mark.parametrize("scenario", Scenario)
def test_no_page_of_a_chapter_is_without_invented(small, scenario):
    actor = ONE_OF_EACH[scenario]
    client = small.app.test_client()
    sign_in(client, small, address(actor.team[0], actor))
    for page in ("", "plan", "funding", "launch", "activities", "reports", "targets", "focal-point", "people", "trail"):
        answer = client.get(f"/c/{actor.slug}/{page}")
        text = answer.get_data(as_text=True)
        assert answer.status_code == 200, page
        assert "not real" in text or "مختلق" in text, page


def test_no_page_of_the_desk_is_without_invented(small):
    client = small.app.test_client()
    sign_in(client, small, "ingrid@desk.example")
    for page in ("/desk", "/desk/chapters", "/desk/approvals"):
        assert "not real" in client.get(page).get_data(as_text=True), page


def test_a_figure_is_explained_down_to_the_log(small):
    latest = "select to_char(max(period_on), 'YYYY-\"Q\"Q') from figures where indicator = 'participations'"
    [(period,)] = small.rows(f"{latest} and numerator > 0")
    lines, adds_up = explained(small.settings, figure_of(f"participations/{period}/world/world"))
    assert adds_up
    assert any("Arab States" in line for line in lines)


@pytest.mark.slow
def test_the_whole_cast_lives_through_the_year_everywhere(whole, record_property):
    record_property("figure", f"the demonstration: {len(whole.told)} chapters lived in {whole.seconds:.0f} s")
    assert whole.count("select count(*) from chapters") >= 40
    assert whole.count("select count(distinct country) from chapters") >= 25
    assert {area for (area,) in whole.rows("select distinct area from chapters")} == set(Area)
    assert all(whole.count(statement) for statement in SCENARIOS.values())
    assert whole.count("select min(n) from (select count(*) as n from activities group by chapter_id) each") >= 4
    assert whole.count("select min(n) from (select count(*) as n from transactions group by chapter_id) each") >= 6
    assert not check_everything(whole.settings)


@pytest.mark.slow
def test_nobody_of_the_whole_cast_is_promised_a_page_that_fails(whole):
    for label, email, password in whole.people:
        client = whole.app.test_client()
        answer = post(client, "/sign-in", email=email, password=password)
        assert client.get(answer.location).status_code == 200, label


def sign_in(client: FlaskClient, demonstration: Any, email: str) -> None:
    """Sign in with the password that all invented people share."""
    assert post(client, "/sign-in", email=email, password=demonstration.people[0][2]).status_code == 302

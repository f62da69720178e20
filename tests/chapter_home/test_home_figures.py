"""The figures, facts and feed of a chapter's home page: they come from its own rows and link to their evidence."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from importlib import import_module
from typing import Any

import pytest
from flask.testing import FlaskClient
from harness.activity_form import send
from harness.people import Person, World, post
from harness.statements import logged
from hypothesis import given
from hypothesis import strategies as st

from solidarity.chapter.home.figures import home_figures, total, year_shown
from solidarity.chapter.home.sentences import ObligationCounts, home_headline, lead
from tenants import clock
from tenants.action_kit.evaluation.indicators import BY_CODE
from tenants.action_kit.reports.obligations import RETURNED_REPORT
from tenants.action_kit.targets.services import Amount, set_target
from tenants.db import db, opened
from tenants.obligations.models import Step
from tenants.overview.chapter_facts import ChapterFacts, Quarter, TargetSet, chapter_facts
from tenants.scope import ChapterScope

AsPerson = Callable[[Person], FlaskClient]
TODAY = date(2026, 6, 10)
BLANK = ChapterFacts(
    holders=[],
    members=1,
    lines=0,
    planned=0,
    held=0,
    plan_number=None,
    plan_state=None,
    money=0,
    waiting=0,
    launch_on=None,
    items=0,
    items_done=0,
    report_due_on=None,
    report_state=None,
    is_report_returned=False,
)
NOTHING_OWED = ObligationCounts(0, {}, frozenset())


def facts(**changes: Any) -> ChapterFacts:
    return ChapterFacts(**{**vars(BLANK), **changes})


def facts_of(world: World) -> ChapterFacts:
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        return chapter_facts(session, today=clock.local_day(clock.now(), "America/Recife"), recent=3)


def page(client: FlaskClient, address: str = "/c/recife/") -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.status
    return answer.get_data(as_text=True)


def figure(html: str, title: str) -> str:
    """Return the text of one figure."""
    markup = next(part for part in html.split('<div class="fig">')[1:] if f"{title} <" in part)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", markup))


def test_a_target_shows_how_far_the_log_has_come(world: World, as_person: AsPerson) -> None:
    today = clock.local_day(clock.now(), "America/Recife")
    alice = as_person(world.alice)
    send(alice, "/c/recife/activities/new", held_on=date(today.year, 1, 2).isoformat())
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        for target in (100, 40):
            set_target(
                session,
                indicator=BY_CODE["participations"],
                year=today.year,
                baseline=None,
                target=Amount(target),
                reason="We know more now.",
                seen=0 if target == 100 else 1,
                actor_id=world.alice.user_id,
                at=clock.now(),
            )
    text = figure(page(alice), "Participations")
    assert " 44 " in text
    assert f"Target 40 for {today.year}, reached (110%)" in text, "the last target counts"
    assert "Counted at 1 of 1 activity." in text
    assert "Where does this number come from?" in text
    assert "Everyone present at a logged activity or at the launch" in text, "and it says what it is"
    assert f"No target for {today.year}." in figure(page(alice), "Activities held")


def test_one_chapters_facts_are_its_own(world: World, as_person: AsPerson) -> None:
    send(as_person(world.charlie), "/c/huye/activities/new", title="At the lake")
    assert facts_of(world).is_blank
    assert facts_of(world).holders == ["Alice"]
    assert facts_of(world).members == 2
    send(as_person(world.alice), "/c/recife/activities/new", title="At the school")
    recife_facts = facts_of(world)
    assert not recife_facts.is_blank
    assert [activity.title for activity in recife_facts.recent] == ["At the school"]
    assert (total(recife_facts.quarters, "activities"), total(recife_facts.quarters, "people")) == (1, 44)


@given(
    numbers=st.lists(st.tuples(st.integers(0, 30), st.integers(0, 900)), max_size=12),
    target=st.none() | st.integers(1, 5000),
)
def test_figures_never_run_past_their_bar_and_never_sum_what_differs(
    numbers: list[tuple[int, int]], target: int | None
) -> None:
    quarters = [
        Quarter(
            date(2026 - quarters_ago // 4, 1 + 3 * (quarters_ago % 4), 1),
            activities=activity_count,
            counted=activity_count,
            people=people,
            first_time=0,
        )
        for quarters_ago, (activity_count, people) in enumerate(numbers)
    ]
    set_ones = [TargetSet("participations", 1, 2026, None, target)] if target else []
    quarterly_facts = facts(quarters=quarters, targets=set_ones)
    with pytest.MonkeyPatch.context() as patch:
        for name in ("_", "ngettext", "format_number", "format_share"):
            patch.setattr(import_module("solidarity.chapter.home.figures"), name, _plain)
        figures = {
            home_figure.indicator.code: home_figure
            for home_figure in home_figures(quarterly_facts, year=2026, as_of="now")
        }
    assert set(figures) == {"activities_held", "participations", "first_time"}
    for home_figure in figures.values():
        assert home_figure.percent is None or 0 <= home_figure.percent <= 100
    people = sum(quarter.people for quarter in quarters if quarter.starts_on.year == 2026)
    if target:
        assert figures["participations"].percent == min(100, people * 100 // target)


def _plain(*args: Any, **_kwargs: Any) -> str:
    return str(args[0])


def test_the_year_before_is_shown_until_this_one_has_something() -> None:
    last = Quarter(date(2025, 10, 1), activities=3)
    assert year_shown(facts(quarters=[last]), TODAY) == 2025
    assert year_shown(facts(quarters=[last, Quarter(date(2026, 1, 1), activities=1)]), TODAY) == 2026
    assert year_shown(facts(quarters=[Quarter(date(2020, 1, 1))]), TODAY) == 2025
    assert year_shown(BLANK, TODAY) == 2026


def test_the_one_fact_is_the_one_that_matters_most(world: World) -> None:
    near = facts(launch_on=TODAY + timedelta(days=16))
    active_facts = facts(quarters=[Quarter(date(2026, 4, 1), activities=1, people=843)])
    returned_obligations = ObligationCounts(2, {Step.FUNDING: 2}, frozenset({RETURNED_REPORT}))
    late = ObligationCounts(1, {Step.FUNDING: 1}, frozenset())
    with world.app.test_request_context():
        assert home_headline(near, returned_obligations, TODAY) == "Your launch event is in 16 days."
        assert home_headline(facts(launch_on=TODAY), late, TODAY) == "Your launch event is today."
        assert (
            home_headline(facts(launch_on=TODAY - timedelta(days=1)), returned_obligations, TODAY)
            == "A report was returned for changes."
        )
        assert home_headline(active_facts, late, TODAY) == "One task is overdue."
        assert home_headline(active_facts, NOTHING_OWED, TODAY) == "843 participations in 2026."
        assert home_headline(BLANK, NOTHING_OWED, TODAY) == "Nothing is overdue."
        states: list[Any] = ["done", "done", "late", "prog", "prog", "att"]
        summary = lead(states, returned_obligations, "Your launch event is in 16 days.")
        assert summary == (
            "2 steps are done. 2 steps are in progress. 2 tasks are overdue. A report was returned for changes."
        )
        assert "One task is overdue." not in lead(states, late, "One task is overdue."), "nothing is said twice"


def test_what_was_done_can_be_undone_from_the_feed(world: World, as_person: AsPerson) -> None:
    alice = as_person(world.alice)
    post(alice, "/c/recife/plan/template", form="/c/recife/plan")
    line = re.search(r"/c/recife/activities/new/([0-9a-f-]{36})", page(alice, "/c/recife/plan"))
    assert line
    post(alice, f"/c/recife/plan/lines/{line.group(1)}/abandonment", form="/c/recife/plan")
    feed = page(alice).partition('<ol class="rows feed">')[2].partition("</ol>")[0]
    assert "Marked a planned activity as not taking place" in feed
    assert re.search(r'<form method="post" action="/c/recife/changes/[0-9a-f-]{36}/undoing">', feed)
    assert "/undoing" not in page(as_person(world.bob)), "who may not read the trail is offered nothing"


def test_the_daily_page_costs_twelve_statements_at_most(world: World, as_person: AsPerson) -> None:
    alice = as_person(world.alice)
    for number in range(3):
        send(alice, "/c/recife/activities/new", title=f"Talk {number}")
    post(alice, "/c/recife/plan/template", form="/c/recife/plan")
    readers = [alice, as_person(world.bob), as_person(world.dana)]
    with world.app.app_context():
        engines = list(db.engines.values())
    for reader in readers:
        page(reader)  # the first visit of UN Women is recorded
        with logged(engines) as statements:
            page(reader)
        assert len(statements) <= 12


def test_this_weeks_list_fits_a_wall(world: World, as_person: AsPerson) -> None:
    alice = page(as_person(world.alice), "/c/recife/due")
    assert "This week’s list" in alice
    assert "<form" not in alice.partition("<main")[2].partition("</main>")[0]
    assert as_person(world.charlie).get("/c/recife/due").status_code == 404

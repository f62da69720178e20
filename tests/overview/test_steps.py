"""The state of a step follows from its most urgent obligation, in the same way for the chapter and for the desk."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from harness.deliveries import QUIET_WEEKS, log_talk
from harness.people import World
from sqlalchemy import select, update

from tenants import clock
from tenants.action_kit.activities.obligations import DAYS_OF_RECENT, QUIET_CHAPTER
from tenants.action_kit.evaluation.models import Report
from tenants.action_kit.evaluation.periods import Period
from tenants.action_kit.reports.obligations import REPORT_DUE, REPORT_TO_APPROVE, RETURNED_REPORT
from tenants.action_kit.reports.services import approve_report, open_report, return_report, submit_report
from tenants.chapter_life.states import make_dormant
from tenants.chapters.areas import ALL_COUNTRIES
from tenants.clock import local_day
from tenants.db import new_id, opened
from tenants.obligations.models import Obligation, ObligationKind, ObligationState
from tenants.overview.obligations import obligations_due, obligations_of
from tenants.overview.overdue import overdue
from tenants.overview.report_states import coverage_by_country, covered
from tenants.overview.steps import StepState, states_of, step_states, urgent_state
from tenants.reminders.desk.mail import DeskSummary, read_news
from tenants.scope import ChapterScope, DeskScope

NOW = clock.now()
TODAY = local_day(NOW, "America/Recife")
QUARTER = Period.of(NOW.date()).previous
AHEAD = timedelta(days=60)
ACTIVITIES, EVALUATION = 4, 5

Act = Callable[..., object]


def obligation(kind: ObligationKind, days: int, *, awaits_desk: bool = False) -> Obligation:
    due_on = TODAY + timedelta(days=days)
    return Obligation(new_id(), kind, new_id(), due_on, None, awaits_desk=awaits_desk)


@pytest.mark.parametrize(
    ("due", "state"),
    [
        (obligation(REPORT_DUE, 1), None),
        (obligation(REPORT_DUE, 0), "att"),
        (obligation(REPORT_DUE, -1), "late"),
        (obligation(RETURNED_REPORT, 7), "att"),
        (obligation(RETURNED_REPORT, -1), "late"),
        (obligation(REPORT_TO_APPROVE, 2, awaits_desk=True), "wait"),
        (obligation(REPORT_TO_APPROVE, -30, awaits_desk=True), "wait"),
    ],
)
def test_an_obligation_gives_its_step_one_state(due: Obligation, state: StepState | None) -> None:
    assert urgent_state(due, TODAY) == state


def test_what_waits_for_un_women_is_late_for_nobody_in_the_chapter() -> None:
    due = obligation(REPORT_TO_APPROVE, -30, awaits_desk=True)
    assert due.state(TODAY) is ObligationState.WAITING
    assert not due.is_overdue_for_desk(TODAY), "it is among the requests"
    assert obligation(REPORT_DUE, -30).is_overdue_for_desk(TODAY)


def test_a_report_has_one_state_from_its_opening_to_its_approval(world: World) -> None:
    opens(world)
    assert evaluation(world) == ("late" if QUARTER.due_on < TODAY else "att" if QUARTER.due_on == TODAY else "none")
    change(world, due_on=TODAY + timedelta(days=9))
    assert evaluation(world) == "none"
    report(world, submit_report, actor_id=world.alice.user_id, is_nil=True)
    assert evaluation(world) == "wait"
    change(world, submitted_at=NOW - timedelta(days=20))
    assert evaluation(world) == "wait"
    assert "Waiting" in home(world)
    report(world, return_report, number=1, actor_id=world.dana.user_id, reason="June is missing")
    assert evaluation(world) == "att"
    report(world, submit_report, actor_id=world.alice.user_id, is_nil=True)
    report(world, approve_report, number=2, actor_id=world.dana.user_id)
    assert evaluation(world) == "done"
    opens(world, QUARTER.previous)
    assert evaluation(world) == "late"


def test_an_unsent_report_of_a_dormant_chapter_is_not_done(world: World) -> None:
    opens(world)
    report(world, submit_report, actor_id=world.alice.user_id, is_nil=True)
    report(world, approve_report, number=1, actor_id=world.dana.user_id)
    opens(world, QUARTER.previous)
    with world.app.test_request_context(), opened(ChapterScope(world.recife.id)) as session:
        make_dormant(session, actor_id=world.dana.user_id, at=NOW, reason="Nobody is left")
    assert evaluation(world) == "prog"


def test_an_obligation_that_is_not_done_never_shows_a_tick(world: World) -> None:
    """The row of the returned report has its own sign, and so have the rows of the other steps."""
    opens(world)
    report(world, submit_report, actor_id=world.alice.user_id, is_nil=True)
    report(world, return_report, number=1, actor_id=world.dana.user_id, reason="June is missing")
    rows = home(world).split('<p class="due-s">')[1:]
    assert len(rows) >= 3
    assert not [row for row in rows if "#i-done" in row.split("</p>")[0]]


def test_activities_are_done_while_one_is_recent_and_nothing_is_due_before_the_weeks_are_over(world: World) -> None:
    with world.app.app_context(), opened(ChapterScope(world.recife.id, world.alice.user_id)) as session:
        log_talk(session, by=world.alice.user_id, at=NOW)
    quiet_on = TODAY + timedelta(weeks=QUIET_WEEKS)
    assert states_on(world, TODAY)[ACTIVITIES] == "done"
    assert states_on(world, quiet_on)[ACTIVITIES] == "att"
    assert states_on(world, quiet_on + timedelta(days=1))[ACTIVITIES] == "late"
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        for days, count in ((1, 0), (0, 1)):
            today = quiet_on - timedelta(days=days)
            rows = obligations_due(session, by=today + AHEAD, today=today, quiet_weeks=QUIET_WEEKS)
            assert [row.kind for row in rows].count(QUIET_CHAPTER) == count
        later_day = NOW.date() + timedelta(days=DAYS_OF_RECENT)
        assert step_states(session, today=later_day, obligations=[])[ACTIVITIES] == "prog"


def test_the_mail_and_the_pages_count_the_same_reports_and_only_past_ones_as_not_sent(world: World) -> None:
    at = clock.now()  # NOW may be of the day before: the page below reads the clock itself
    yesterday = local_day(at, "America/Recife") - timedelta(days=1)
    for place, due_on in ((world.recife, yesterday), (world.huye, local_day(at, "Africa/Kigali"))):
        with world.app.app_context(), opened(ChapterScope(place.id)) as session:
            open_report(session, period=QUARTER, at=at)
            session.execute(update(Report).values(due_on=due_on))
    with world.app.app_context(), opened(DeskScope(ALL_COUNTRIES)) as session:
        coverage = covered(ALL_COUNTRIES, coverage_by_country(session, ALL_COUNTRIES, period=QUARTER, at=at))
        late = overdue(session, tuple(ALL_COUNTRIES), days=1, limit=9, at=at, quiet_weeks=QUIET_WEEKS)
    with world.app.app_context():
        news = read_news("desk_summary", tuple(ALL_COUNTRIES), at=at, quiet_weeks=QUIET_WEEKS)
    assert isinstance(news, DeskSummary)
    assert news.reports == coverage
    assert (coverage.expected, coverage.sent, coverage.missing, coverage.not_due) == (2, 0, 1, 1)
    assert late.chapters == 2
    page = world.browser_of(world.dana).get(f"/desk/countries?period={QUARTER.code}").get_data(as_text=True)
    assert '<b class="num">1</b> not sent' in page
    assert '<b class="num">1</b> not due' in page


def opens(world: World, period: Period = QUARTER) -> None:
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        open_report(session, period=period, at=NOW)


def change(world: World, **values: Any) -> None:
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        session.execute(update(Report).where(Report.period_on == QUARTER.starts_on).values(**values))


def report(world: World, act: Act, **arguments: object) -> None:
    with world.app.test_request_context(), opened(ChapterScope(world.recife.id)) as session:
        row = session.scalars(select(Report).where(Report.period_on == QUARTER.starts_on)).one()
        act(session, report_id=row.id, at=NOW, **arguments)


def states_on(world: World, today: date) -> list[StepState]:
    """Return the states of Recife's steps, which are the same for the chapter and for the desk."""
    days: dict[str, Any] = {"by": today + AHEAD, "today": today, "quiet_weeks": QUIET_WEEKS}
    recife = world.recife.id
    with world.app.app_context(), opened(ChapterScope(recife)) as session:
        own_states = step_states(session, today=today, obligations=obligations_due(session, **days))
    with world.app.app_context(), opened(DeskScope(ALL_COUNTRIES)) as session:
        rows = obligations_of(session, [recife], **days)
        assert states_of(session, [recife], today=today, obligations=rows)[recife] == own_states
    return own_states


def evaluation(world: World) -> StepState:
    return states_on(world, TODAY)[EVALUATION]


def home(world: World) -> str:
    return world.browser_of(world.alice).get("/c/recife/").get_data(as_text=True)

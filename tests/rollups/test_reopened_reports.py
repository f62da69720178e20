"""A reopened report leaves the figures, and a late one changes the periods after it; with the core indicators."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from harness.people import Place
from harness.reporting import LAST, NOON, Reporting

from tenants.action_kit.cells import AgeBand, Sex
from tenants.action_kit.evaluation.periods import Period
from tenants.action_kit.launch.entries import EventEntry
from tenants.action_kit.launch.models import TallyKind
from tenants.action_kit.launch.queries import tallies_of
from tenants.action_kit.launch.services import plan_event, record_tally
from tenants.action_kit.reports.services import TypedValue

WOMEN, MEN = (Sex.WOMEN, AgeBand.FROM_18_TO_24), (Sex.MEN, AgeBand.FROM_25_TO_59)
Q4 = LAST
Q3 = Q4.previous
Q2 = Q3.previous
Q1 = Q2.previous
YEAR = (Q1, Q2, Q3, Q4)
SIGNUPS, POLICIES = "signups_tallied", "workplaces_with_policy"


def hold_launch(reporting: Reporting, place: Place, period: Period) -> UUID:
    """Hold the only launch of a chapter in a period."""
    day = datetime.combine(period.starts_on + timedelta(days=50), time(18), ZoneInfo("UTC"))
    with reporting.inside(place) as session:
        entry = EventEntry("Festa", "Praça", "", "UTC", day, None)
        return plan_event(session, actor_id=reporting.world.alice.user_id, at=NOON, entry=entry).id


def count_signups(reporting: Reporting, place: Place, event_id: UUID, people: int) -> None:
    """Record the number of sign-ups at an event, or revise it."""
    with reporting.inside(place) as session:
        before = tallies_of(session, event_id).get(TallyKind.SIGNUPS)
        record_tally(
            session,
            actor_id=reporting.world.alice.user_id,
            at=NOON,
            event_id=event_id,
            kind=TallyKind.SIGNUPS,
            counts={WOMEN: people},
            seen=before.number if before else 0,
        )


def world_over_the_year(reporting: Reporting, indicator: str) -> list[tuple[int | None, int, int]]:
    """Return the world's figure by quarter: value, chapters that reported, and chapters carried forward."""
    return [reporting.total("world", "world", indicator, period)[:3] for period in YEAR]


def expect(reporting: Reporting, *places: Place) -> None:
    for period in YEAR:
        reporting.expect(*places, period=period)


def test_a_reopened_report_leaves_and_what_it_replaced_stands_again(reporting):
    recife = reporting.world.recife
    expect(reporting, recife, reporting.world.huye)
    launch = hold_launch(reporting, recife, Q3)
    count_signups(reporting, recife, launch, 5)
    reporting.report(recife, {WOMEN: 30}, Q3)
    count_signups(reporting, recife, launch, 12)
    reporting.report(recife, {WOMEN: 40}, Q4)
    reporting.compile()
    assert world_over_the_year(reporting, SIGNUPS)[2:] == [(5, 1, 0), (12, 1, 0)]
    assert reporting.total("world", "world", "participations", Q4) == (40, 1, 0, 2)

    reporting.reopen(recife, Q4)
    reporting.compile()
    assert world_over_the_year(reporting, SIGNUPS)[2:] == [(5, 1, 0), (5, 0, 1)]
    assert reporting.total("world", "world", "participations", Q4) == (None, 0, 0, 2)
    assert ("world", "world", "women.18_24") not in reporting.figures("participations", Q4)

    count_signups(reporting, recife, launch, 15)
    reporting.log(recife, {MEN: 2}, Q4)
    reporting.send(recife, Q4)
    assert reporting.compile() == 0, "what is sent counts for nothing until it is approved"
    reporting.approve(recife, Q4)
    reporting.compile()
    assert world_over_the_year(reporting, SIGNUPS)[2:] == [(5, 1, 0), (15, 1, 0)]
    assert reporting.total("world", "world", "participations", Q4) == (42, 1, 0, 2)
    assert not reporting.check()


def test_a_late_first_quarter_moves_those_after_it_up_to_the_next_value_of_its_own(reporting):
    recife, huye = reporting.world.recife, reporting.world.huye
    expect(reporting, recife, huye)
    for number, period in enumerate(YEAR, start=1):
        reporting.report(huye, {MEN: 100 * number}, period, {POLICIES: TypedValue(100 * number)})
    launch = hold_launch(reporting, recife, Q1)
    reporting.report(recife, {WOMEN: 2}, Q2)
    reporting.report(recife, {WOMEN: 3}, Q3)
    count_signups(reporting, recife, launch, 12)
    reporting.report(recife, {WOMEN: 4}, Q4, {POLICIES: TypedValue(9)})
    reporting.compile()
    assert world_over_the_year(reporting, SIGNUPS) == [(None, 0, 0)] * 3 + [(12, 1, 0)]
    assert world_over_the_year(reporting, POLICIES) == [(100, 1, 0), (200, 1, 0), (300, 1, 0), (409, 2, 0)]
    assert world_over_the_year(reporting, "participations") == [(100, 1, 0), (202, 2, 0), (303, 2, 0), (404, 2, 0)]

    count_signups(reporting, recife, launch, 5)
    reporting.report(recife, {WOMEN: 1}, Q1, {POLICIES: TypedValue(4)})
    assert reporting.compile() == 1
    assert world_over_the_year(reporting, SIGNUPS) == [(5, 1, 0), (5, 0, 1), (5, 0, 1), (12, 1, 0)]
    assert world_over_the_year(reporting, POLICIES) == [(104, 2, 0), (204, 1, 1), (304, 1, 1), (409, 2, 0)]
    assert world_over_the_year(reporting, "participations") == [(101, 2, 0), (202, 2, 0), (303, 2, 0), (404, 2, 0)]
    assert not reporting.check()

    reporting.reopen(recife, Q4)
    reporting.compile()
    assert world_over_the_year(reporting, SIGNUPS) == [(5, 1, 0), (5, 0, 1), (5, 0, 1), (5, 0, 1)]
    assert world_over_the_year(reporting, POLICIES) == [(104, 2, 0), (204, 1, 1), (304, 1, 1), (404, 1, 1)]
    reporting.reopen(recife, Q1)
    reporting.compile()
    assert world_over_the_year(reporting, SIGNUPS) == [(None, 0, 0)] * 4
    assert world_over_the_year(reporting, POLICIES) == [(100 * number, 1, 0) for number in (1, 2, 3, 4)]
    assert not reporting.check()

"""For any zone, week, holidays and outages, a rung is delayed, but never dropped or sent twice."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reminders.simulation import (
    A_DAY,
    HORIZON,
    Calendar,
    Preferences,
    Worker,
    days_off,
    expected_mails,
    has_a_morning,
    live,
    outages,
    starts,
    weeks,
    windows,
    zones,
)

from tenants.action_kit.reports.obligations import REPORT_DUE
from tenants.chapters.areas import ALL_COUNTRIES
from tenants.obligations.ladder import DAYS_A_WEEK, DESK, rung_of
from tenants.obligations.models import ObligationKind
from tenants.overview.obligation_kinds import KINDS
from tenants.people.models import DAYS_AWAY, DigestFrequency
from tenants.reminders.schedule import next_morning, public_holidays, week_of

kinds = st.sampled_from(KINDS)
days = st.dates(date(2000, 1, 1), date(2060, 1, 1))
LIVES = settings(max_examples=60, deadline=None)


@given(kind=kinds, due_on=days, after=st.integers(-60, 400))
def test_a_rung_has_come_and_the_next_has_not(kind: ObligationKind, due_on: date, after: int) -> None:
    today = due_on + after * A_DAY
    ladder, rung = kind.ladder, rung_of(kind.ladder, due_on=due_on, today=today)
    if rung is None:
        assert after < ladder[0]
        return
    later_rungs = [later_rung for later_rung in ladder if later_rung > rung]
    next_rung = later_rungs[0] if later_rungs else rung + DAYS_A_WEEK
    assert rung <= after < next_rung
    assert rung in ladder or (rung > DESK and (rung - DESK) % DAYS_A_WEEK == 0)


@given(kind=kinds, due_on=days)
def test_rungs_only_rise_and_each_holds_without_a_gap(kind: ObligationKind, due_on: date) -> None:
    rungs = [rung_of(kind.ladder, due_on=due_on, today=due_on + number * A_DAY) for number in range(-30, 120)]
    reached_rungs = [rung for rung in rungs if rung is not None]
    assert reached_rungs == sorted(reached_rungs)
    assert rungs[len(rungs) - len(reached_rungs) :] == reached_rungs, "the ladder was left again"
    assert all(count <= 14 for count in Counter(reached_rungs).values())
    assert all(reached_rungs[number + 1] - reached_rungs[number] <= 14 for number in range(len(reached_rungs) - 1))


@LIVES
@given(data=st.data(), kind=kinds, zone=zones, week=weeks, start=starts, off=days_off, hours=outages)
def test_every_rung_with_a_working_morning_is_carried_once_and_no_other(
    data: st.DataObject,
    kind: ObligationKind,
    zone: str,
    week: tuple[int, ...],
    start: datetime,
    off: set[int],
    hours: list[tuple[int, int]],
) -> None:
    first = start.astimezone(ZoneInfo(zone)).date()
    calendar = Calendar(zone, week, frozenset(first + number * A_DAY for number in off))
    worker = Worker.away_for(start, hours)
    due_on = first + data.draw(st.integers(-40, HORIZON)) * A_DAY
    history = live(kind, due_on, calendar, worker, start)
    rung_counts = Counter(rung for rung, _ in history.rungs)
    assert not [rung for rung, times in rung_counts.items() if times > 1]
    for rung, its_days in windows(kind, due_on, first, first + (HORIZON - 2) * A_DAY):
        can_hear = any(has_a_morning(day, calendar, worker.is_there) for day in its_days)
        assert rung_counts[rung] == can_hear, f"rung {rung}: {its_days[0]} to {its_days[-1]}"
    _assert_by_day(history.mails, calendar, zone)


@LIVES
@given(data=st.data(), kind=kinds, zone=zones, member_zone=zones, week=weeks, start=starts, off=days_off, hours=outages)
def test_somebody_elsewhere_hears_no_rung_twice_and_once_a_day_of_hers(
    data: st.DataObject,
    kind: ObligationKind,
    zone: str,
    member_zone: str,
    week: tuple[int, ...],
    start: datetime,
    off: set[int],
    hours: list[tuple[int, int]],
) -> None:
    first = start.astimezone(ZoneInfo(zone)).date()
    calendar = Calendar(zone, week, frozenset(first + number * A_DAY for number in off))
    due_on = first + data.draw(st.integers(-40, HORIZON)) * A_DAY
    history = live(kind, due_on, calendar, Worker.away_for(start, hours), start, member_zone=member_zone)
    assert len({rung for rung, _ in history.rungs}) == len(history.rungs)
    assert len(set(history.days_written)) == len(history.days_written)
    _assert_by_day(history.mails, calendar, member_zone)


@LIVES
@given(data=st.data(), kind=kinds, zone=zones, member_zone=zones, start=starts)
def test_somebody_elsewhere_hears_every_rung_where_every_day_is_worked(
    data: st.DataObject, kind: ObligationKind, zone: str, member_zone: str, start: datetime
) -> None:
    first = start.astimezone(ZoneInfo(zone)).date()
    due_on = first + data.draw(st.integers(-40, HORIZON)) * A_DAY
    history = live(kind, due_on, Calendar(zone, tuple(range(1, 8))), Worker(()), start, member_zone=member_zone)
    due = {rung for rung, _ in windows(kind, due_on, first, first + (HORIZON - 4) * A_DAY)}
    assert due <= {rung for rung, _ in history.rungs}


@LIVES
@given(
    data=st.data(),
    kind=kinds,
    zone=zones,
    week=weeks,
    start=starts,
    off=days_off,
    hours=outages,
    frequency=st.sampled_from(DigestFrequency),
)
def test_a_mail_a_week_or_after_an_absence_has_what_daily_mails_would_have_had(
    data: st.DataObject,
    kind: ObligationKind,
    zone: str,
    week: tuple[int, ...],
    start: datetime,
    off: set[int],
    hours: list[tuple[int, int]],
    frequency: DigestFrequency,
) -> None:
    first = start.astimezone(ZoneInfo(zone)).date()
    calendar = Calendar(zone, week, frozenset(first + number * A_DAY for number in off))
    worker = Worker.away_for(start, hours)
    due_on = first + data.draw(st.integers(-40, HORIZON)) * A_DAY
    since = first + data.draw(st.integers(0, HORIZON)) * A_DAY
    absence = data.draw(st.none() | st.integers(0, DAYS_AWAY).map(lambda days: (since, since + days * A_DAY)))
    preferences = Preferences(frequency, absence)
    daily = live(kind, due_on, calendar, worker, start)
    history = live(kind, due_on, calendar, worker, start, preferences=preferences)
    last = first + (HORIZON - 2) * A_DAY
    received = [(moment.astimezone(ZoneInfo(zone)).date(), rung) for rung, moment in history.rungs]
    expected = expected_mails(daily, calendar, worker, first, last, preferences)
    assert [mail for mail in received if mail[0] <= last] == expected
    assert len({rung for _, rung in received}) == len(received), "a rung was heard twice"
    assert not any(preferences.is_away(day) for day, _ in received)
    if frequency is DigestFrequency.WEEKLY:
        assert len({week_of(day, week) for day, _ in received}) == len(received), "two mails in one week"
    _assert_by_day(history.mails, calendar, zone)


@LIVES
@given(data=st.data(), kind=kinds, zone=zones, member_zone=zones, week=weeks, start=starts, off=days_off, hours=outages)
def test_somebody_elsewhere_gets_one_mail_a_week(
    data: st.DataObject,
    kind: ObligationKind,
    zone: str,
    member_zone: str,
    week: tuple[int, ...],
    start: datetime,
    off: set[int],
    hours: list[tuple[int, int]],
) -> None:
    first = start.astimezone(ZoneInfo(zone)).date()
    calendar = Calendar(zone, week, frozenset(first + number * A_DAY for number in off))
    due_on = first + data.draw(st.integers(-40, HORIZON)) * A_DAY
    weekly = Preferences(DigestFrequency.WEEKLY)
    worker = Worker.away_for(start, hours)
    history = live(kind, due_on, calendar, worker, start, member_zone=member_zone, preferences=weekly)
    days = [moment.astimezone(ZoneInfo(member_zone)).date() for moment in history.mails]
    assert len({week_of(day, week) for day in days}) == len(days)
    assert len({rung for rung, _ in history.rungs}) == len(history.rungs)
    _assert_by_day(history.mails, calendar, member_zone)


@given(day=days, week=weeks)
def test_a_week_begins_after_its_longest_days_off(day: date, week: tuple[int, ...]) -> None:
    first = week_of(day, week)
    assert 0 <= (day - first).days < DAYS_A_WEEK
    assert all(week_of(first + number * A_DAY, week) == first for number in range(DAYS_A_WEEK))
    circle = [(first + number * A_DAY).isoweekday() in week for number in range(DAYS_A_WEEK)]
    assert circle[0]
    runs = [len(run) for run in "".join("x" if works else "-" for works in circle).split("x")]
    assert runs[-1] == max(runs), "a longer weekend is within the week"


@pytest.mark.parametrize(("week", "first"), [((1, 2, 3, 4, 5), 1), ((7, 1, 2, 3, 4), 7), (tuple(range(1, 8)), 1)])
def test_the_first_day_of_the_week_is_that_of_the_chapter(week: tuple[int, ...], first: int) -> None:
    assert week_of(date(2026, 6, 4), week).isoweekday() == first


def test_whoever_was_away_for_long_hears_of_the_last_rung_alone() -> None:
    start = datetime(2026, 3, 2, 12, tzinfo=UTC)
    due_on = date(2026, 4, 1)
    worker = Worker.away_for(start, [(0, 24 * 41)])  # until 12 April, a Sunday
    history = live(REPORT_DUE, due_on, Calendar("America/Recife", (1, 2, 3, 4, 5)), worker, start)
    assert [rung for rung, _ in history.rungs][:2] == [10, 17]
    assert history.rungs[0][1] == datetime(2026, 4, 13, 12, tzinfo=UTC)


def test_a_weekend_of_holidays_delays_and_does_not_drop() -> None:
    start, due_on = datetime(2026, 3, 2, 12, tzinfo=UTC), date(2026, 4, 3)  # Good Friday
    off = frozenset({date(2026, 4, 3), date(2026, 4, 6)})
    calendar = Calendar("Europe/Berlin", (1, 2, 3, 4, 5), off)
    history = live(REPORT_DUE, due_on, calendar, Worker(()), start)
    days_by_rung = {rung: moment.date() for rung, moment in history.rungs}
    assert 0 not in days_by_rung, "Friday to Sunday nobody works, and on Monday the next rung has come"
    assert days_by_rung[3] == date(2026, 4, 7)


def test_a_digest_that_could_not_go_out_until_the_evening_waits_for_the_morning() -> None:
    start = datetime(2026, 3, 2, 0, tzinfo=UTC)
    all_day = Worker.away_for(start, [(11, 12)])  # from before nine until eight in the evening at Recife
    history = live(REPORT_DUE, date(2026, 3, 2), Calendar("America/Recife", (1, 2, 3, 4, 5)), all_day, start)
    assert history.rungs[0] == (0, datetime(2026, 3, 3, 12, tzinfo=UTC))


def test_a_last_quarter_of_the_day_is_enough() -> None:
    start = datetime(2026, 3, 2, 0, tzinfo=UTC)
    nearly = Worker(((start, datetime(2026, 3, 2, 22, 45, tzinfo=UTC)),))
    history = live(REPORT_DUE, date(2026, 3, 2), Calendar("America/Recife", (1, 2, 3, 4, 5)), nearly, start)
    assert history.rungs[0] == (0, datetime(2026, 3, 2, 22, 45, tzinfo=UTC))


def test_mornings_leave_out_the_holidays_of_the_country_alone() -> None:
    new_year_s_eve = datetime(2026, 12, 31, 20, tzinfo=UTC)  # a Thursday

    def morning(country: str | None) -> datetime:
        return next_morning(after=new_year_s_eve, zone="Africa/Kigali", working_week=(1, 2, 3, 4, 5), country=country)

    assert morning(None) == datetime(2027, 1, 1, 7, tzinfo=UTC)
    assert morning("RW") == datetime(2027, 1, 5, 7, tzinfo=UTC), "1 and 2 January, and Monday for the Saturday"
    assert morning("XX") == morning(None), "a country that nobody knows has no holidays"


@given(
    after=st.datetimes(datetime(2005, 1, 1), datetime(2070, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    country=st.sampled_from(ALL_COUNTRIES),
    zone=zones,
    week=weeks,
)
@settings(max_examples=150, deadline=None)
def test_no_morning_is_on_a_holiday_and_none_is_far_away(
    after: datetime, country: str, zone: str, week: tuple[int, ...]
) -> None:
    morning = next_morning(after=after, zone=zone, working_week=week, country=country)
    local_moment = morning.astimezone(ZoneInfo(zone))
    assert local_moment.date() not in public_holidays(country, local_moment.year)
    assert local_moment.isoweekday() in week
    assert morning - after < 40 * A_DAY, "no chapter is forgotten"
    just_before = next_morning(after=morning - timedelta(seconds=1), zone=zone, working_week=week, country=country)
    assert just_before == morning


def test_the_library_knows_the_countries_of_the_field() -> None:
    countries = [country for country in ALL_COUNTRIES if public_holidays(country, 2026)]
    assert len(countries) >= 190
    assert date(2026, 11, 20) in public_holidays("BR", 2026)
    assert date(2026, 7, 4) in public_holidays("RW", 2026)
    assert public_holidays("XX", 2026) == frozenset()


def _assert_by_day(mails: list[datetime], calendar: Calendar, zone: str) -> None:
    local_moments = [moment.astimezone(ZoneInfo(zone)) for moment in mails]
    assert all(calendar.works_on(moment.date()) for moment in local_moments)
    assert all(time(9) <= moment.time() < time(20) for moment in local_moments)
    days = [moment.date() for moment in local_moments]
    assert len(set(days)) == len(days), "two digests on one day"

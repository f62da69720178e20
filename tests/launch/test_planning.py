"""Planning a launch: a checklist with dates counted back from its day, moved with it, and one launch at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from harness.people import World
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from tenants import clock
from tenants.action_kit.launch import services
from tenants.action_kit.launch.checklist import DAYS_TO_BEGIN, TEMPLATE, USUAL_DAYS, item_due_on, item_words
from tenants.action_kit.launch.entries import EventEntry, moment_there
from tenants.action_kit.launch.models import LaunchEvent
from tenants.action_kit.launch.queries import items_of, launch_of
from tenants.clock import local_day
from tenants.db import opened
from tenants.errors import Refused, VersionConflict
from tenants.overview.obligations import obligations_due
from tenants.scope import ChapterScope

InChapter = Callable[..., AbstractContextManager[Session]]

NOW = clock.now()
ZONES = ["America/Recife", "Africa/Kigali", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Kathmandu", "UTC"]


def entry(starts_at: datetime, *, title: str = "Launch at the market", zone: str = "America/Recife") -> EventEntry:
    return EventEntry(title, "Santo Amaro", "Town hall", zone, starts_at, 300)


def plan(session: Session, world: World, starts_at: datetime, **changes: str) -> LaunchEvent:
    return services.plan_event(session, actor_id=world.alice.user_id, at=NOW, entry=entry(starts_at, **changes))


def test_the_checklist_is_counted_back_from_the_day(world: World, in_chapter: InChapter) -> None:
    with in_chapter(world.recife) as session:
        event = plan(session, world, NOW + timedelta(days=60))
        items = items_of(session, event.id)
    assert [item.code for item in items] == [item.code for item in TEMPLATE]
    assert {(event.held_on - item.due_on).days for item in items} == {42, 30, 21, 14, 7, 1}
    assert all(item.due_on == event.held_on - timedelta(days=item.days_before) for item in items)
    assert all(str(item_words(item.code)) != item.code for item in TEMPLATE)


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(0, 400), st.booleans())
def test_nothing_is_due_before_it_could_have_been_done(dated_on: date, days: int, is_own: bool) -> None:
    held_on = dated_on + timedelta(days=days)
    usual = sorted({0, *(item.days_before for item in TEMPLATE)}, reverse=True)
    dates = [item_due_on(before, held_on=held_on, dated_on=dated_on, is_own=is_own) for before in usual]
    assert dates == sorted(dates)
    assert dates[-1] == held_on
    assert dates[0] >= (dated_on if is_own else min(dated_on + timedelta(days=DAYS_TO_BEGIN), held_on))
    if days >= USUAL_DAYS:
        assert [(held_on - due_on).days for due_on in dates] == usual
    elif not is_own:
        assert (held_on - dates[0]).days == max(days - DAYS_TO_BEGIN, 0)  # the days that are left are all used


def test_a_launch_in_twelve_days_makes_nothing_late(world: World, in_chapter: InChapter) -> None:
    today = local_day(NOW, "America/Recife")
    with in_chapter(world.recife) as session:
        event = plan(session, world, NOW + timedelta(days=12))
        days = {item.code: (event.held_on - item.due_on).days for item in items_of(session, event.id)}
        assert set(days.values()) == {9, 7, 5, 3, 2, 1}
        assert days["venue_chosen"] == 9
        due = obligations_due(session, by=today + timedelta(days=2), quiet_weeks=6)
        assert not [obligation for obligation in due if obligation.kind.code == "checklist_item"]


def test_a_date_moved_closer_gives_new_days_and_an_item_starts_when_it_can(world: World, in_chapter: InChapter) -> None:
    late = NOW + timedelta(days=50)
    today = local_day(late, "America/Recife")
    with in_chapter(world.recife) as session:
        event = plan(session, world, NOW + timedelta(days=200))
        act: dict[str, Any] = {"actor_id": world.alice.user_id, "at": late}
        services.revise_event(session, **act, event_id=event.id, seen=1, entry=entry(late + timedelta(days=20)))
        by_code = {item.code: item for item in items_of(session, event.id)}
        assert min(item.due_on for item in by_code.values()) == today + timedelta(days=DAYS_TO_BEGIN)
        services.revise_event(
            session, **act, event_id=event.id, seen=2, entry=entry(late + timedelta(days=20), title="New")
        )
        assert event.dated_on == today
        after = late + timedelta(days=15)
        services.finish_item(session, actor_id=world.alice.user_id, at=after, item_id=by_code["venue_chosen"].id)
        assert by_code["venue_contract"].due_on == today + timedelta(days=15 + DAYS_TO_BEGIN)
        assert by_code["safety_checked"].due_on < by_code["venue_contract"].due_on  # it waits, so it is not due yet


def test_an_event_recorded_afterwards_gives_a_week_to_count(world: World, in_chapter: InChapter) -> None:
    today = local_day(NOW, "America/Recife")
    with in_chapter(world.recife) as session:
        plan(session, world, NOW - timedelta(days=30))
        due = obligations_due(session, by=today + timedelta(days=30), today=today, quiet_weeks=6)
        assert [row.due_on for row in due if row.kind.code == "event_report"] == [today + timedelta(days=7)] * 1


def test_what_is_not_done_moves_with_the_day_and_what_is_done_stays(world: World, in_chapter: InChapter) -> None:
    with in_chapter(world.recife) as session:
        event = plan(session, world, NOW + timedelta(days=60))
        first, *open_items = items_of(session, event.id)
        services.finish_item(session, actor_id=world.alice.user_id, at=NOW, item_id=first.id)
        due_dates = {item.id: item.due_on for item in [first, *open_items]}
        services.revise_event(
            session,
            actor_id=world.alice.user_id,
            at=NOW,
            event_id=event.id,
            seen=1,
            entry=entry(NOW + timedelta(days=70)),
        )
        assert first.due_on == due_dates[first.id]
        assert [item.due_on - due_dates[item.id] for item in open_items] == [timedelta(days=10)] * len(open_items)
        services.reopen_item(session, actor_id=world.alice.user_id, at=NOW, item_id=first.id)
        assert first.due_on == due_dates[first.id] + timedelta(days=10)


def test_of_two_who_change_it_the_second_is_told(world: World, in_chapter: InChapter) -> None:
    with in_chapter(world.recife) as session:
        event = plan(session, world, NOW + timedelta(days=60))
        change: dict[str, Any] = {"actor_id": world.alice.user_id, "at": NOW, "event_id": event.id, "seen": 1}
        services.revise_event(session, **change, entry=entry(NOW + timedelta(days=61)))
        services.revise_event(session, **change, entry=entry(NOW + timedelta(days=61)))  # the same again
        with pytest.raises(VersionConflict):
            services.revise_event(session, **change, entry=entry(NOW + timedelta(days=62)))
        assert event.number == 2


def test_an_item_that_waits_says_for_what_and_can_be_undone(world: World, in_chapter: InChapter) -> None:
    with in_chapter(world.recife) as session:
        event = plan(session, world, NOW + timedelta(days=60))
        by_code = {item.code: item for item in items_of(session, event.id)}
        act: dict[str, Any] = {"actor_id": world.alice.user_id, "at": NOW}
        with pytest.raises(Refused, match="Choose a venue that everyone can enter"):
            services.finish_item(session, **act, item_id=by_code["venue_contract"].id)
        assert services.finish_item(session, **act, item_id=by_code["venue_chosen"].id)
        assert not services.finish_item(session, **act, item_id=by_code["venue_chosen"].id)
        assert services.finish_item(session, **act, item_id=by_code["venue_contract"].id)
        assert services.reopen_item(session, **act, item_id=by_code["venue_contract"].id)
        assert by_code["venue_contract"].done_by is None


def test_an_item_of_our_own_is_due_up_to_the_day(world: World, in_chapter: InChapter) -> None:
    with in_chapter(world.recife) as session:
        event = plan(session, world, NOW + timedelta(days=60))
        act: dict[str, Any] = {"actor_id": world.alice.user_id, "at": NOW, "event_id": event.id}
        item = services.add_item(session, **act, title="  Flowers ", due_on=event.held_on)
        assert (item.title, item.days_before, item.position) == ("Flowers", 0, len(TEMPLATE) + 1)
        yesterday = local_day(NOW, "America/Recife") - timedelta(days=1)
        for title, due_on in (("", event.held_on), ("Overdue", event.held_on + timedelta(days=1)), ("Past", yesterday)):
            with pytest.raises(Refused):
                services.add_item(session, **act, title=title, due_on=due_on)


def test_a_second_launch_is_refused_until_the_first_is_cancelled(world: World, in_chapter: InChapter) -> None:
    with in_chapter(world.recife) as session:
        event = plan(session, world, NOW + timedelta(days=60))
        with pytest.raises(Refused, match="already planned"):
            plan(session, world, NOW + timedelta(days=90))
        assert services.cancel_event(session, actor_id=world.alice.user_id, at=NOW, event_id=event.id)
        plan(session, world, NOW + timedelta(days=90))
    with in_chapter(world.huye) as session:
        plan(session, world, NOW + timedelta(days=60), zone="Africa/Kigali")


def test_of_two_who_plan_at_once_one_is_refused(world: World, in_chapter: InChapter) -> None:
    start = threading.Barrier(2)
    outcomes: list[str] = []

    def plan_once(days: int) -> None:
        with world.app.app_context():
            try:
                with opened(ChapterScope(world.recife.id)) as session:
                    start.wait(10)
                    plan(session, world, NOW + timedelta(days=days))
                outcomes.append("planned")
            except Refused:
                outcomes.append("refused")

    threads = [threading.Thread(target=plan_once, args=(days,)) for days in (50, 60)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(outcomes) == ["planned", "refused"]
    with in_chapter(world.recife) as session:
        launch = launch_of(session)
        assert launch is not None
        assert len(items_of(session, launch.id)) == len(TEMPLATE)


@given(st.integers(0, 25 * 365 * 24 * 60), st.sampled_from(ZONES))
def test_the_day_is_the_local_day_where_it_is_held(minutes: int, zone: str) -> None:
    moment = datetime(2015, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    event_entry = entry(moment, zone=zone)
    assert event_entry.event_day == moment.astimezone(ZoneInfo(zone)).date()
    assert abs((event_entry.event_day - moment.date()).days) <= 1  # the limit of the database's constraint


@given(st.dates(date(2015, 1, 1), date(2040, 1, 1)), st.times(), st.sampled_from([*ZONES, "Europe/Berlin"]))
def test_a_time_is_read_as_clocks_there_show_it_or_refused(day: date, at: time, zone: str) -> None:
    local_time = datetime.combine(day, at)
    exists = any(
        candidate.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == local_time
        for candidate in (local_time.replace(tzinfo=UTC) + timedelta(minutes=15 * step) for step in range(-60, 61))
    )
    if exists:
        assert moment_there(day, at, zone).astimezone(ZoneInfo(zone)).replace(tzinfo=None) == local_time
    else:
        with pytest.raises(Refused, match="because the clocks change"):
            moment_there(day, at, zone)


def test_a_time_that_clocks_skip_and_a_zone_nobody_knows_are_refused() -> None:
    with pytest.raises(Refused, match="because the clocks change"):
        moment_there(date(2026, 3, 29), time(2, 30), "Europe/Berlin")
    with pytest.raises(Refused, match="Choose a time zone from the list"):
        moment_there(date(2026, 3, 29), time(2, 30), "Mars/Base")

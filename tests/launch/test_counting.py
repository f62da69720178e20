"""Counting an event: each count is a revision, attendance and sign-ups are separate, and a count is due until then."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from harness.people import World
from sqlalchemy.orm import Session

from tenants import clock
from tenants.action_kit.activities.entries import Cell
from tenants.action_kit.cells import AgeBand, Sex
from tenants.action_kit.launch import services
from tenants.action_kit.launch.entries import EventEntry
from tenants.action_kit.launch.models import LaunchEvent, TallyKind
from tenants.action_kit.launch.obligations import CHECKLIST_ITEM, EVENT_REPORT
from tenants.action_kit.launch.queries import items_of, period_tallies, tallies_of
from tenants.errors import Refused, VersionConflict
from tenants.obligations.models import ObligationKind
from tenants.overview.obligations import obligations_due
from tenants.overview.steps import step_states

InChapter = Callable[..., AbstractContextManager[Session]]

NOW = clock.now()
WOMEN, MEN = (Sex.WOMEN, AgeBand.FROM_25_TO_59), (Sex.MEN, AgeBand.FROM_25_TO_59)


def plan(session: Session, world: World, days: int) -> LaunchEvent:
    entry = EventEntry("Launch event", "Market", "Town hall", "UTC", NOW + timedelta(days=days), None)
    return services.plan_event(session, actor_id=world.alice.user_id, at=NOW - timedelta(days=30), entry=entry)


def count(
    session: Session,
    world: World,
    event: LaunchEvent,
    counts: dict[Cell, int],
    *,
    seen: int = 0,
    kind: TallyKind = TallyKind.ATTENDANCE,
) -> int:
    return services.record_tally(
        session, actor_id=world.alice.user_id, at=NOW, event_id=event.id, kind=kind, counts=counts, seen=seen
    )


def due(session: Session) -> list[ObligationKind]:
    obligations = obligations_due(session, by=NOW.date() + timedelta(days=400), quiet_weeks=4)
    return [obligation.kind for obligation in obligations if obligation.kind.step == "launch"]


def test_a_new_count_keeps_the_earlier_and_sign_ups_stand_apart(world: World, in_chapter: InChapter) -> None:
    with in_chapter(world.recife) as session:
        event = plan(session, world, 0)
        assert count(session, world, event, {WOMEN: 40, MEN: 30}) == 1
        assert count(session, world, event, {WOMEN: 40, MEN: 30}, seen=1) == 1  # the same again
        assert count(session, world, event, {WOMEN: 41, MEN: 0}, seen=1) == 2
        assert count(session, world, event, {MEN: 9}, kind=TallyKind.SIGNUPS) == 1
        with pytest.raises(VersionConflict):
            count(session, world, event, {WOMEN: 1}, seen=1)
        tallies = tallies_of(session, event.id)
        assert {kind: (tally.number, tally.people, tally.counts) for kind, tally in tallies.items()} == {
            TallyKind.ATTENDANCE: (2, 41, {WOMEN: 41}),
            TallyKind.SIGNUPS: (1, 9, {MEN: 9}),
        }
        day = event.held_on
        assert {tally.kind: tally.people for tally in period_tallies(session, day, day)} == {
            TallyKind.ATTENDANCE: 41,
            TallyKind.SIGNUPS: 9,
        }
        assert period_tallies(session, day + timedelta(days=1), day + timedelta(days=9)) == []
    with in_chapter(world.huye) as session:
        assert period_tallies(session, day, day) == []


def test_before_the_day_nobody_can_be_counted_and_a_counted_event_took_place(
    world: World, in_chapter: InChapter
) -> None:
    with in_chapter(world.recife) as session:
        event = plan(session, world, 5)
        with pytest.raises(Refused, match="has not taken place yet"):
            count(session, world, event, {WOMEN: 4})
        assert tallies_of(session, event.id) == {}
        act: dict[str, Any] = {"actor_id": world.alice.user_id, "at": NOW, "event_id": event.id}
        today = EventEntry("Launch event", "", "", "UTC", NOW, None)
        services.revise_event(session, **act, seen=1, entry=today)
        count(session, world, event, {})
        assert tallies_of(session, event.id)[TallyKind.ATTENDANCE].people == 0
        with pytest.raises(Refused, match="cannot be cancelled"):
            services.cancel_event(session, **act)


def test_what_is_due_ends_with_what_is_done(world: World, in_chapter: InChapter) -> None:
    def stands(session: Session) -> str:
        return step_states(session, today=NOW.date(), obligations=[])[3]

    with in_chapter(world.recife) as session:
        assert (due(session), stands(session)) == ([], "none")
        event = plan(session, world, 0)
        blocked_items = [item for item in items_of(session, event.id) if item.waits_for_id]
        kinds = due(session)
        assert kinds.count(CHECKLIST_ITEM) == 10 - len(blocked_items)
        assert kinds.count(EVENT_REPORT) == 1
        assert stands(session) == "prog"
        for item in items_of(session, event.id):
            services.finish_item(session, actor_id=world.alice.user_id, at=NOW, item_id=item.id)
        assert due(session) == [EVENT_REPORT]
        count(session, world, event, {WOMEN: 3}, kind=TallyKind.SIGNUPS)
        assert due(session) == [EVENT_REPORT]  # sign-ups are not attendance
        count(session, world, event, {WOMEN: 3})
        assert (due(session), stands(session)) == ([], "done")
    with in_chapter(world.huye) as session:
        assert (due(session), stands(session)) == ([], "none")


def test_a_cancelled_event_owes_nothing(world: World, in_chapter: InChapter) -> None:
    with in_chapter(world.recife) as session:
        event = plan(session, world, 50)
        assert len(due(session)) > 1
        services.cancel_event(session, actor_id=world.alice.user_id, at=NOW, event_id=event.id)
        assert due(session) == []

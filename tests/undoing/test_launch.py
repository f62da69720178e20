"""Undo of a launch, its checklist and its counts, unless other people have continued from the change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from harness.people import Person, World, join, person, post
from sqlalchemy import select
from undoing.undo_button import act, press

from tenants import clock
from tenants.action_kit.activities.entries import Cell
from tenants.action_kit.cells import AgeBand, Sex
from tenants.action_kit.launch import services
from tenants.action_kit.launch.entries import EventEntry
from tenants.action_kit.launch.models import ChecklistItem, LaunchEvent, TallyKind
from tenants.action_kit.launch.queries import items_of, tallies_of
from tenants.db import opened
from tenants.people.permissions import Role
from tenants.scope import ChapterScope

LAUNCH = "/c/recife/launch"


def on(days: int) -> EventEntry:
    day = clock.local_day(clock.now(), "America/Recife") + timedelta(days=days)
    return EventEntry(
        "Marco zero", "Recife", "", "America/Recife", datetime(day.year, day.month, day.day, 15, tzinfo=UTC), None
    )


def form_of(entry: EventEntry, **overrides: str) -> dict[str, str]:
    fields = {"title": entry.title, "place": entry.place, "host": "", "zone": entry.zone, "expected_people": ""}
    return {**fields, "held_on": entry.event_day.isoformat(), "start_time": "12:00", "seen": "1", **overrides}


@pytest.fixture
def cora(world: World) -> Person:
    with world.app.app_context():
        member = person("Cora")
        join(world.recife, member, Role.COORDINATOR)
        return member


def planned(world: World, days: int = 120) -> LaunchEvent:
    """Plan a launch as Alice."""
    with world.app.test_request_context(), opened(ChapterScope(world.recife.id)) as session:
        return services.plan_event(session, actor_id=world.alice.user_id, at=clock.now(), entry=on(days))


def rows(world: World, event: LaunchEvent) -> tuple[list[Any], Any]:
    """Return the content of a checklist and its event, without the number of revisions."""
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        items = [
            (item.id, item.due_on, item.done_at, item.done_by)
            for item in session.scalars(select(ChecklistItem).order_by(ChecklistItem.position))
        ]
        now = session.scalars(select(LaunchEvent).where(LaunchEvent.id == event.id)).one()
        return items, (services.event_entry(now), now.cancelled_at)


def items(world: World, event: LaunchEvent) -> list[ChecklistItem]:
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        return items_of(session, event.id)


def waiting(world: World, event: LaunchEvent) -> tuple[ChecklistItem, ChecklistItem]:
    """Return an item, and another that waits for this item alone."""
    items_by_id = {item.id: item for item in items(world, event)}
    pairs = ((items_by_id[item.waits_for_id], item) for item in items_by_id.values() if item.waits_for_id)
    return next((first, second) for first, second in pairs if first.waits_for_id is None)


def test_an_item_ticked_by_mistake_is_open_again_from_the_line_that_says_so(world, as_person):
    event, alice = planned(world), as_person(world.alice)
    before, (item, _) = rows(world, event), waiting(world, event)
    undo = act(alice, f"{LAUNCH}/items/{item.id}/completion")
    assert rows(world, event) != before
    role, words = press(alice, undo)
    assert role == "status"
    assert words.startswith("Undone: Marked a checklist item as done (")
    assert rows(world, event) == before


def test_an_item_others_went_on_from_is_not_taken_back(world, as_person, cora):
    event, alice, second_person = planned(world), as_person(world.alice), as_person(cora)
    first, second = waiting(world, event)
    undo = act(alice, f"{LAUNCH}/items/{first.id}/completion")
    later = act(second_person, f"{LAUNCH}/items/{second.id}/completion")
    snapshot = rows(world, event)
    role, words = press(alice, undo)
    assert role == "alert"
    assert words.endswith("was waiting for this and is done. Undo that first.")
    assert rows(world, event) == snapshot
    assert press(second_person, later)[0] == "status"
    assert press(alice, undo)[0] == "status"


def test_undoing_that_an_item_is_open_again_leaves_who_had_done_it(world, as_person, cora):
    event, alice, second_person = planned(world), as_person(world.alice), as_person(cora)
    item, _ = waiting(world, event)
    act(alice, f"{LAUNCH}/items/{item.id}/completion")
    snapshot = rows(world, event)
    undo = act(second_person, f"{LAUNCH}/items/{item.id}/reopening")
    assert press(second_person, undo)[0] == "status"
    assert rows(world, event) == snapshot


def test_an_item_taken_back_after_the_day_moved_is_counted_from_the_new_day(world, as_person):
    event, alice = planned(world), as_person(world.alice)
    item, _ = waiting(world, event)
    undo = act(alice, f"{LAUNCH}/items/{item.id}/completion")
    act(alice, f"{LAUNCH}/event/{event.id}/revision", **form_of(on(150)))
    assert press(alice, undo)[0] == "status"
    now = next(row for row in items(world, event) if row.id == item.id)
    assert now.due_on == on(150).event_day - timedelta(days=item.days_before)


def test_something_added_goes_again_unless_it_is_done(world, as_person):
    event, alice = planned(world), as_person(world.alice)
    before = rows(world, event)
    fields = {
        "title": "Flowers",
        "due_on": (clock.local_day(clock.now(), "America/Recife") + timedelta(days=20)).isoformat(),
    }
    undo = act(alice, f"{LAUNCH}/event/{event.id}/items/new", **fields)
    assert press(alice, undo) == (
        "status",
        "Undone: Added an item to a checklist (Flowers). It is as it was before.",
    )
    assert rows(world, event) == before
    undo = act(alice, f"{LAUNCH}/event/{event.id}/items/new", **fields)
    flowers = next(item for item in items(world, event) if item.title == "Flowers")
    act(alice, f"{LAUNCH}/items/{flowers.id}/completion")
    assert press(alice, undo)[0] == "alert"


def test_a_day_moved_by_mistake_moves_back_with_what_is_not_done(world, as_person):
    event, alice = planned(world), as_person(world.alice)
    before = rows(world, event)
    undo = act(alice, f"{LAUNCH}/event/{event.id}/revision", **form_of(on(90), title="Another title"))
    assert press(alice, undo)[0] == "status"
    assert rows(world, event) == before


def test_cora_has_moved_the_day_since_so_alice_is_told(world, as_person, cora):
    event, alice, second_person = planned(world), as_person(world.alice), as_person(cora)
    undo = act(alice, f"{LAUNCH}/event/{event.id}/revision", **form_of(on(90)))
    act(second_person, f"{LAUNCH}/event/{event.id}/revision", **form_of(on(100), seen="2"))
    role, words = press(alice, undo)
    assert role == "alert"
    assert words.startswith("Cora changed this on ")


def test_a_launch_planned_by_mistake_is_called_off_unless_somebody_has_begun(world, as_person):
    alice = as_person(world.alice)
    undo = act(alice, f"{LAUNCH}/event", **form_of(on(60)))
    assert press(alice, undo)[0] == "status"
    assert "No launch event planned yet" in alice.get(LAUNCH).get_data(as_text=True)
    undo = act(alice, f"{LAUNCH}/event", **form_of(on(60)))
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        event = session.scalars(select(LaunchEvent).where(LaunchEvent.cancelled_at.is_(None))).one()
    item, _ = waiting(world, event)
    act(alice, f"{LAUNCH}/items/{item.id}/completion")
    role, words = press(alice, undo)
    assert role == "alert"
    assert words.startswith("Alice changed this on ")


def test_a_count_typed_wrong_is_counted_as_before_by_a_new_revision(world, as_person):
    event, alice = planned(world, days=0), as_person(world.alice)
    address = f"{LAUNCH}/event/{event.id}/count/attendance"
    post(alice, address, seen="0", people_women_25_59="40")
    undo = act(alice, address, seen="1", people_women_25_59="400")
    assert press(alice, undo)[0] == "status"
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        now = tallies_of(session, event.id)[TallyKind.ATTENDANCE]
    cell: Cell = (Sex.WOMEN, AgeBand("25_59"))
    assert ({key: value for key, value in now.counts.items() if value}, now.number) == ({cell: 40}, 3)


def test_one_count_does_not_stand_in_the_way_of_the_other(world, as_person):
    event, alice = planned(world, days=0), as_person(world.alice)
    address = f"{LAUNCH}/event/{event.id}/count/"
    for kind in TallyKind:
        post(alice, f"{address}{kind}", seen="0", people_women_25_59="40")
    undo = act(alice, f"{address}attendance", seen="1", people_women_25_59="41")
    act(alice, f"{address}signups", seen="1", people_women_25_59="42")
    assert press(alice, undo)[0] == "status"

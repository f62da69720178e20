"""Constraints of the database on a launch, tested as the owner, without the checks of the services."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import psycopg
import pytest
from harness.people import World
from psycopg import errors, sql

from tenants.db import new_id

AT = datetime(2026, 2, 2, 9, 0, tzinfo=UTC)


class Owner:
    """The owner of the tables, bound to Recife. Each insert runs in its own savepoint."""

    def __init__(self, connection: psycopg.Connection[Any], world: World) -> None:
        self.connection, self.chapter_id, self.person = connection, world.recife.id, world.alice.user_id
        connection.execute("select use_chapter(%s, null)", [self.chapter_id])

    def insert(self, table: str, **values: Any) -> UUID:
        row = {"chapter_id": self.chapter_id, "id": new_id(), "country": "BR", **values}
        statement = sql.SQL("insert into {} ({}) values ({})").format(
            sql.Identifier(table),
            sql.SQL(", ").join(map(sql.Identifier, row)),
            sql.SQL(", ").join(map(sql.Placeholder, row)),
        )
        with self.connection.transaction():
            self.connection.execute(statement, row)
        return UUID(str(row["id"]))

    def event(self, **changes: Any) -> UUID:
        text = {"number": 1, "title": "Launch event", "place": "", "host": "", "zone": "UTC", "is_launch": True}
        schedule = {"starts_at": AT, "held_on": AT.date(), "made_at": AT, "made_by": self.person}
        return self.insert("launch_events", **{**text, **schedule, **changes})

    def item(self, event_id: UUID, **changes: Any) -> UUID:
        good = {"event_id": event_id, "position": 1, "code": "venue_chosen", "days_before": 1, "due_on": AT.date()}
        return self.insert("checklist_items", **{**good, **changes})

    def tally(self, event_id: UUID, **changes: Any) -> UUID:
        good = {"event_id": event_id, "kind": "attendance", "number": 1, "is_current": True, "people": 3}
        return self.insert("tally_revisions", **{**good, "made_at": AT, "made_by": self.person, **changes})


@pytest.fixture
def owner(world: World) -> Iterator[Owner]:
    address = world.settings.database("owner").set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address) as connection:
        yield Owner(connection, world)
        connection.rollback()


def test_an_event_of_a_false_day_or_without_a_name_is_refused(owner: Owner) -> None:
    wrong: list[dict[str, Any]] = [
        {"title": ""},
        {"title": "t" * 121},
        {"zone": ""},
        {"number": 0},
        {"held_on": date(2026, 2, 4)},
        {"expected_people": 0},
    ]
    for changes in wrong:
        with pytest.raises(errors.CheckViolation):
            owner.event(**changes)
    owner.event()


def test_one_launch_stands_and_cancelled_ones_and_other_events_beside_it(owner: Owner) -> None:
    owner.event()
    with pytest.raises(errors.UniqueViolation):
        owner.event()
    owner.event(cancelled_at=AT)
    owner.event(is_launch=False)


def test_an_item_is_ours_or_the_chapters_own_and_done_by_somebody(owner: Owner) -> None:
    event_id, item_id = owner.event(), new_id()
    wrong: list[dict[str, Any]] = [
        {"title": "Flowers"},
        {"code": None},
        {"code": "Venue chosen"},
        {"code": None, "title": ""},
        {"days_before": -1},
        {"done_at": AT},
        {"done_by": owner.person},
        {"id": item_id, "waits_for_id": item_id},
    ]
    for changes in wrong:
        with pytest.raises(errors.CheckViolation):
            owner.item(event_id, **changes)
    owner.item(event_id)
    owner.item(event_id, position=2, code=None, title="Flowers", done_at=AT, done_by=owner.person)


def test_one_count_of_a_kind_stands_and_a_cell_holds_one_number(owner: Owner) -> None:
    event_id = owner.event()
    revision_id = owner.tally(event_id)
    with pytest.raises(errors.UniqueViolation):
        owner.tally(event_id, number=2)
    with pytest.raises(errors.CheckViolation):
        owner.tally(event_id, kind="commitments")
    owner.tally(event_id, kind="signups")
    cell = {"revision_id": revision_id, "sex": "men", "age_band": "18_24"}
    with pytest.raises(errors.CheckViolation):
        owner.insert("tally_counts", **cell, people=0)
    owner.insert("tally_counts", **cell, people=3)
    with pytest.raises(errors.UniqueViolation):
        owner.insert("tally_counts", **cell, people=3)


@pytest.mark.parametrize(
    "statement",
    [
        "update tally_revisions set people = 4",
        "update tally_counts set people = 4",
        "update checklist_items set title = 'Other'",
        "delete from tally_revisions",
        "delete from launch_events",
    ],
)
def test_the_web_cannot_overwrite_or_delete_what_was_counted(world: World, statement: str) -> None:
    address = world.settings.database("web").set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address) as connection:
        connection.execute("select use_chapter(%s, null)", [world.recife.id])
        with pytest.raises(errors.InsufficientPrivilege):
            connection.execute(statement.encode())

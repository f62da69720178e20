"""Constraints of the database on activities, tested as the owner, without the checks of the services."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import psycopg
import pytest
from harness.people import World
from psycopg import errors

from solidarity.settings import Settings
from tenants.db import new_id

COLUMNS = (
    "chapter_id, id, activity_id, country, number, is_current, kind, title, held_on, place, narrative, "
    "people, first_time, came_before, not_sure, made_at, made_by"
)
GOOD: dict[str, Any] = {
    "country": "BR",
    "number": 1,
    "is_current": True,
    "kind": "stall",
    "title": "Stall",
    "held_on": "2026-02-11",
    "place": "",
    "narrative": "",
    "people": 44,
    "first_time": 12,
    "came_before": 30,
    "not_sure": 2,
    "made_at": "2026-02-12T12:00:00Z",
}


class Owner:
    """The owner of the tables, bound to Recife. Each insert runs in its own savepoint."""

    def __init__(self, connection: psycopg.Connection[Any], world: World) -> None:
        self.connection, self.world, self.chapter_id = connection, world, world.recife.id
        connection.execute("select use_chapter(%s, null)", [self.chapter_id])

    def insert(self, statement: str, values: dict[str, Any]) -> None:
        with self.connection.transaction():
            self.connection.execute(statement.encode(), values)

    def activity(self, **changes: Any) -> UUID:
        values = {"id": new_id(), "key": new_id(), "chapter": self.chapter_id, "country": "BR", **changes}
        self.insert(
            "insert into activities (chapter_id, id, country, form_key, logged_at, logged_by) "
            "values (%(chapter)s, %(id)s, %(country)s, %(key)s, now(), %(id)s)",
            values,
        )
        return UUID(str(values["id"]))

    def revision(self, activity_id: UUID, **changes: Any) -> UUID:
        alice = self.world.alice.user_id
        keys = {"chapter_id": self.chapter_id, "id": new_id(), "activity_id": activity_id, "made_by": alice}
        values = {**GOOD, **keys, **changes}
        marks = ", ".join(f"%({column})s" for column in COLUMNS.split(", "))
        self.insert(f"insert into activity_revisions ({COLUMNS}) values ({marks})", values)
        return UUID(str(values["id"]))

    def head_count(self, revision_id: UUID, **changes: Any) -> None:
        keys = {"chapter": self.chapter_id, "id": new_id(), "revision": revision_id, "country": "BR"}
        values = {**keys, "sex": "men", "age": "18_24", "people": 5, **changes}
        self.insert(
            "insert into head_counts (chapter_id, id, revision_id, country, sex, age_band, people) "
            "values (%(chapter)s, %(id)s, %(revision)s, %(country)s, %(sex)s, %(age)s, %(people)s)",
            values,
        )


@pytest.fixture
def owner(world: World) -> Iterator[Owner]:
    settings: Settings = world.settings
    address = settings.database("owner").set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address) as connection:
        yield Owner(connection, world)
        connection.rollback()


def test_sums_that_do_not_add_up_negative_and_half_missing_counts_are_refused(owner: Owner) -> None:
    activity_id = owner.activity()
    wrong: list[dict[str, Any]] = [
        {"people": 45},
        {"not_sure": 3},
        {"people": 40, "not_sure": -2},
        {"people": -1, "first_time": -1, "came_before": 0, "not_sure": 0},
        {"people": 44, "first_time": 46, "came_before": -2, "not_sure": 0},
        {"people": None},
        {"first_time": None},
        {"people": None, "first_time": None, "came_before": None},
        {"people": None, "first_time": 0, "came_before": 0, "not_sure": 0},
        {"people": -1, "first_time": None, "came_before": None, "not_sure": None},
        {"title": ""},
        {"title": "t" * 121},
        {"place": "p" * 121},
        {"narrative": "n" * 4001},
        {"held_on": "2014-09-19"},
        {"held_on": "2100-01-02"},
        {"kind": "party"},
        {"number": 0},
    ]
    for changes in wrong:
        with pytest.raises(errors.CheckViolation):
            owner.revision(activity_id, **changes)
    owner.revision(activity_id)


def test_not_counted_and_nobody_are_both_taken_and_differ(owner: Owner) -> None:
    for number in (None, 0):
        shares = dict.fromkeys(("people", "first_time", "came_before", "not_sure"), number)
        owner.revision(owner.activity(), **shares)
    rows = owner.connection.execute(
        "select people from activity_revisions where chapter_id = %s order by id", [owner.chapter_id]
    ).fetchall()
    assert rows == [(None,), (0,)]


def test_two_current_revisions_or_two_of_one_number_are_refused(owner: Owner) -> None:
    activity_id = owner.activity()
    owner.revision(activity_id)
    with pytest.raises(errors.UniqueViolation):
        owner.revision(activity_id, number=2)
    with pytest.raises(errors.UniqueViolation):
        owner.revision(activity_id, is_current=False)
    owner.revision(activity_id, number=2, is_current=False)
    owner.revision(owner.activity())


def test_one_form_key_makes_one_activity_in_a_chapter(owner: Owner) -> None:
    key = new_id()
    owner.activity(key=key)
    with pytest.raises(errors.UniqueViolation):
        owner.activity(key=key)


def test_a_cell_holds_one_sensible_number_of_people(owner: Owner) -> None:
    revision_id = owner.revision(owner.activity())
    owner.head_count(revision_id)
    with pytest.raises(errors.UniqueViolation):
        owner.head_count(revision_id)
    for changes in ({"people": 0}, {"people": -1}, {"people": 1_000_001}, {"sex": "all"}, {"age": "17"}):
        with pytest.raises(errors.CheckViolation):
            owner.head_count(revision_id, **{"sex": "women", **changes})
    owner.head_count(revision_id, sex="women", people=1_000_000)


def test_nothing_hangs_on_another_chapter_or_another_country(owner: Owner) -> None:
    activity_id = owner.activity()
    revision_id = owner.revision(activity_id)
    huye_id = owner.world.huye.id
    owner.connection.execute("select use_chapter(%s, null)", [huye_id])
    for wrong in (
        lambda: owner.revision(activity_id, chapter_id=huye_id, country="RW", number=2, is_current=False),
        lambda: owner.head_count(revision_id, chapter=huye_id, country="RW"),
        lambda: owner.activity(chapter=huye_id, country="BR"),
    ):
        with pytest.raises(errors.ForeignKeyViolation):
            wrong()
    owner.activity(chapter=huye_id, country="RW")


OVERWRITING = (
    "update activity_revisions set people = 45, not_sure = 3",
    "update activity_revisions set title = 'Other'",
    "update head_counts set people = 1",
    "update activities set form_key = id",
    "delete from head_counts",
    "delete from activity_revisions",
    "delete from activities",
)


def test_the_web_cannot_overwrite_or_delete_what_was_said(world: World) -> None:
    settings: Settings = world.settings
    address = settings.database("web").set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address) as connection:
        connection.execute("select use_chapter(%s, null)", [world.recife.id])
        for statement in OVERWRITING:
            with pytest.raises(errors.InsufficientPrivilege), connection.transaction():
                connection.execute(statement.encode())
        connection.execute("update activity_revisions set is_current = false")

"""Constraints of the database on terms, without the checks of the services."""

from __future__ import annotations

from datetime import date, timedelta
from threading import Barrier, Thread
from typing import Any

import psycopg
import pytest
from harness.databases import cloned
from harness.people import SINCE, World, join, person
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError, IntegrityError, ProgrammingError
from sqlalchemy.pool import NullPool

from solidarity.database.migrate import migrate
from tenants.db import new_id, opened
from tenants.people.permissions import Role
from tenants.people.terms import FocalPointTerm
from tenants.scope import ChapterScope

LATER = date(2030, 1, 1)
COLUMNS = "select column_name from information_schema.columns where table_name = :table"


def term(own_membership: Any, **changes: Any) -> FocalPointTerm:
    defaults = {
        "chapter_id": own_membership.chapter_id,
        "country": "BR",
        "membership_id": own_membership.id,
        "organisation": "",
        "rank": "primary",
        "starts_on": LATER,
        "ends_on": LATER + timedelta(days=30),
        "appointed_at": SINCE,
    }
    return FocalPointTerm(**{**defaults, **changes})


def written(world: World, *rows: FocalPointTerm) -> None:
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        for row in rows:
            session.add(row)
            session.flush()


def test_two_primary_terms_do_not_meet_on_a_day_and_touch_on_the_next(world, recife):
    alice, bob = recife.own_membership(world.alice), recife.own_membership(world.bob)
    last = LATER + timedelta(days=30)
    with pytest.raises(IntegrityError, match="ex_focal_point_terms_one_primary"):
        written(world, term(alice), term(bob, starts_on=last, ends_on=last))
    written(world, term(alice), term(bob, starts_on=last + timedelta(days=1), ends_on=last + timedelta(days=9)))


def test_one_person_has_one_term_at_a_time_whatever_its_rank(world, recife):
    bob = recife.own_membership(world.bob)
    with pytest.raises(IntegrityError, match="ex_focal_point_terms_one_a_person"):
        written(world, term(bob), term(bob, rank="deputy"))


def test_the_same_days_in_another_chapter_are_no_obstacle(world, recife):
    written(world, term(recife.own_membership(world.alice)))
    with world.app.app_context(), opened(ChapterScope(world.huye.id)) as session:
        membership = session.execute(text("select chapter_id, id from memberships")).one()
        session.add(term(membership, country="RW"))


def test_of_two_at_the_same_moment_one_answers_for_the_chapter(world, recife):
    """Both transactions have seen that the place is free, and write before either has committed."""
    own_memberships = [recife.own_membership(world.alice), recife.own_membership(world.bob)]
    both_looked, outcomes = Barrier(2), []

    def take(own_membership: Any) -> None:
        try:
            with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
                free = text("select count(*) from focal_point_terms where starts_on <= :day and ends_on >= :day")
                assert session.scalar(free, {"day": LATER}) == 0
                both_looked.wait(10)
                session.add(term(own_membership))
                session.flush()
            outcomes.append("answers")
        except DBAPIError as error:
            outcomes.append(str(getattr(error.orig, "sqlstate", "")))

    threads = [Thread(target=take, args=(own_membership,)) for own_membership in own_memberships]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(outcomes) in (["23P01", "answers"], ["40P01", "answers"]), outcomes
    assert len([row for row in recife.terms() if row.starts_on == LATER]) == 1


@pytest.mark.parametrize(
    ("wrong", "constraint"),
    [
        ({"rank": "honorary"}, "rank_known"),
        ({"organisation": "x" * 121}, "organisation_length"),
        ({"starts_on": date(2014, 9, 19)}, "starts_on_reason"),
        ({"ends_on": LATER - timedelta(days=2), "ended_at": SINCE}, "ends_on_reason"),
        ({"ends_on": LATER - timedelta(days=1)}, "ended_before_a_day"),
        ({"confirmed_on": LATER - timedelta(days=1)}, "confirmed_after_start"),
        ({"ended_by": new_id()}, "ended_by_when"),
        ({"country": "RW"}, "country"),
        ({"membership_id": new_id()}, "membership_id"),
    ],
)
def test_what_makes_no_sense_is_refused(world, recife, wrong, constraint):
    with pytest.raises(DBAPIError, match=constraint):
        written(world, term(recife.own_membership(world.bob), **wrong))


@pytest.mark.parametrize(
    "statement",
    [
        "delete from focal_point_terms where chapter_id = :here",
        "update focal_point_terms set starts_on = starts_on - 1 where chapter_id = :here",
        "update focal_point_terms set membership_id = id where chapter_id = :here",
        "update focal_point_terms set rank = 'deputy' where chapter_id = :here",
    ],
)
def test_the_web_takes_no_term_away_and_rewrites_none(world, statement):
    with (
        world.app.app_context(),
        pytest.raises(ProgrammingError, match="permission denied"),
        opened(ChapterScope(world.recife.id)) as session,
    ):
        session.execute(text(statement), {"here": world.recife.id})


def test_the_migration_gives_terms_to_who_was_there_before_it(world, superuser_url):
    """A database of the previous release, in which people have joined, is migrated."""
    with world.app.app_context():
        for name, role in (("Frida", Role.FOCAL_POINT), ("Duda", Role.DEPUTY), ("Gone", Role.FOCAL_POINT)):
            join(world.recife, person(name), role)
    with cloned("template0", superuser_url) as settings:
        migrate(settings, revision="0009")
        engine = create_engine(settings.database("owner"), poolclass=NullPool)
        with engine.begin() as connection:
            for table in ("users", "chapters", "memberships"):
                columns = set(connection.scalars(text(COLUMNS), {"table": table}))
                for row in _rows_of(world, table):
                    values = {key: value for key, value in row.items() if key in columns}
                    places = ", ".join(f":{key}" for key in values)
                    connection.execute(text(f"insert into {table} ({', '.join(values)}) values ({places})"), values)
            connection.execute(text("update memberships set left_at = joined_at where name = 'Gone'"))
        migrate(settings, revision="0010")
        with engine.begin() as connection:
            terms = connection.execute(
                text(
                    "select m.name, t.rank, t.starts_on, t.ends_on > current_date + 700, t.confirmed_on "
                    "from focal_point_terms t join memberships m on m.id = t.membership_id order by m.name"
                )
            ).all()
    assert [tuple(row) for row in terms] == [
        ("Alice", "primary", SINCE.date(), True, None),
        ("Charlie", "primary", SINCE.date(), True, None),
        ("Duda", "deputy", SINCE.date(), True, None),
        ("Frida", "deputy", SINCE.date(), True, None),
    ]


def _rows_of(world: World, table: str) -> list[dict[str, Any]]:
    url = world.settings.database("owner").set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url, row_factory=psycopg.rows.dict_row) as connection:
        return connection.execute(f"select * from {table}".encode()).fetchall()

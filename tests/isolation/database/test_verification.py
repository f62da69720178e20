"""A wall that differs from the migrations is named with its correction, and the application refuses to start."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator

import pytest
from flask import Flask
from harness.databases import app_for_tests, cloned, disconnect, superuser_connection
from harness.golden_files import assert_golden
from harness.processes import environment_of
from harness.statements import logged
from isolation.rows import TwoChapters
from sqlalchemy import Engine, create_engine
from sqlalchemy.pool import NullPool
from structlog.testing import capture_logs

from solidarity.cli.doctor import examine
from solidarity.database.engines import LOGINS
from solidarity.database.verification import differences
from solidarity.database.verification.differences import (
    SNAPSHOT,
    SchemaDifference,
    find_differences,
    major_of,
    read_catalogue,
    read_revision,
)
from solidarity.database.verification.refusal import WallsDiffer, refuse_unsafe_database
from solidarity.settings import Settings
from tenants.db import db
from workers.celery_factory import make_celery

BINDING = "use_chapter(chapter uuid, actor uuid)"
FORGETFUL = (
    "create or replace function use_chapter(chapter uuid, actor uuid) returns void language plpgsql "
    "set search_path = pg_catalog, pg_temp as $$ begin perform 1; end $$"
)
# What was done, the place that must be named, and the beginning of its correction.
CHANGES = {
    "off": ("alter table activities disable row level security", "row-level security of activities", "alter table"),
    "not forced": ("alter table users force row level security", "row-level security of users", "alter table users"),
    "FORCE off": ("alter table reports no force row level security", "row-level security of reports", "alter table"),
    "policy dropped": (
        "drop policy wall on head_counts",
        "policy head_counts.wall",
        "create policy wall on head_counts",
    ),
    "policy changed": (
        "alter policy wall on reports using (true)",
        "policy reports.wall",
        "drop policy wall on reports;",
    ),
    "policy added": (
        "create policy more on reports using (true)",
        "policy reports.more",
        "drop policy more on reports",
    ),
    "grant added": (
        "grant delete on reports to solidarity_web",
        "grant to solidarity_web on reports",
        "revoke all on reports from solidarity_web; grant insert, select, update on reports to solidarity_web",
    ),
    "column granted": (
        "grant select (submitted_by) on reports to solidarity_desk",
        "grant to solidarity_desk on reports",
        "revoke all on reports from solidarity_desk; grant select (",
    ),
    "grant revoked": (
        "revoke select on figures from solidarity_desk",
        "grant to solidarity_desk on figures",
        "grant select on figures to solidarity_desk",
    ),
    "granted to everybody": (
        "grant select on users to public",
        "grant to public on users",
        "revoke all on users from public",
    ),
    "owner changed": ("alter table reports owner to solidarity_web", "table reports", "alter table reports owner to"),
    "function changed": (FORGETFUL, f"function {BINDING}", "create or replace FUNCTION public.use_chapter"),
    "rights of the owner": ("alter function use_chapter security definer", f"function {BINDING}", "create or replace"),
    "search path lost": ("alter function use_chapter reset search_path", f"function {BINDING}", "create or replace"),
    "function's owner": (
        "alter function use_chapter owner to solidarity_web",
        f"owner of function {BINDING}",
        "alter routine use_chapter(chapter uuid, actor uuid) owner to solidarity_owner",
    ),
    "function for all": (
        "grant execute on function use_countries to public",
        "grant to public on function use_countries(countries text, actor uuid)",
        "revoke all on routine",
    ),
    "key without chapter": (
        "create unique index lone on activities (id)",
        "unique index lone",
        "drop index lone",
    ),
    "view": ("create view everybodys as select * from activities", "view everybodys", "drop view everybodys"),
    "extension": ("create extension hstore", "extension hstore", "drop extension hstore"),
}
FALLEN = "alter table activities disable row level security"
MENDED = "alter table activities enable row level security, force row level security"
WEB = "import solidarity.wsgi; print('it started')"
WORKER = (
    "import workers.app; from celery.signals import worker_init; worker_init.send(sender=None); print('it started')"
)


@pytest.fixture
def clone(two_chapters: TwoChapters, superuser_url: str) -> Iterator[Settings]:
    """A database whose walls the test may change."""
    with cloned(two_chapters.template, superuser_url) as settings:
        yield settings


@pytest.fixture
def app(clone: Settings) -> Iterator[Flask]:
    app = app_for_tests(clone)
    yield app
    disconnect(app)


def run_as_superuser(settings: Settings, superuser_url: str, statement: str) -> None:
    with superuser_connection(settings, superuser_url) as connection:
        connection.execute(statement.encode())


def web_engine(settings: Settings) -> Engine:
    return create_engine(settings.database("web"), poolclass=NullPool)


def differences_of(settings: Settings) -> list[SchemaDifference]:
    with web_engine(settings).connect() as connection:
        return find_differences(connection)


def started(settings: Settings, code: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-P", "-c", code]
    return subprocess.run(
        command, env=environment_of(settings), check=False, timeout=60, capture_output=True, text=True
    )


def test_what_is_declared_is_what_the_migrations_make(settings: Settings) -> None:
    with web_engine(settings).connect() as connection:
        statements = {place: entry.statement for place, entry in read_catalogue(connection).items()}
        snapshot = {
            "revision": read_revision(connection),
            "major": major_of(connection),
            "statements": statements,
        }
    assert_golden(json.dumps(snapshot, indent=0, ensure_ascii=False, sort_keys=True) + "\n", SNAPSHOT)


def test_every_login_sees_the_same(two_chapters: TwoChapters) -> None:
    catalogues = []
    for login in (*LOGINS, "owner"):
        with create_engine(two_chapters.settings.database(login), poolclass=NullPool).connect() as connection:
            catalogues.append(read_catalogue(connection))
    assert catalogues[0]
    assert all(catalogue == catalogues[0] for catalogue in catalogues)


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_named_and_its_correction_mends_it(clone: Settings, superuser_url: str, name: str) -> None:
    statement, place, correction = CHANGES[name]
    assert differences_of(clone) == []
    run_as_superuser(clone, superuser_url, statement)
    differences = differences_of(clone)
    assert place in [difference.place for difference in differences if difference.is_wall]
    assert all(difference.correction.startswith(correction) for difference in differences if difference.place == place)
    lines = [result.words for result in examine(clone) if result.subject == "walls" and not result.well]
    assert [place in line and correction in line for line in lines].count(True) == 1
    for difference in differences:
        run_as_superuser(clone, superuser_url, difference.correction)
    assert differences_of(clone) == []


def test_the_walls_are_compared_in_one_statement(clone: Settings) -> None:
    engine = web_engine(clone)
    with engine.connect() as connection, logged([engine]) as statements:
        find_differences(connection)
    assert len(statements) == 1


@pytest.mark.parametrize("code", [WEB, WORKER], ids=["web", "worker"])
def test_a_process_does_not_start_over_a_fallen_wall(clone: Settings, superuser_url: str, code: str) -> None:
    run_as_superuser(clone, superuser_url, FALLEN)
    result = started(clone, code)
    assert (result.returncode, result.stdout) == (1, "")
    assert "The row-level security of activities was changed." in result.stderr
    assert f"{MENDED};" in result.stderr
    assert "Traceback" not in result.stderr
    run_as_superuser(clone, superuser_url, MENDED)
    result = started(clone, code)
    assert (result.returncode, result.stdout) == (0, "it started\n"), result.stderr


def test_the_message_is_short_over_a_database_without_the_schema(app: Flask, clone: Settings) -> None:
    run_as_owner = create_engine(clone.database("owner"), poolclass=NullPool)
    with run_as_owner.begin() as connection:
        connection.exec_driver_sql("drop schema public cascade")
        connection.exec_driver_sql("create schema public")
        connection.exec_driver_sql("grant usage on schema public to solidarity_web")
    with pytest.raises(WallsDiffer) as error:
        refuse_unsafe_database(app)
    assert len(str(error.value).splitlines()) == 12
    assert "solidarity migrate" in str(error.value)
    assert "solidarity doctor lists all" in str(error.value)


@pytest.mark.parametrize(
    "statement",
    ["create index slow on activities (logged_at)", "alter table chapter_slugs add column name text"],
    ids=["an index", "a column"],
)
def test_what_is_no_wall_is_named_and_stops_nothing(
    app: Flask, clone: Settings, superuser_url: str, statement: str
) -> None:
    run_as_superuser(clone, superuser_url, statement)
    refuse_unsafe_database(app)
    assert [result.subject for result in examine(clone) if not result.well] == ["schema", "worker", "beat"]


def test_a_database_of_a_later_version_is_not_compared_and_one_of_an_earlier_version_is(
    app: Flask, clone: Settings, superuser_url: str
) -> None:
    """Old code goes on while a deployment has migrated the database for the new code."""
    run_as_superuser(clone, superuser_url, "create table later (id uuid primary key)")
    with pytest.raises(WallsDiffer):
        refuse_unsafe_database(app)
    run_as_superuser(clone, superuser_url, "update alembic_version set version_num = '9999'")
    with capture_logs() as log_entries:
        refuse_unsafe_database(app)
    assert [entry["event"] for entry in log_entries] == ["walls.not_compared"]
    run_as_superuser(clone, superuser_url, "update alembic_version set version_num = '0001'")
    with pytest.raises(WallsDiffer):
        refuse_unsafe_database(app)


def test_another_major_of_postgresql_may_print_an_expression_otherwise(
    app: Flask, clone: Settings, superuser_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(differences, "major_of", lambda _connection: 15)
    run_as_superuser(clone, superuser_url, "alter policy wall on activities using (true)")
    refuse_unsafe_database(app)
    assert "schema" in [result.subject for result in examine(clone) if not result.well]
    run_as_superuser(clone, superuser_url, "drop policy wall on activities")
    with pytest.raises(WallsDiffer):
        refuse_unsafe_database(app)


def test_without_the_right_to_read_the_revision_the_walls_are_compared(
    app: Flask, clone: Settings, superuser_url: str
) -> None:
    run_as_superuser(clone, superuser_url, "revoke all on alembic_version from solidarity_web")
    with pytest.raises(WallsDiffer, match="grant select on alembic_version to solidarity_web;"):
        refuse_unsafe_database(app)


def test_a_start_leaves_no_connection(app: Flask) -> None:
    refuse_unsafe_database(app)
    with app.app_context():
        assert {login: db.engines[login].pool.checkedin() for login in LOGINS} == dict.fromkeys(LOGINS, 0)  # type: ignore[attr-defined]


def test_the_daily_task_logs_a_fallen_wall_as_an_error(app: Flask, clone: Settings, superuser_url: str) -> None:
    celery = make_celery(app)
    celery.loader.import_default_modules()
    verify_walls = celery.tasks["workers.upkeep.verify_walls"]
    with capture_logs() as quiet:
        assert verify_walls() > 1000
    run_as_superuser(clone, superuser_url, FALLEN)
    with capture_logs() as log_entries:
        verify_walls()
    assert [entry for entry in quiet if entry["log_level"] == "error"] == []
    (entry,) = [entry for entry in log_entries if entry["log_level"] == "error"]
    assert entry == {
        "event": "walls.differ",
        "log_level": "error",
        "place": "row-level security of activities",
        "state": "was changed",
        "mend": MENDED,
        "is_wall": True,
    }
    assert "workers.upkeep.verify_walls" in {entry["task"] for entry in celery.conf.beat_schedule.values()}

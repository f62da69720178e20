"""Every task, run over two chapters whose rows carry canaries, keeps their rows and mails apart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from harness.databases import cloned, owner_connection, running_app
from harness.deliveries import skip_on_holidays, zone_at_noon
from harness.mail_sink import Mailbox, point_mail_at
from harness.statements import logged
from isolation import lists
from isolation.entry_points.matrix_world import MatrixWorld, Side
from isolation.sessions.statements import unnamed
from psycopg import sql

from tenants.db import db
from workers.base import ChapterTask, CompilerTask, PlatformTask, SolidarityCelery
from workers.celery_factory import make_celery


@dataclass(frozen=True)
class Expected:
    """The base class of a task, the tables that it may change, and the logins that it may use."""

    kind: type[Any]
    changes: tuple[str, ...]
    logins: tuple[str, ...]


# In the order of the runs: a digest is written, then sent.
TASKS = {
    "workers.rollups.compile_figures": Expected(
        CompilerTask, ("compile_marks", "compile_runs", "compiled_reports", "figures"), ("compiler", "worker")
    ),
    "workers.rollups.check_figures": Expected(CompilerTask, ("compile_runs",), ("compiler", "worker")),
    "workers.reminders.tick": Expected(
        PlatformTask,
        ("chapter_clocks", "deliveries", "desk_notifications", "desk_readers", "notifications"),
        ("worker", "desk"),
    ),
    "workers.reminders.send_mail": Expected(
        PlatformTask,
        ("audit_entries", "consumed_rungs", "deliveries", "desk_notifications", "notifications"),
        ("worker", "desk"),
    ),
    "workers.evaluation.open_periods": Expected(
        PlatformTask, ("compile_marks", "opened_periods", "reports"), ("worker",)
    ),
    "workers.upkeep.verify_walls": Expected(PlatformTask, (), ("worker",)),
    "workers.upkeep.clear_old_rows": Expected(PlatformTask, ("deliveries", "form_keys"), ("worker",)),
}


@dataclass(frozen=True)
class Place:
    """A Celery application on a clone of the matrix world, and a connection of the owner."""

    celery: SolidarityCelery
    owner: psycopg.Connection[Any]


@pytest.fixture
def place(matrix_world: MatrixWorld, superuser_url: str, mailbox: Mailbox) -> Iterator[Place]:
    with (
        cloned(matrix_world.template, superuser_url) as settings,
        running_app(settings) as app,
        owner_connection(settings, autocommit=True) as owner,
    ):
        point_mail_at(app, port=mailbox.port, outbox=mailbox.folder)
        celery = make_celery(app)
        celery.loader.import_default_modules()
        skip_on_holidays(*(country for (country,) in owner.execute("select country from chapters")))
        owner.execute("update chapters set zone = %s, working_week = '{1,2,3,4,5,6,7}'", (zone_at_noon(),))
        owner.execute("update chapter_clocks set next_at = now() - interval '1 hour'")
        owner.execute("update desk_readers set zone = %s, next_at = now() - interval '1 hour'", (zone_at_noon(),))
        owner.execute("insert into compile_marks select gen_random_uuid(), id, now() from chapters")
        yield Place(celery, owner)


def test_tasks_change_only_their_tables_as_their_login(place: Place) -> None:
    for name, expected in TASKS.items():
        before = _digests(place.owner)
        with place.celery.flask_app.app_context():
            engines = dict(db.engines)
        idle = [engine for login, engine in engines.items() if login not in expected.logins]
        with logged(idle) as sent_as_others:
            result = place.celery.tasks[name]()
        assert sent_as_others == [], f"{name} worked as another login"
        after = _digests(place.owner)
        changed = {table for table in after if after[table] != before[table]} - {"finished_work"}
        assert changed <= set(expected.changes), name
        if name != "workers.upkeep.clear_old_rows":
            assert result, f"{name} found nothing to do, so it proves nothing"


def test_every_statement_of_a_task_in_a_chapter_names_it(place: Place) -> None:
    with place.celery.flask_app.app_context():
        worker = db.engines["worker"]
    with logged([worker]) as statements:
        for name in TASKS:
            place.celery.tasks[name]()
    assert [statement for statement in dict.fromkeys(statements) if unnamed(statement)] == []
    assert any("notifications" in statement for statement in statements)


def test_no_task_shows_one_chapter_to_another(
    place: Place, matrix_world: MatrixWorld, mailbox: Mailbox, capfd: pytest.CaptureFixture[str]
) -> None:
    for name in TASKS:
        place.celery.tasks[name]()
    for side, foreign_side in ((matrix_world.ours, matrix_world.other), (matrix_world.other, matrix_world.ours)):
        assert _marks(_everything_of(place.owner, side), foreign_side) == []
        mails = [path.read_text() for path in mailbox.folder.glob("*.eml") if side.private in path.read_text()]
        assert mails, f"no mail went to {side.slug}, so it proves nothing"
        assert [mark for mail in mails for mark in _marks(mail, foreign_side)] == []
    logs = "".join(capfd.readouterr())
    assert [mark for mark in _canaries(matrix_world) if mark in logs] == [], "what people wrote is in the logs"


def test_no_canary_stays_in_a_table_without_a_wall(place: Place, matrix_world: MatrixWorld) -> None:
    for name in TASKS:
        place.celery.tasks[name]()
    leaks = {
        table: mark
        for table in lists.LOCAL
        for row in place.owner.execute(sql.SQL("select x::text from {} x").format(sql.Identifier(table))).fetchall()
        for mark in _canaries(matrix_world)
        if mark in row[0]
    }
    assert leaks == {}


def test_a_chapters_task_without_a_chapter_is_refused(place: Place) -> None:
    kinds = {type(task) for task in place.celery.tasks.values() if isinstance(task, ChapterTask)}
    for kind in kinds | {ChapterTask}:
        assert kind.scope is ChapterTask.scope, f"{kind} asks for its chapter in a way of its own"


def _digests(owner: psycopg.Connection[Any]) -> dict[str, str]:
    query = sql.SQL("select md5(string_agg(x::text, ',' order by x::text)) from {} x")
    tables = (*lists.BEHIND_THE_WALL, *lists.LOCAL, *lists.REFERENCE)
    return {table: str(owner.execute(query.format(sql.Identifier(table))).fetchone()) for table in tables}


def _everything_of(owner: psycopg.Connection[Any], side: Side) -> str:
    texts = []
    for table in lists.OWNED_TABLES:
        query = sql.SQL("select x::text from {} x where chapter_id = %s").format(sql.Identifier(table))
        texts += [row[0] for row in owner.execute(query, [side.chapter_id]).fetchall()]
    return "\n".join(texts)


def _marks(text: str, side: Side) -> list[str]:
    return [mark for mark in (side.shared, side.private, *side.ids) if mark in text]


def _canaries(matrix_world: MatrixWorld) -> list[str]:
    return [matrix_world.ours.shared, matrix_world.ours.private, matrix_world.other.shared, matrix_world.other.private]

"""There are three kinds of tasks. Each runs in its scope, and commits once at its end or not at all."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from celery import Task
from harness.people import World
from harness.processes import environment_of
from sqlalchemy import select
from sqlalchemy.orm import Session

from solidarity.enqueue import TaskProducer
from tenants import clock
from tenants.audit import AuditEntry, record
from tenants.chapters.models import Chapter
from tenants.db import opened
from tenants.errors import ScopeError
from tenants.scope import ChapterScope, DeskScope, NobodyScope, scope_of
from tenants.work import FinishedWork, ProcessKind
from workers.base import KINDS, ChapterTask, CompilerTask, PlatformTask, SolidarityCelery, send_to_chapter
from workers.celery_factory import KEY_PREFIX, MODULES
from workers.queues import QUEUES
from workers.schedule import TIMETABLE


@pytest.fixture
def added(celery: SolidarityCelery) -> Callable[..., Any]:
    """Return a function that adds a task of a kind to `celery` only, not to other applications."""

    def add(kind: type[Task[..., Any]] | None, body: Callable[..., Any]) -> Any:
        return celery.tasks[celery.task(base=kind, shared=False)(body).name]

    return add


def ours(celery: SolidarityCelery) -> dict[str, Any]:
    return {name: task for name, task in celery.tasks.items() if not name.startswith("celery.")}


def of_no_kind(celery: SolidarityCelery) -> list[str]:
    return [name for name, task in ours(celery).items() if not isinstance(task, KINDS)]


def test_every_task_is_of_one_of_the_three_kinds(celery: SolidarityCelery) -> None:
    assert {name.rsplit(".", 1)[0] for name in ours(celery)} == set(MODULES)
    assert of_no_kind(celery) == []


def test_a_task_of_another_kind_is_found_out(celery: SolidarityCelery, added: Callable[..., Any]) -> None:
    def misplaced() -> None: ...

    added(None, misplaced)
    assert of_no_kind(celery) == [f"{__name__}.misplaced"]


def test_everything_rung_is_a_task_and_every_queue_is_taken(celery: SolidarityCelery) -> None:
    assert {entry["task"] for entry in TIMETABLE.values()} == set(ours(celery))
    assert {"workers.rollups.compile_figures", "workers.reminders.send_mail", "workers.reminders.tick"} <= set(
        ours(celery)
    )
    queue_names = {celery.amqp.router.route({}, name)["queue"].name for name in ours(celery)}
    assert queue_names == {queue.name for queue in QUEUES} == {"default", "mail", "rollups"}


def test_the_webs_bell_rings_where_workers_listen(celery: SolidarityCelery) -> None:
    producer = TaskProducer("redis://127.0.0.1/0")
    assert producer.celery.conf.broker_transport_options["global_keyprefix"] == KEY_PREFIX
    assert celery.conf.broker_transport_options["global_keyprefix"] == KEY_PREFIX


def test_a_chapters_task_sees_its_chapter_alone(
    celery: SolidarityCelery, added: Callable[..., Any], world: World
) -> None:
    seen: list[object] = []

    def look(session: Session) -> None:
        seen.extend([scope_of(session), session.scalars(select(Chapter.id)).all()])

    added(ChapterTask, look).apply(headers={"chapter": str(world.recife.id)}, throw=True)
    assert seen == [ChapterScope(world.recife.id, login="worker"), [world.recife.id]]


@pytest.mark.parametrize("headers", [None, {}, {"other": "x"}])
def test_a_chapters_task_without_chapter_is_refused(
    celery: SolidarityCelery, added: Callable[..., Any], headers: dict[str, str] | None
) -> None:
    calls: list[bool] = []

    def look(_session: Session) -> None:
        calls.append(True)

    with pytest.raises(ScopeError):
        added(ChapterTask, look).apply(headers=headers, throw=True)
    assert not calls


def test_the_other_kinds_have_their_own_scopes(celery: SolidarityCelery, added: Callable[..., Any]) -> None:
    seen: list[object] = []

    def compiling(session: Session) -> None:
        seen.append(scope_of(session))

    def caring(session: Session) -> None:
        seen.append(scope_of(session))

    added(CompilerTask, compiling).apply(throw=True)
    added(PlatformTask, caring).apply(throw=True)
    assert isinstance(seen[0], DeskScope)
    assert seen[0].login == "compiler"
    assert seen[1] == NobodyScope(login="worker")


def test_a_task_commits_at_its_end_and_nothing_when_it_fails(
    celery: SolidarityCelery, added: Callable[..., Any], world: World
) -> None:
    def note(session: Session, action: str) -> None:
        record(session, at=clock.now(), actor_id=None, action=action)
        session.flush()
        if action == "task.fails":
            raise LookupError

    task = added(ChapterTask, note)
    with pytest.raises(LookupError):
        task.apply(("task.fails",), headers={"chapter": str(world.recife.id)}, throw=True)
    assert last_finished(world) is None, "a task that failed has finished nothing"
    task.apply(("task.works",), headers={"chapter": str(world.recife.id)}, throw=True)
    assert actions_of(world, world.recife.id) == ["task.works"]
    assert actions_of(world, world.huye.id) == []
    assert last_finished(world) is not None


def test_the_chapter_travels_in_a_header_and_never_in_the_arguments(
    celery: SolidarityCelery, added: Callable[..., Any], world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def look(_session: Session) -> None: ...

    task, message = added(ChapterTask, look), dict[str, Any]()
    monkeypatch.setattr(
        ChapterTask, "apply_async", lambda _self, *args, **options: message.update(args=args, **options)
    )
    send_to_chapter(task, world.recife.id, 7)
    assert message == {"args": ((7,), {}), "headers": {"chapter": str(world.recife.id)}}


def test_nothing_is_built_when_a_module_of_tasks_is_imported() -> None:
    modules = [*MODULES, "workers.base", "workers.celery_factory", "workers.schedule", "workers.emails.writing"]
    code = f"import {', '.join(modules)}"
    subprocess.run([sys.executable, "-P", "-c", code], env={}, check=True, timeout=60)


def actions_of(world: World, chapter_id: UUID) -> list[str]:
    with world.app.app_context(), opened(ChapterScope(chapter_id)) as session:
        return list(session.scalars(select(AuditEntry.action).where(AuditEntry.action.startswith("task."))))


def last_finished(world: World) -> object:
    with world.app.app_context(), opened(NobodyScope()) as session:
        return session.get(FinishedWork, ProcessKind.WORKER)


def test_a_worker_whose_login_sees_past_the_wall_does_not_start(world: World) -> None:
    code = """
import solidarity.database.verification.refusal
from celery.signals import worker_init
from solidarity.database.engines import LoginTooPowerful

def refuse(app):
    raise LoginTooPowerful("too powerful")

solidarity.database.verification.refusal.refuse_powerful_logins = refuse
import workers.app
worker_init.send(sender=None)
print("it started")
"""
    command = [sys.executable, "-P", "-c", code]
    result = subprocess.run(
        command, env=environment_of(world.settings), check=False, timeout=60, capture_output=True, text=True
    )
    assert (result.returncode, result.stdout) == (1, "")
    assert "too powerful" in result.stderr

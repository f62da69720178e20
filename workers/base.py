"""The three kinds of tasks: for one chapter, for the compiler, for the platform.

Each runs in the web application's context with a session bound to its scope, commits once at its end, rolls back on any
error, and records when a worker last finished a task (/healthz reads it). A task of another kind fails
tests/background_tasks.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, cast
from uuid import UUID

import structlog
from celery import Celery, Task, shared_task
from flask import Flask
from sqlalchemy.dialects.postgresql import insert

from tenants import clock
from tenants.db import db, opened
from tenants.errors import ScopeError
from tenants.rollups.compiler import COMPILER
from tenants.scope import BoundSession, ChapterScope, NobodyScope, Scope, bind, log_context
from tenants.work import FinishedWork, ProcessKind

CHAPTER_HEADER = "chapter"

Body = Callable[..., Any]
if TYPE_CHECKING:
    BaseTask = Task[..., Any]
else:
    BaseTask = Task

log = structlog.get_logger(__name__)


class SolidarityCelery(Celery):
    """Celery with the web application whose settings, URLs and templates its tasks use."""

    flask_app: Flask


class ScopedTask(BaseTask):
    """The base of all tasks. The body gets its session as first argument."""

    abstract = True
    typing = False  # Celery would ask callers for the session

    def scope(self) -> Scope:
        """Return the scope to which the session is bound."""
        raise NotImplementedError

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run the body in its scope."""
        started_at = time.monotonic()
        with cast("SolidarityCelery", self.app).flask_app.app_context():
            scope = self.scope()
            with log_context(scope), BoundSession(db) as session:
                bind(session, scope)
                result = self.run(session, *args, **kwargs)
                session.commit()
            note_finished(ProcessKind.WORKER)
        log.info("task.finished", task=self.name, seconds=round(time.monotonic() - started_at, 3))
        return result


class ChapterTask(ScopedTask):
    """A task for the one chapter that its message names in a header."""

    abstract = True

    def scope(self) -> Scope:
        """Return the scope of the message's chapter; raises ScopeError if the message names none."""
        header = (self.request.headers or {}).get(CHAPTER_HEADER)
        if header is None:
            raise ScopeError(f"{self.name} is a chapter's task: send it with send_to_chapter")
        return ChapterScope(UUID(header), login="worker")


class CompilerTask(ScopedTask):
    """A task that reads what all chapters share, and writes figures."""

    abstract = True
    fixed: ClassVar[Scope] = COMPILER

    def scope(self) -> Scope:
        """Return the compiler's scope: all countries, by name."""
        return self.fixed


class PlatformTask(ScopedTask):
    """A task on platform tables. It opens the scope of one chapter after another where it needs more."""

    abstract = True

    def scope(self) -> Scope:
        """Return the scope of no chapter, with the worker's login."""
        return NobodyScope(login="worker")


KINDS: tuple[type[ScopedTask], ...] = (ChapterTask, CompilerTask, PlatformTask)


def chapter_task(body: Body) -> ChapterTask:
    """Declare a task that works for one chapter; `body` gets a session bound to it."""
    return shared_task(base=ChapterTask)(body)


def compiler_task(body: Body) -> CompilerTask:
    """Declare a task that sums over chapters; `body` gets the compiler's session."""
    return shared_task(base=CompilerTask)(body)


def platform_task(body: Body) -> PlatformTask:
    """Declare a task on platform tables; `body` gets a session that is bound to no chapter."""
    return shared_task(base=PlatformTask)(body)


def send_to_chapter(task: ChapterTask, chapter_id: UUID, *args: Any, **kwargs: Any) -> None:
    """Enqueue a chapter's task for `chapter_id`; arguments must be plain JSON."""
    task.apply_async(args, kwargs, headers={CHAPTER_HEADER: str(chapter_id)})


def note_finished(process_kind: ProcessKind) -> None:
    """Record that a worker or beat has just finished something, in a transaction of its own. /healthz reads it."""
    row = insert(FinishedWork).values(who=process_kind, finished_at=clock.now())
    with opened(NobodyScope(login="worker")) as session:
        session.execute(
            row.on_conflict_do_update(
                index_elements=[FinishedWork.who], set_={FinishedWork.finished_at: row.excluded.finished_at}
            )
        )

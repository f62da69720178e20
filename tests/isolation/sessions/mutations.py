"""Mutations of the kernel: each removes or breaks a part of scope.py or db.py."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from isolation.sessions import scope_checks
from sqlalchemy import Connection, event, func, select
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction, with_loader_criteria

from tenants import db as kernel_db
from tenants import scope
from tenants.scope import BoundSession, ChapterScope, DeskScope, scope_of


@dataclass(frozen=True)
class KernelMutation:
    """A mutation of the kernel that is active inside its context."""

    name: str
    opened: AbstractContextManager[object]


def kernel_mutations() -> Iterator[KernelMutation]:
    """Yield all mutations of the kernel."""
    yield KernelMutation("no scope asked before a connection", patch.object(BoundSession, "get_bind", _bind_anyhow))
    yield KernelMutation("everybody is the worker", patch.object(BoundSession, "get_bind", _bind_to_worker))
    yield KernelMutation("a session may be bound again", _patched_everywhere(scope, "bind", _bind_again))
    yield KernelMutation("the database is told nothing", _without("after_begin", scope.tell_the_database))
    yield KernelMutation(
        "the first transaction alone is told", _instead("after_begin", scope.tell_the_database, _bind_once)
    )
    yield KernelMutation("the person is not told", _instead("after_begin", scope.tell_the_database, _bind_no_person))
    yield KernelMutation("a link tells no chapter", _instead("after_begin", scope.tell_the_database, _bind_no_link))
    yield KernelMutation("statements do not name the chapter", _without("do_orm_execute", kernel_db.name_the_chapter))
    yield KernelMutation(
        "a link's statements do not name the chapter",
        _instead("do_orm_execute", kernel_db.name_the_chapter, _named_but_for_links),
    )
    yield KernelMutation(
        "aliases do not name the chapter",
        _instead("do_orm_execute", kernel_db.name_the_chapter, _named_without_aliases),
    )
    yield KernelMutation(
        "statements name the first chapter ever",
        _instead("do_orm_execute", kernel_db.name_the_chapter, _named_first()),
    )


def _bind_anyhow(session: Any, **_: Any) -> Any:
    session_scope = session.info.get("scope")
    return session._db.engines[session_scope.login if session_scope else "web"]


def _bind_to_worker(session: Any, **_: Any) -> Any:
    scope_of(session)
    return session._db.engines["worker"]


def _bind_again(session: Session, anew: scope.Scope) -> None:
    session.info["scope"] = anew


def _bind_once(session: Session, transaction: SessionTransaction, connection: Connection) -> None:
    if not session.info.get("told"):
        session.info["told"] = True
        scope.tell_the_database(session, transaction, connection)


def _bind_no_person(session: Session, _transaction: SessionTransaction, connection: Connection) -> None:
    session_scope = scope_of(session)
    if isinstance(session_scope, DeskScope):
        connection.execute(select(func.use_countries(",".join(session_scope.countries), None)))
    else:
        connection.execute(select(func.use_chapter(getattr(session_scope, "chapter_id", None), None)))


def _bind_no_link(session: Session, transaction: SessionTransaction, connection: Connection) -> None:
    if isinstance(scope_of(session), scope.LinkScope):
        connection.execute(select(func.use_chapter(None, None)))
    else:
        scope.tell_the_database(session, transaction, connection)


def _named_without_aliases(state: ORMExecuteState) -> None:
    session_scope = scope_of(state.session)
    if isinstance(session_scope, ChapterScope):
        chapter = session_scope.chapter_id
        state.statement = state.statement.options(
            with_loader_criteria(kernel_db.ChapterOwned, lambda cls: cls.chapter_id == chapter, include_aliases=False)
        )


def _named_but_for_links(state: ORMExecuteState) -> None:
    if not isinstance(scope_of(state.session), scope.LinkScope):
        kernel_db.name_the_chapter(state)


def _named_first() -> Any:
    first: list[Any] = []

    def named(state: ORMExecuteState) -> None:
        session_scope = scope_of(state.session)
        if isinstance(session_scope, ChapterScope):
            first.append(session_scope.chapter_id)
            chapter = first[0]
            state.statement = state.statement.options(
                with_loader_criteria(
                    kernel_db.ChapterOwned, lambda cls: cls.chapter_id == chapter, include_aliases=True
                )
            )

    return named


@contextmanager
def _without(name: str, listener: Any) -> Iterator[None]:
    event.remove(BoundSession, name, listener)
    try:
        yield
    finally:
        event.listen(BoundSession, name, listener)


@contextmanager
def _instead(name: str, listener: Any, replacement: Any) -> Iterator[None]:
    with _without(name, listener):
        event.listen(BoundSession, name, replacement)
        try:
            yield
        finally:
            event.remove(BoundSession, name, replacement)


@contextmanager
def _patched_everywhere(module: Any, name: str, replacement: Any) -> Iterator[None]:
    with patch.object(module, name, replacement), patch.object(scope_checks, name, replacement):
        yield

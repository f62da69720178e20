"""Checks of sessions and their scopes. Each check yields violations as sentences.

They run inside the context of `isolation.kernel.kernel`, over the two chapters, and roll back their writes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

from isolation.rows import SampleChapter, fresh
from sqlalchemy import Engine, event, select, text, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from tenants.db import Base, db
from tenants.errors import ScopeError
from tenants.people.models import Membership
from tenants.scope import BoundSession, ChapterScope, DeskScope, LinkScope, NobodyScope, Scope, bind

Check = Callable[[SampleChapter, SampleChapter], Iterator[str]]

SETTINGS_QUERY = text(
    "select coalesce(current_setting('app.chapter', true), ''), coalesce(current_setting('app.user', true), ''), "
    "coalesce(current_setting('app.countries', true), '')"
)


@contextmanager
def rolled_back(scope: Scope) -> Iterator[Session]:
    """Open a session for `scope` and roll everything back."""
    with closing(BoundSession(db)) as session:
        bind(session, scope)
        yield session
        session.rollback()


def a_session_without_scope_does_nothing(amber: SampleChapter, birch: SampleChapter) -> Iterator[str]:
    """A session without a scope always raises ScopeError before it takes a connection from a pool."""
    for name, use in UNBOUND_USES.items():
        with _checkouts() as checkouts, closing(BoundSession(db)) as session:
            try:
                use(session, amber)
                yield f"{name} works without a scope"
            except ScopeError:
                if checkouts:
                    yield f"{name} takes a connection before it raises"


def a_scope_is_bound_once(amber: SampleChapter, birch: SampleChapter) -> Iterator[str]:
    """Binding the same scope again has no effect. Binding another scope raises ScopeError and keeps the first."""
    first = ChapterScope(amber.chapter_id)
    scopes = (
        ChapterScope(birch.chapter_id),
        NobodyScope(),
        DeskScope(("BR",)),
        ChapterScope(amber.chapter_id, birch.user_id),
    )
    for scope in scopes:
        with rolled_back(first) as session:
            bind(session, first)
            try:
                bind(session, scope)
                yield f"a session of {first} is bound to {scope} afterwards"
            except ScopeError:
                pass
            if _scope_settings(session) != (str(amber.chapter_id), "", ""):
                yield f"after a refused binding the database is told {_scope_settings(session)}"


def the_scope_is_set_in_each_transaction(amber: SampleChapter, birch: SampleChapter) -> Iterator[str]:
    """Each transaction begins by setting chapter, person and countries; a missing one is set to empty."""
    for scope, settings in _scopes(amber):
        with rolled_back(scope) as session:
            for end in (session.commit, session.rollback, session.close):
                if _scope_settings(session) != settings:
                    yield f"{scope}: the database is told {_scope_settings(session)}"
                end()
            if _scope_settings(session) != settings:
                yield f"{scope}: a transaction after a rollback is told {_scope_settings(session)}"


def a_savepoint_keeps_the_scope(amber: SampleChapter, birch: SampleChapter) -> Iterator[str]:
    """The scope applies in and after savepoints: released, rolled back, nested, or begun first."""
    settings = (str(amber.chapter_id), str(amber.user_id), "")
    with rolled_back(ChapterScope(amber.chapter_id, amber.user_id)) as session:
        inner = session.begin_nested()
        seen = [_scope_settings(session)]
        with session.begin_nested():
            seen.append(_scope_settings(session))
        inner.rollback()
        seen.append(_scope_settings(session))
        with session.begin_nested():
            seen.append(_scope_settings(session))
        seen.append(_scope_settings(session))
        if set(seen) != {settings}:
            yield f"in and after savepoints the database is told {seen}"


def a_pool_hands_on_no_scope(amber: SampleChapter, birch: SampleChapter) -> Iterator[str]:
    """A connection that returns to its pool after a commit, a rollback, an error or a close is unbound."""
    for scope, _ in _scopes(amber):
        for end in ("commit", "rollback", "error", "close"):
            with closing(BoundSession(db)) as session:
                bind(session, scope)
                session.execute(select(1))
                _end(session, end)
            for name, engine in db.engines.items():
                with engine.connect() as connection:
                    settings = tuple(connection.execute(SETTINGS_QUERY).one())
                    if settings != ("", "", ""):
                        yield f"after {end} of {scope} the pool of {name} hands on {settings}"


def the_right_login_is_chosen(amber: SampleChapter, birch: SampleChapter) -> Iterator[str]:
    """Each scope uses its own login."""
    for scope, _ in _scopes(amber):
        with rolled_back(scope) as session:
            user = session.scalar(text("select current_user::text"))
            if user != f"solidarity_{scope.login}":
                yield f"{scope} works as {user}"


def a_scope_error_is_no_runtime_error(amber: SampleChapter, birch: SampleChapter) -> Iterator[str]:
    """ScopeError is no RuntimeError or AttributeError. Werkzeug's proxies swallow those, and pages would be empty."""
    with closing(BoundSession(db)) as session:
        try:
            session.execute(select(1))
        except Exception as error:  # noqa: BLE001  (the check is about its class)
            if isinstance(error, RuntimeError | AttributeError | LookupError | TypeError):
                yield f"a missing scope raises {type(error).__mro__}"


UNBOUND_USES: dict[str, Callable[[Session, SampleChapter], object]] = {
    "execute of text": lambda session, _: session.execute(text("select 1")),
    "execute of a select": lambda session, _: session.execute(select(1)),
    "select of a model": lambda session, _: session.scalars(select(Membership)).all(),
    "select of a table without a wall": lambda session, _: session.execute(select(Base.metadata.tables["users"])),
    "get": lambda session, chapter: session.get(Membership, (chapter.chapter_id, chapter.rows["memberships"]["id"])),
    "query": lambda session, _: session.query(Membership).all(),
    "flush": lambda session, chapter: _flushed(
        session, lambda: session.add(Membership(**fresh(chapter, "memberships")))
    ),
    "bulk update": lambda session, _: session.execute(update(Membership).values(zone=None)),
    "connection": lambda session, _: session.connection(),
    "begin": lambda session, _: session.begin() and session.connection(),
    "savepoint": lambda session, _: session.begin_nested() and session.connection(),
    "a bind of one's own": lambda session, _: session.execute(select(1), bind_arguments={"bind": db.engines["web"]}),
}


def _scopes(amber: SampleChapter) -> list[tuple[Scope, tuple[str, str, str]]]:
    chapter, person = str(amber.chapter_id), str(amber.user_id)
    return [
        (ChapterScope(amber.chapter_id), (chapter, "", "")),
        (ChapterScope(amber.chapter_id, amber.user_id), (chapter, person, "")),
        (ChapterScope(amber.chapter_id, login="worker"), (chapter, "", "")),
        (LinkScope(amber.chapter_id), (chapter, "", "")),
        (LinkScope(amber.chapter_id, amber.user_id), (chapter, person, "")),
        (DeskScope(("BR", "RW"), amber.user_id), ("", person, "BR,RW")),
        (DeskScope((), login="compiler"), ("", "", "")),
        (NobodyScope(), ("", "", "")),
        (NobodyScope(amber.user_id), ("", person, "")),
    ]


def _scope_settings(session: Session) -> tuple[str, ...]:
    return tuple(session.execute(SETTINGS_QUERY).one())


def _end(session: Session, end: str) -> None:
    if end == "error":
        try:
            session.execute(text("select 1 / 0"))
        except SQLAlchemyError:
            session.rollback()
    else:
        getattr(session, end)()


@contextmanager
def _checkouts() -> Iterator[list[str]]:
    checkouts: list[str] = []

    def note(*_: Any) -> None:
        checkouts.append("taken")

    engines: list[Engine] = list(db.engines.values())
    for engine in engines:
        event.listen(engine, "checkout", note)
    try:
        yield checkouts
    finally:
        for engine in engines:
            event.remove(engine, "checkout", note)


def _flushed(session: Session, act: Callable[[], object]) -> None:
    act()
    session.flush()


CHECKS: tuple[Check, ...] = (
    a_session_without_scope_does_nothing,
    a_scope_is_bound_once,
    the_scope_is_set_in_each_transaction,
    a_savepoint_keeps_the_scope,
    a_pool_hands_on_no_scope,
    the_right_login_is_chosen,
    a_scope_error_is_no_runtime_error,
)

"""Who the database believes we are.

A session works for exactly one scope, bound once, before its first statement. The scope chooses the login, and every
transaction starts by telling PostgreSQL the chapter (or the countries) and the person, with `set local`, so that
nothing outlives the transaction. A session without a scope raises before a connection is taken.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import Connection, Engine, Uuid, bindparam, event, func, select, text
from sqlalchemy.orm import Session, SessionTransaction
from structlog.contextvars import bound_contextvars

from tenants.errors import ScopeError

ChapterLogin = Literal["web", "worker"]

# Every transaction begins with it; written out once, it takes half as long as put together each time.
USE_CHAPTER = text("select use_chapter(:chapter, :actor)").bindparams(
    bindparam("chapter", type_=Uuid), bindparam("actor", type_=Uuid)
)


@dataclass(frozen=True)
class ChapterScope:
    """Everything of one chapter, as the web or as a task."""

    chapter_id: UUID
    actor_id: UUID | None = None
    login: ChapterLogin = "web"


@dataclass(frozen=True)
class LinkScope:
    """One chapter, reached through a signed link: nobody need be signed in, the link says what it may do.

    The actor is whom a link of a mail was sent to.
    """

    chapter_id: UUID
    actor_id: UUID | None = None
    login: Literal["web"] = "web"


@dataclass(frozen=True)
class DeskScope:
    """What the chapters of some countries share with UN Women. The world is the list of all countries, never a flag."""

    countries: tuple[str, ...]
    actor_id: UUID | None = None
    login: Literal["desk", "compiler"] = "desk"


@dataclass(frozen=True)
class NobodyScope:
    """No chapter at all: identity and platform tables, and a person's own memberships."""

    actor_id: UUID | None = None
    login: ChapterLogin = "web"


Scope = ChapterScope | LinkScope | DeskScope | NobodyScope


class BoundSession(FlaskSession):
    """A session that refuses to work until it is bound to a scope."""

    def get_bind(self, mapper: Any = None, clause: Any = None, bind: Any = None, **kwargs: Any) -> Engine | Connection:
        """Return the engine of the scope's login; raise ScopeError when there is no scope."""
        scope = scope_of(self)
        if self.bind is not None:  # a test's own connection, which still needs a scope
            return self.bind
        return self._db.engines[scope.login]


def bind(session: Session, scope: Scope) -> None:
    """Bind `session` to `scope` for its whole life; binding it to another one raises ScopeError."""
    bound_scope = session.info.setdefault("scope", scope)
    if bound_scope != scope:
        raise ScopeError(f"this session is bound to {bound_scope}; open another for {scope}")


def scope_of(session: Session) -> Scope:
    """Return the scope of `session`, or raise ScopeError."""
    scope: Scope | None = session.info.get("scope")
    if scope is None:
        raise ScopeError("this session has no scope: bind it to a chapter, a desk, a link or nobody first")
    return scope


def bound_chapter(session: Session) -> UUID:
    """Return the chapter that `session` works for, or raise ScopeError."""
    scope = scope_of(session)
    if not isinstance(scope, ChapterScope | LinkScope):
        raise ScopeError(f"this needs a chapter, and the session is bound to {scope}")
    return scope.chapter_id


def log_context(scope: Scope) -> AbstractContextManager[None]:
    """Let every line that is logged meanwhile name the chapter of `scope`, where it has one."""
    if isinstance(scope, ChapterScope | LinkScope):
        return bound_contextvars(chapter_id=str(scope.chapter_id))
    return nullcontext()


@event.listens_for(BoundSession, "after_begin")
def tell_the_database(session: Session, transaction: SessionTransaction, connection: Connection) -> None:
    """Say whose transaction this is. Savepoints inherit it."""
    if transaction.nested and connection.in_nested_transaction():
        return
    scope = scope_of(session)
    if isinstance(scope, DeskScope):
        connection.execute(select(func.use_countries(",".join(scope.countries), scope.actor_id)))
    else:
        chapter_id = scope.chapter_id if isinstance(scope, ChapterScope | LinkScope) else None
        connection.execute(USE_CHAPTER, {"chapter": chapter_id, "actor": scope.actor_id})

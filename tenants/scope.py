"""The scope of a session: which rows the database lets it see.

A session works for exactly one scope, bound once, before its first statement. The scope chooses the login. Each
transaction starts by setting the chapter (or the countries) and the person in PostgreSQL with `set local`, so that the
settings end with the transaction. A session without a scope raises ScopeError before a connection is taken.
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

# Every transaction begins with this statement. Building it once halves its time.
USE_CHAPTER = text("select use_chapter(:chapter, :actor)").bindparams(
    bindparam("chapter", type_=Uuid), bindparam("actor", type_=Uuid)
)


@dataclass(frozen=True)
class ChapterScope:
    """All rows of one chapter, for the web or for a task."""

    chapter_id: UUID
    actor_id: UUID | None = None
    login: ChapterLogin = "web"


@dataclass(frozen=True)
class LinkScope:
    """One chapter, reached through a signed link. No sign-in is needed, and the link limits what can be done.

    The actor of a link in a mail is its recipient.
    """

    chapter_id: UUID
    actor_id: UUID | None = None
    login: Literal["web"] = "web"


@dataclass(frozen=True)
class DeskScope:
    """The columns that chapters of some countries share with UN Women. World is the list of all countries, no flag."""

    countries: tuple[str, ...]
    actor_id: UUID | None = None
    login: Literal["desk", "compiler"] = "desk"


@dataclass(frozen=True)
class NobodyScope:
    """No chapter: identity and platform tables, and a person's own memberships."""

    actor_id: UUID | None = None
    login: ChapterLogin = "web"


Scope = ChapterScope | LinkScope | DeskScope | NobodyScope


class BoundSession(FlaskSession):
    """A session that cannot be used until it is bound to a scope."""

    def get_bind(self, mapper: Any = None, clause: Any = None, bind: Any = None, **kwargs: Any) -> Engine | Connection:
        """Return the engine of the scope's login. Raises ScopeError without a scope."""
        scope = scope_of(self)
        if self.bind is not None:  # a test's own connection, which still needs a scope
            return self.bind
        return self._db.engines[scope.login]


def bind(session: Session, scope: Scope) -> None:
    """Bind `session` to `scope` for good. Raises ScopeError if it is bound to another one."""
    bound_scope = session.info.setdefault("scope", scope)
    if bound_scope != scope:
        raise ScopeError(f"this session is bound to {bound_scope}; open another for {scope}")


def scope_of(session: Session) -> Scope:
    """Return the scope of `session`. Raises ScopeError without one."""
    scope: Scope | None = session.info.get("scope")
    if scope is None:
        raise ScopeError("this session has no scope: bind it to a chapter, a desk, a link or nobody first")
    return scope


def bound_chapter(session: Session) -> UUID:
    """Return the id of the chapter that `session` is bound to. Raises ScopeError without one."""
    scope = scope_of(session)
    if not isinstance(scope, ChapterScope | LinkScope):
        raise ScopeError(f"this needs a chapter, and the session is bound to {scope}")
    return scope.chapter_id


def log_context(scope: Scope) -> AbstractContextManager[None]:
    """Add the chapter of `scope`, if it has one, to every line logged in the block."""
    if isinstance(scope, ChapterScope | LinkScope):
        return bound_contextvars(chapter_id=str(scope.chapter_id))
    return nullcontext()


@event.listens_for(BoundSession, "after_begin")
def tell_the_database(session: Session, transaction: SessionTransaction, connection: Connection) -> None:
    """Set the scope in PostgreSQL when a transaction begins. Savepoints inherit it."""
    if transaction.nested and connection.in_nested_transaction():
        return
    scope = scope_of(session)
    if isinstance(scope, DeskScope):
        connection.execute(select(func.use_countries(",".join(scope.countries), scope.actor_id)))
    else:
        chapter_id = scope.chapter_id if isinstance(scope, ChapterScope | LinkScope) else None
        connection.execute(USE_CHAPTER, {"chapter": chapter_id, "actor": scope.actor_id})

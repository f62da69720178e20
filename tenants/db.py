"""The base of every model, the columns of every chapter-owned table, and how to declare relationships.

Chapter-owned tables have PRIMARY KEY (chapter_id, id) and foreign keys that carry chapter_id. SQLAlchemy's plain
relationship over such a key sets part of the primary key to NULL when it unlinks rows. `belongs_to` and `has_many` mark
only the other column as foreign and are the only form allowed (tests/rules).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import uuid_utils
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    CheckConstraint,
    Connection,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    MetaData,
    Text,
    Uuid,
    event,
)
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    ORMExecuteState,
    Relationship,
    Session,
    mapped_column,
    registry,
    relationship,
    with_loader_criteria,
)
from sqlalchemy.sql.base import ExecutableOption

from tenants.scope import BoundSession, ChapterLogin, ChapterScope, LinkScope, Scope, bind, log_context, scope_of

FIRST_DAY, LAST_DAY = date(2014, 1, 1), date(2100, 1, 1)
"""The bounds of every date in the database (`days_in_bounds`)."""

SHUTDOWN_SQLSTATES = frozenset({None, "57P01", "57P02", "57P03"})  # no answer, shutting down, crashed, starting up
NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


def new_id() -> UUID:
    """Return a UUID of version 7. It is made here, not in the database, so that a row has its key before it is sent."""
    return UUID(bytes=uuid_utils.uuid7().bytes)


class Base(DeclarativeBase):
    """The base of all models. Constraint names follow one convention."""

    registry = registry(
        metadata=MetaData(naming_convention=NAMING_CONVENTION),
        type_annotation_map={str: Text, UUID: Uuid, datetime: DateTime(timezone=True)},
    )


class ChapterItself:
    """The row of the chapter itself. Its id is the chapter_id of all other rows."""

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)


class ChapterOwned:
    """The two columns of every chapter-owned key. `chapter_id` has no default and must always be given."""

    chapter_id: Mapped[UUID] = mapped_column(ForeignKey("chapters.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)


def chapter_key(column: str, target_table: str) -> ForeignKeyConstraint:
    """Return the composite foreign key (chapter_id, `column`) -> `target_table` (chapter_id, id)."""
    return ForeignKeyConstraint(["chapter_id", column], [f"{target_table}.chapter_id", f"{target_table}.id"])


def country_key(table: str) -> ForeignKeyConstraint:
    """Return the key that keeps `country` of a row in `table`, which the desk reads, equal to that of its chapter."""
    return ForeignKeyConstraint(
        ["chapter_id", "country"], ["chapters.id", "chapters.country"], name=f"fk_{table}_country"
    )


def belongs_to(target: str, *, source: str, by: str, back_populates: str | None = None) -> Relationship[Any]:
    """Relate class `source` to class `target` of the same chapter through the column `by` of `source`."""
    return relationship(target, primaryjoin=_same_chapter(target, source, by), back_populates=back_populates)


def has_many(
    target: str, *, source: str, by: str, back_populates: str, order_by: str | None = None
) -> Relationship[Any]:
    """Return the other side of `belongs_to`: the rows of `target` whose column `by` refers to this row."""
    return relationship(
        target,
        primaryjoin=_same_chapter(source, target, by),
        back_populates=back_populates,
        order_by=order_by or False,
    )


def _same_chapter(parent: str, child: str, by: str) -> str:
    return f"and_({parent}.chapter_id == {child}.chapter_id, {parent}.id == foreign({child}.{by}))"


def one_of(column: str, values: type[StrEnum], name: str | None = None) -> CheckConstraint:
    """Return a CHECK constraint that `column` holds one of the values of an enum, which is stored by value."""
    literals = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} in ({literals})", name=name or f"{column}_known")


def known(column: str, codes: Collection[str], *, is_array: bool = False) -> CheckConstraint:
    """Return a CHECK constraint that `column` holds only codes of a list, such as those in `chapters/codes.py`.

    A list of 600 codes takes about half a millisecond of each statement that writes rows, however many.
    """
    listed = f"'{{{','.join(sorted(codes))}}}'::{'varchar' if is_array else 'text'}[]"
    condition = f"{column} <@ {listed}" if is_array else f"{column} = any ({listed})"
    return CheckConstraint(condition, name=f"{column}_known")


def days_in_bounds(*columns: str) -> CheckConstraint:
    """Return a CHECK constraint on all dates of a table, with fixed bounds. Those of `clock` are narrower and move."""
    bounds = f"date '{FIRST_DAY}' and date '{LAST_DAY}'"
    return CheckConstraint(" and ".join(f"{column} between {bounds}" for column in columns), name="days_in_bounds")


db = SQLAlchemy(model_class=Base, disable_autonaming=True, session_options={"class_": BoundSession})


@contextmanager
def pooled_connection(login: ChapterLogin) -> Iterator[Connection]:
    """Keep one connection of a login for many sessions. It saves a checkout and a liveness check for each session."""
    with db.engines[login].connect() as connection:
        yield connection


@contextmanager
def opened(scope: Scope, *, over: Connection | None = None) -> Iterator[Session]:
    """Open a separate session for `scope`, beside the request's. Commit at the end, roll back on any error.

    Loaded rows stay readable after the end. `over` is an open connection of the scope's login. The scope is set again
    in the database for each session.
    """
    with log_context(scope), BoundSession(db, expire_on_commit=False, bind=over) as session:
        bind(session, scope)
        with session.begin():
            yield session


def see_one_moment(session: Session) -> None:
    """Give all statements of `session` one snapshot of the database, taken at its first statement.

    Use it when data read in several statements must be consistent. Call it before the first statement.
    """
    session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def only_read(session: Session) -> None:
    """Make the transaction of `session` read-only, enforced by the database. Call it before the first statement."""
    session.connection(execution_options={"postgresql_readonly": True})


def database_is_away(error: Exception) -> bool:
    """Whether an error means that the database is unavailable, and not that the statement itself is wrong."""
    if not isinstance(error, DBAPIError):
        return False
    is_shut_down = isinstance(error, OperationalError) and getattr(error.orig, "sqlstate", None) in SHUTDOWN_SQLSTATES
    return error.connection_invalidated or is_shut_down


@event.listens_for(BoundSession, "do_orm_execute")
def name_the_chapter(state: ORMExecuteState) -> None:
    """Add `chapter_id = ...` to every statement on a chapter-owned table.

    This keeps plans short and statements routable to one shard. Isolation itself comes from row-level security.
    """
    scope = scope_of(state.session)
    if not isinstance(scope, ChapterScope | LinkScope) or state.is_column_load or state.is_relationship_load:
        return
    if "criteria" not in state.session.info:  # made once a session, because it takes 0.2 ms
        state.session.info["criteria"] = _criteria_of(scope.chapter_id)
    state.statement = state.statement.options(*state.session.info["criteria"])


def _criteria_of(chapter_id: UUID) -> tuple[ExecutableOption, ...]:
    return (
        with_loader_criteria(ChapterOwned, lambda cls: cls.chapter_id == chapter_id, include_aliases=True),
        with_loader_criteria(ChapterItself, lambda cls: cls.id == chapter_id, include_aliases=True),
    )

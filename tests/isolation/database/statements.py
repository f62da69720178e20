"""Statements of the table and login checks, and the tables and columns that a login may read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal, get_args

from isolation import grants, lists
from isolation.connections import Connections, Outcome
from isolation.rows import SampleChapter, shown
from psycopg import sql

from tenants.db import Base

Check = Callable[[Connections, SampleChapter, SampleChapter], Iterator[str]]
ChapterLogin = Literal["web", "worker"]
CHAPTER_LOGINS: tuple[ChapterLogin, ...] = get_args(ChapterLogin)
DESK_LOGINS: tuple[Literal["desk", "compiler"], ...] = ("desk", "compiler")


def columns_of(table: str) -> list[str]:
    """Return the names of a table's columns."""
    return [column.name for column in Base.metadata.tables[table].columns]


def shaped(statement: str, table: str, column: str = "id") -> sql.Composed:
    """Fill the name of `table` ({t}), its chapter key ({key}) and `column` ({c}) into `statement`."""
    key = "id" if table == lists.CHAPTERS else "chapter_id"
    return sql.SQL(statement).format(t=sql.Identifier(table), key=sql.Identifier(key), c=sql.Identifier(column))


def marks_seen(birch: SampleChapter, outcome: Outcome, login: str, table: str) -> Iterator[str]:
    """Yield a violation if `outcome` shows rows of birch, or if the statement itself is invalid."""
    if outcome.state not in {"", "42501"}:
        yield f"{login} on {table}: the statement itself is wrong: {outcome}"
    elif marks := shown(outcome.text, birch) if not outcome.state else []:
        yield f"{login} reads birch's {table}: {marks}"


def shared_tables(login: str) -> Iterator[tuple[str, list[str]]]:
    """Yield the tables behind the wall that a login may read, with the columns."""
    for table in lists.BEHIND_THE_WALL:
        columns = grants.readable_columns(login, table, columns_of(table))
        if columns:
            yield table, columns


def selection(table: str, columns: list[str]) -> sql.Composed:
    """Return the SELECT of `columns` from `table`."""
    return sql.SQL("select {} from {}").format(sql.SQL(", ").join(map(sql.Identifier, columns)), sql.Identifier(table))

"""Checks of each login's access to the rows of another chapter. Each check returns violations as sentences.

Amber is bound, birch must not be seen. Every check also does what is allowed, to find policies that are too strict.
The statements are plain SQL on the logins' own connections. The checks of the ORM are in `sessions`.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import psycopg
from isolation import grants, lists
from isolation.connections import BROKEN_KEY, Connections, attempt, copied
from isolation.database import login_checks
from isolation.database.statements import (
    CHAPTER_LOGINS,
    DESK_LOGINS,
    Check,
    columns_of,
    marks_seen,
    selection,
    shaped,
    shared_tables,
)
from isolation.rows import INSTEAD, SampleChapter, fresh, insertion, shown
from psycopg import sql

from tenants.db import Base

READINGS = (
    "table {t}",
    "select * from only {t}",
    "select x::text from {t} x",
    "select to_jsonb(x) from {t} x",
    "select string_agg(x::text, ',') from {t} x",
    "select * from {t} order by {key} desc limit 1000",
    "select * from {t} for share",
    "with x as (select * from {t}) select * from x",
    "with x as materialized (select * from {t}) select * from x where {key} = %(birch)s",
    "with recursive x as (select * from {t} union select y.* from {t} y join x on x.{key} <> y.{key}) select * from x",
    "select x.* from {t} x join {t} y on true",
    "select x.*, y.* from {t} x full join {t} y on x.{key} = y.{key}",
    "select x.* from chapters c left join {t} x on true",
    "select x.* from memberships m left join {t} x on x.{key} = %(birch)s",
    "select x.* from generate_series(1, 3) g cross join lateral (select * from {t} limit 100) x",
    "select x.* from (values (%(birch)s::uuid)) v (id) left join {t} x on x.{key} = v.id",
    "select * from {t} union all select * from {t}",
    "select * from {t} intersect all select * from {t}",
    "select (select array_agg(x::text) from {t} x)",
    "select * from {t} where {key} = %(birch)s or true",
    "select * from {t} where {key} in (select {key} from {t})",
    "select * from {t} tablesample system (100)",
    "explain (analyze, costs off) select * from {t} where {key} = %(amber)s",
)
EXISTENCE = (
    "select 1 from {t} where {key} = %(birch)s",
    "select 1 where exists (select from {t} where {key} = %(birch)s)",
    "select 1 from {t} having count(*) filter (where {key} = %(birch)s) > 0",
    "select 1 where (select max({key}::text) from {t}) = %(birch)s::text",
)


def violations(connections: Connections, amber: SampleChapter, birch: SampleChapter) -> Iterator[str]:
    """Yield the violations of all checks, each prefixed with the name of its check."""
    for check in CHECKS:
        try:
            for violation in check(connections, amber, birch):
                yield f"{check.__name__}: {violation}"
        except psycopg.Error as error:
            yield f"{check.__name__}: raises {error}"


def nothing_of_another_chapter_is_read(
    connections: Connections, amber: SampleChapter, birch: SampleChapter
) -> Iterator[str]:
    """Bound to amber, each form of SELECT and COPY shows amber's rows and none of birch's."""
    for login, table in product(CHAPTER_LOGINS, lists.BEHIND_THE_WALL):
        with connections.chapter(login, amber.chapter_id) as connection:
            own_outcome = attempt(connection, shaped("select * from {t}", table))
            if not own_outcome.state and not shown(own_outcome.text, amber):
                yield f"{login} does not see amber's own rows of {table}: {own_outcome}"
            for statement in READINGS:
                yield from marks_seen(
                    birch, attempt(connection, shaped(statement, table), _ids(amber, birch)), login, table
                )
            for statement in EXISTENCE:
                outcome = attempt(connection, shaped(statement, table), _ids(amber, birch))
                if outcome.text and not outcome.state:
                    yield f"{login} learns that birch's row of {table} exists: {statement}"
            for statement in ("copy {t} to stdout", "copy (select * from {t}) to stdout"):
                yield from marks_seen(birch, copied(connection, shaped(statement, table)), login, table)


def nothing_of_another_chapter_is_changed(
    connections: Connections, amber: SampleChapter, birch: SampleChapter
) -> Iterator[str]:
    """Bound to amber, no statement updates or deletes birch's rows."""
    for login, table in product(CHAPTER_LOGINS, lists.BEHIND_THE_WALL):
        with connections.chapter(login, amber.chapter_id) as connection:
            for statement in _changes(table):
                outcome = attempt(connection, statement, _ids(amber, birch))
                if outcome.count > 0 or (outcome.state and not outcome.refused):
                    yield f"{login} changes birch's row of {table}: {outcome} by {statement.as_string()}"
            for column in columns_of(table):
                shift = shaped("update {t} set {c} = {c} where {key} = %(amber)s", table, column)
                outcome = attempt(connection, shift, _ids(amber, birch))
                if _may(login, table, "update", column) and outcome.count != 1:
                    yield f"{login} may not update amber's own {table}.{column}: {outcome}"


def nothing_is_written_for_another_chapter(
    connections: Connections, amber: SampleChapter, birch: SampleChapter
) -> Iterator[str]:
    """Bound to amber, a row for birch is refused before its keys are checked, and a row for amber is accepted."""
    for login, table in product(CHAPTER_LOGINS, lists.BEHIND_THE_WALL):
        with connections.chapter(login, amber.chapter_id) as connection:
            for tail, row in product(("", "on conflict do nothing"), (birch.rows[table], fresh(birch, table))):
                outcome = attempt(connection, insertion(table, row, tail), row)
                if not outcome.refused:
                    yield f"{login} writes birch's row into {table}, or learns of it: {outcome}"
            move = shaped("update {t} set {key} = %(birch)s where {key} = %(amber)s", table)
            outcome = attempt(connection, move, _ids(amber, birch))
            if not outcome.refused:
                yield f"{login} gives amber's row of {table} to birch: {outcome}"
            if table != lists.CHAPTERS and _may(login, table, "insert"):
                row = fresh(amber, table)
                outcome = attempt(connection, insertion(table, row), row)
                if outcome.state:
                    yield f"{login} cannot write amber's own row into {table}: {outcome}"


def no_key_points_into_another_chapter(
    connections: Connections, amber: SampleChapter, birch: SampleChapter
) -> Iterator[str]:
    """A row of amber that references a row or the country of birch violates a key. Policies do not apply to keys."""
    for table in lists.OWNED_TABLES:
        login = next(login for login in CHAPTER_LOGINS if _may(login, table, "insert"))
        with connections.chapter(login, amber.chapter_id) as connection:
            for column, value in _pointers(table, birch):
                row = fresh(amber, table) | INSTEAD.get(f"{table}.{column}", {}) | {column: value}
                outcome = attempt(connection, insertion(table, row), row)
                if outcome.state != BROKEN_KEY:
                    yield f"{table}.{column} of amber's points at birch's: {outcome}"


def nobody_bound_sees_nothing(connections: Connections, amber: SampleChapter, birch: SampleChapter) -> Iterator[str]:
    """A transaction that is not bound, or is bound to null or to no country, reads nothing and writes nothing."""
    for login, binding in product(CHAPTER_LOGINS, ("", "select use_chapter(null, null)")):
        for table in lists.BEHIND_THE_WALL:
            with connections.bound(login, binding) as connection:
                outcome = attempt(connection, shaped("select * from {t}", table))
                if outcome.count or outcome.state:
                    yield f"unbound, {login} reads {table}: {outcome}"
                row = fresh(amber, table)
                outcome = attempt(connection, insertion(table, row), row)
                if not outcome.refused:
                    yield f"unbound, {login} writes {table}: {outcome}"
    for desk in DESK_LOGINS:
        for binding in ("", "select use_countries(null, null)", "select use_countries('', null)"):
            for table, columns in shared_tables(desk):
                with connections.bound(desk, binding) as connection:
                    outcome = attempt(connection, selection(table, columns))
                    if outcome.count or outcome.state:
                        yield f"unbound, {desk} reads {table}: {outcome}"


def _ids(amber: SampleChapter, birch: SampleChapter) -> dict[str, object]:
    return {"amber": amber.chapter_id, "birch": birch.chapter_id}


def _changes(table: str) -> Iterator[sql.Composed]:
    for column in columns_of(table):
        yield shaped("update {t} set {c} = {c} where {key} = %(birch)s", table, column)
    yield shaped("delete from {t} where {key} = %(birch)s", table)
    yield shaped("with x as (delete from {t} where {key} = %(birch)s returning *) select * from x", table)
    yield shaped(
        "merge into {t} x using (values (%(birch)s::uuid)) v (id) on x.{key} = v.id when matched then delete", table
    )


def _may(login: str, table: str, privilege: str, column: str | None = None) -> bool:
    return bool({(privilege, None), (privilege, column)} & grants.granted(login, table))


def _pointers(table: str, birch: SampleChapter) -> Iterator[tuple[str, object]]:
    """Yield the columns of `table` with a key to a row of the same chapter, and birch's value for each."""
    for key in Base.metadata.tables[table].foreign_keys:
        target = key.column.table.name
        if target in lists.BEHIND_THE_WALL and key.parent.name != "chapter_id":
            yield key.parent.name, birch.rows[target][key.column.name]


TABLE_CHECKS: tuple[Check, ...] = (
    nothing_of_another_chapter_is_read,
    nothing_of_another_chapter_is_changed,
    nothing_is_written_for_another_chapter,
    no_key_points_into_another_chapter,
    nobody_bound_sees_nothing,
)
CHECKS = (*TABLE_CHECKS, *login_checks.CHECKS)

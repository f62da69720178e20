"""Checks of how long a binding lasts, and of what each login may do. Each check returns violations as sentences."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
from isolation import lists
from isolation.connections import Connections, attempt
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
from isolation.rows import Row, SampleChapter, fresh, insertion, shown
from psycopg import sql

from tenants.db import new_id

QUERY = b"""select coalesce(current_setting('app.chapter', true), ''), coalesce(current_setting('app.user', true), ''),
                 coalesce(current_setting('app.countries', true), '')"""
FORBIDDEN = (
    "alter table {t} disable row level security",
    "alter table {t} no force row level security",
    "drop policy wall on {t}",
    "create policy mine on {t} using (true)",
    "truncate {t}",
    "create index on {t} (id)",
    "create view everybodys as select * from {t}",
    "copy {t} from stdin",
    "set role solidarity_owner",
    "set role postgres",
    "set session authorization solidarity_owner",
    "set session_replication_role = replica",
    "create function open_it() returns void language sql security definer as 'select'",
    "alter role current_user bypassrls",
)


def a_binding_ends_with_its_transaction(
    connections: Connections, amber: SampleChapter, birch: SampleChapter
) -> Iterator[str]:
    """After commit and after rollback, the next transaction on the same connection is unbound."""
    for login in CHAPTER_LOGINS:
        yield from _outlives(
            connections, login, "select use_chapter(%s, %s)", (amber.chapter_id, amber.user_id), "chapter_id"
        )
    for desk in DESK_LOGINS:
        yield from _outlives(connections, desk, "select use_countries(%s, null)", (amber.country,), "chapter_id")


def a_binding_says_everything_anew(
    connections: Connections, amber: SampleChapter, birch: SampleChapter
) -> Iterator[str]:
    """Binding always writes the chapter, the person and the countries, and the rollback of a savepoint undoes it."""
    chapter, countries = "select use_chapter(%s, %s)", "select use_countries(%s, %s)"
    for login, binding, first, second, expected_settings in (
        ("web", chapter, amber.chapter_id, birch.chapter_id, lambda value, person: (str(value), person, "")),
        ("desk", countries, amber.country, birch.country, lambda value, person: ("", person, value)),
    ):
        with connections.bound(login, binding, first, amber.user_id) as connection:  # type: ignore[arg-type]
            for _ in range(2):
                if (settings := connection.execute(QUERY).fetchone()) != expected_settings(first, str(amber.user_id)):
                    yield f"{login}: the binding, or a savepoint that was rolled back, leaves {settings}"
                attempt(connection, binding, (second, None))
            connection.execute(binding.encode(), (second, None))
            if (settings := connection.execute(QUERY).fetchone()) != expected_settings(second, ""):
                yield f"{login}: a second binding leaves something of the first: {settings}"


def a_login_binds_only_its_own_kind(
    connections: Connections, amber: SampleChapter, birch: SampleChapter
) -> Iterator[str]:
    """Web and worker bind chapters, desk and compiler bind countries, backup binds nothing."""
    chapter = ("select use_chapter(%s, null)", (amber.chapter_id,))
    countries = ("select use_countries(%s, null)", (amber.country,))
    for login in lists.LOGINS:
        for (statement, values), allowed in ((chapter, CHAPTER_LOGINS), (countries, DESK_LOGINS)):
            with connections.bound(login) as connection:  # type: ignore[arg-type]
                outcome = attempt(connection, statement, values)
            if outcome.refused == (login in allowed):
                yield f"{login}: {statement}: {outcome}"


def the_desk_sees_what_is_shared_in_its_countries(
    connections: Connections, amber: SampleChapter, birch: SampleChapter
) -> Iterator[str]:
    """Bound to amber's country, desk logins read the shared columns of amber's rows, nothing else, and never write."""
    for login in DESK_LOGINS:
        with connections.countries(login, amber.country) as connection:
            for table, columns in shared_tables(login):
                outcome = attempt(connection, selection(table, columns))
                if outcome.count != 1:
                    yield f"{login} sees {outcome.count} of amber's rows of {table}: {outcome}"
                yield from marks_seen(birch, outcome, login, table)
            yield from _refusals(connection, login, amber, birch)
        with connections.countries(login, amber.country, birch.country) as connection:
            for table, columns in shared_tables(login):
                outcome = attempt(connection, selection(table, columns))
                if outcome.count != 2:
                    yield f"{login}, bound to both countries, sees {outcome.count} rows of {table}"


def a_person_sees_their_own_memberships(
    connections: Connections, amber: SampleChapter, birch: SampleChapter
) -> Iterator[str]:
    """From other chapters, the web shows a person only their own memberships, which they cannot change."""
    member, stranger = "birch's own person", "somebody else"
    with connections.chapter("web", None, birch.user_id) as connection:
        outcome = attempt(connection, "select * from memberships")
        if outcome.count != 1 or not shown(outcome.text, birch) or shown(outcome.text, amber):
            yield f"nobody bound, {member} sees {outcome.count} memberships"
        for table in lists.BEHIND_THE_WALL:
            if table != "memberships" and attempt(connection, shaped("select * from {t}", table)).count:
                yield f"nobody bound, {member} sees {table}"
    with connections.chapter("web", amber.chapter_id, birch.user_id) as connection:
        if (count := attempt(connection, "select * from memberships").count) != 2:
            yield f"bound to amber, {member} sees {count} memberships, not amber's one and her own"
        update = attempt(connection, "update memberships set zone = zone where chapter_id = %s", [birch.chapter_id])
        if update.count:
            yield f"bound to amber, {member} changes her membership in birch"
    for login, actor in (("web", amber.user_id), ("web", new_id()), ("worker", birch.user_id)):
        with connections.chapter(login, amber.chapter_id, actor) as connection:  # type: ignore[arg-type]
            if shown(attempt(connection, "select * from memberships").text, birch):
                yield f"bound to amber, {login} shows birch's membership to {stranger}"


def identity_is_the_webs_alone(connections: Connections, amber: SampleChapter, birch: SampleChapter) -> Iterator[str]:
    """Worker, desk and compiler may not read an identity table, or count its rows, unless lists.IDENTITY names them."""
    for table, readers in lists.IDENTITY.items():
        for login in {"worker", *DESK_LOGINS}.difference(readers):
            with connections.bound(login) as connection:  # type: ignore[arg-type]
                if not attempt(connection, shaped("select 1 from {t}", table)).refused:
                    yield f"{login} reads {table}"
        with connections.bound("web") as connection:
            if attempt(connection, shaped("select 1 from {t}", table)).state:
                yield f"web does not read {table}"


def the_backup_reads_all_and_writes_nothing(
    connections: Connections, amber: SampleChapter, birch: SampleChapter
) -> Iterator[str]:
    """The backup login bypasses the walls, so it must not be able to write."""
    with connections.bound("backup") as connection:
        for table in lists.BEHIND_THE_WALL:
            if attempt(connection, shaped("select * from {t}", table)).count < 2:
                yield f"backup does not read all of {table}"
            for statement in ("delete from {t}", "update {t} set {key} = {key}"):
                if not attempt(connection, shaped(statement, table)).refused:
                    yield f"backup may {statement}"


def nobody_takes_a_wall_down(connections: Connections, amber: SampleChapter, birch: SampleChapter) -> Iterator[str]:
    """No login may alter, drop, create, truncate, copy into a table behind the wall, or become another role."""
    for login in lists.LOGINS:
        with connections.bound(login) as connection:  # type: ignore[arg-type]
            for statement in FORBIDDEN:
                outcome = attempt(connection, shaped(statement, "memberships"))
                if outcome.state not in {"42501", "0A000", "42P01", "42704"}:
                    yield f"{login} may {statement}: {outcome}"


def _refusals(
    connection: psycopg.Connection[Any], login: str, amber: SampleChapter, birch: SampleChapter
) -> Iterator[str]:
    shared_columns = dict(shared_tables(login))
    for table in lists.BEHIND_THE_WALL:
        for column in set(columns_of(table)) - set(shared_columns.get(table, [])):
            if not attempt(connection, shaped("select {c} from {t}", table, column)).refused:
                yield f"{login} reads {table}.{column}, which is not shared"
        row = fresh(amber, table)
        writing: list[tuple[sql.Composed, Row | None]] = [
            (insertion(table, row), row),
            (shaped("update {t} set {c} = {c}", table), None),
            (shaped("delete from {t}", table), None),
        ]
        for statement, values in writing:
            if not attempt(connection, statement, values).refused:
                yield f"{login} writes {table}"


def _outlives(
    connections: Connections, login: Any, binding: str, values: tuple[object, ...], column: str
) -> Iterator[str]:
    table, columns = next((table, columns) for table, columns in _tables_of(login) if column in columns)
    for end in ("commit", "rollback"):
        connection = connections.connection(login)
        connection.rollback()
        connection.execute(binding.encode(), values)
        if not attempt(connection, selection(table, columns)).count:
            yield f"{login} sees nothing where it is bound"
        getattr(connection, end)()
        if attempt(connection, selection(table, columns)).count:
            yield f"{login} still sees {table} after {end}"
        names = ("app.chapter", "app.user", "app.countries")
        left = [connection.execute("select nullif(current_setting(%s, true), '')", [name]).fetchone() for name in names]
        if left != [(None,)] * 3:
            yield f"after {end} {login} is still told {left}"
        connection.rollback()


def _tables_of(login: str) -> list[tuple[str, list[str]]]:
    return [pair for pair in shared_tables(login) if pair[0] != lists.CHAPTERS]


CHECKS: tuple[Check, ...] = (
    a_binding_ends_with_its_transaction,
    a_binding_says_everything_anew,
    a_login_binds_only_its_own_kind,
    the_desk_sees_what_is_shared_in_its_countries,
    a_person_sees_their_own_memberships,
    identity_is_the_webs_alone,
    the_backup_reads_all_and_writes_nothing,
    nobody_takes_a_wall_down,
)

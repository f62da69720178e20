"""What the walls do when somebody leans on them: each check returns what it finds wrong, as sentences.

Amber is bound, birch must not be seen. Every check also does what is allowed, so that a wall that lets nobody through
is found out too. The statements are plain SQL on the logins' own connections: what the ORM adds is another matter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product
from typing import Any, Literal, get_args

import psycopg
from isolation import lists
from isolation.doors import BROKEN_KEY, Doors, Outcome, attempt, copied
from isolation.twins import INSTEAD, Row, Twin, fresh, insertion, shown
from psycopg import sql

from tenants.db import Base, new_id

Check = Callable[[Doors, Twin, Twin], Iterator[str]]
ChapterLogin = Literal["web", "worker"]
CHAPTER_LOGINS: tuple[ChapterLogin, ...] = get_args(ChapterLogin)
DESK_LOGINS: tuple[Literal["desk", "compiler"], ...] = ("desk", "compiler")

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
TOLD = b"""select coalesce(current_setting('app.chapter', true), ''), coalesce(current_setting('app.user', true), ''),
                 coalesce(current_setting('app.countries', true), '')"""
LABOURS = (
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


def violations(doors: Doors, amber: Twin, birch: Twin) -> Iterator[str]:
    """Yield everything wrong that any check finds, each with the check's name before it."""
    for check in CHECKS:
        try:
            for found in check(doors, amber, birch):
                yield f"{check.__name__}: {found}"
        except psycopg.Error as error:
            yield f"{check.__name__}: raises {error}"


def nothing_of_another_chapter_is_read(doors: Doors, amber: Twin, birch: Twin) -> Iterator[str]:
    """Whatever shape a SELECT or COPY has, bound to amber it shows amber's rows and none of birch's."""
    for login, table in product(CHAPTER_LOGINS, lists.BEHIND_THE_WALL):
        with doors.chapter(login, amber.chapter_id) as connection:
            own = attempt(connection, _shaped("select * from {t}", table))
            if not own.state and not shown(own.text, amber):
                yield f"{login} does not see amber's own rows of {table}: {own}"
            for statement in READINGS:
                yield from _seen(
                    birch, attempt(connection, _shaped(statement, table), _ids(amber, birch)), login, table
                )
            for statement in EXISTENCE:
                outcome = attempt(connection, _shaped(statement, table), _ids(amber, birch))
                if outcome.text and not outcome.state:
                    yield f"{login} learns that birch's row of {table} exists: {statement}"
            for statement in ("copy {t} to stdout", "copy (select * from {t}) to stdout"):
                yield from _seen(birch, copied(connection, _shaped(statement, table)), login, table)


def nothing_of_another_chapter_is_changed(doors: Doors, amber: Twin, birch: Twin) -> Iterator[str]:
    """Bound to amber, birch's rows are neither updated nor deleted, by whatever statement."""
    for login, table in product(CHAPTER_LOGINS, lists.BEHIND_THE_WALL):
        with doors.chapter(login, amber.chapter_id) as connection:
            for statement in _changes(table):
                outcome = attempt(connection, statement, _ids(amber, birch))
                if outcome.count > 0 or (outcome.state and not outcome.refused):
                    yield f"{login} changes birch's row of {table}: {outcome} by {statement.as_string()}"
            for column in columns_of(table):
                shift = _shaped("update {t} set {c} = {c} where {key} = %(amber)s", table, column)
                outcome = attempt(connection, shift, _ids(amber, birch))
                if _may(login, table, "update", column) and outcome.count != 1:
                    yield f"{login} may not update amber's own {table}.{column}: {outcome}"


def nothing_is_written_for_another_chapter(doors: Doors, amber: Twin, birch: Twin) -> Iterator[str]:
    """Bound to amber, a row for birch is refused before its keys are looked at; a row for amber is taken."""
    for login, table in product(CHAPTER_LOGINS, lists.BEHIND_THE_WALL):
        with doors.chapter(login, amber.chapter_id) as connection:
            for tail, row in product(("", "on conflict do nothing"), (birch.rows[table], fresh(birch, table))):
                outcome = attempt(connection, insertion(table, row, tail), row)
                if not outcome.refused:
                    yield f"{login} writes birch's row into {table}, or learns of it: {outcome}"
            move = _shaped("update {t} set {key} = %(birch)s where {key} = %(amber)s", table)
            outcome = attempt(connection, move, _ids(amber, birch))
            if not outcome.refused:
                yield f"{login} gives amber's row of {table} to birch: {outcome}"
            if table != lists.CHAPTERS and _may(login, table, "insert"):
                row = fresh(amber, table)
                outcome = attempt(connection, insertion(table, row), row)
                if outcome.state:
                    yield f"{login} cannot write amber's own row into {table}: {outcome}"


def no_key_points_into_another_chapter(doors: Doors, amber: Twin, birch: Twin) -> Iterator[str]:
    """A row of amber's that names a row or the country of birch's breaks a key; PostgreSQL asks no policy there."""
    for table in lists.OWNED:
        login = next(login for login in CHAPTER_LOGINS if _may(login, table, "insert"))
        with doors.chapter(login, amber.chapter_id) as connection:
            for column, value in _pointers(table, birch):
                row = fresh(amber, table) | INSTEAD.get(f"{table}.{column}", {}) | {column: value}
                outcome = attempt(connection, insertion(table, row), row)
                if outcome.state != BROKEN_KEY:
                    yield f"{table}.{column} of amber's points at birch's: {outcome}"


def nobody_bound_sees_nothing(doors: Doors, amber: Twin, birch: Twin) -> Iterator[str]:
    """A transaction that never said whose it is, or said nobody's, reads nothing and writes nothing."""
    for login, binding in product(CHAPTER_LOGINS, ("", "select use_chapter(null, null)")):
        for table in lists.BEHIND_THE_WALL:
            with doors.bound(login, binding) as connection:
                outcome = attempt(connection, _shaped("select * from {t}", table))
                if outcome.count or outcome.state:
                    yield f"unbound, {login} reads {table}: {outcome}"
                row = fresh(amber, table)
                outcome = attempt(connection, insertion(table, row), row)
                if not outcome.refused:
                    yield f"unbound, {login} writes {table}: {outcome}"
    for desk in DESK_LOGINS:
        for binding in ("", "select use_countries(null, null)", "select use_countries('', null)"):
            for table, columns in _shared(desk):
                with doors.bound(desk, binding) as connection:
                    outcome = attempt(connection, _selection(table, columns))
                    if outcome.count or outcome.state:
                        yield f"unbound, {desk} reads {table}: {outcome}"


def a_binding_ends_with_its_transaction(doors: Doors, amber: Twin, birch: Twin) -> Iterator[str]:
    """After commit and after rollback, the next transaction on the same connection is nobody's."""
    for login in CHAPTER_LOGINS:
        yield from _outlives(
            doors, login, "select use_chapter(%s, %s)", (amber.chapter_id, amber.user_id), "chapter_id"
        )
    for desk in DESK_LOGINS:
        yield from _outlives(doors, desk, "select use_countries(%s, null)", (amber.country,), "chapter_id")


def a_binding_says_everything_anew(doors: Doors, amber: Twin, birch: Twin) -> Iterator[str]:
    """Binding writes the chapter, the person and the countries each time, and an inner rollback takes it back."""
    chapter, countries = "select use_chapter(%s, %s)", "select use_countries(%s, %s)"
    for login, binding, first, second, told in (
        ("web", chapter, amber.chapter_id, birch.chapter_id, lambda bound, person: (str(bound), person, "")),
        ("desk", countries, amber.country, birch.country, lambda bound, person: ("", person, bound)),
    ):
        with doors.bound(login, binding, first, amber.user_id) as connection:  # type: ignore[arg-type]
            for _ in range(2):
                if (said := connection.execute(TOLD).fetchone()) != told(first, str(amber.user_id)):
                    yield f"{login}: the binding, or a savepoint that was rolled back, leaves {said}"
                attempt(connection, binding, (second, None))
            connection.execute(binding.encode(), (second, None))
            if (said := connection.execute(TOLD).fetchone()) != told(second, ""):
                yield f"{login}: a second binding leaves something of the first: {said}"


def a_login_binds_only_its_own_kind(doors: Doors, amber: Twin, birch: Twin) -> Iterator[str]:
    """The web and tasks bind chapters, desk and compiler bind countries, backup binds nothing."""
    chapter = ("select use_chapter(%s, null)", (amber.chapter_id,))
    countries = ("select use_countries(%s, null)", (amber.country,))
    for login in lists.LOGINS:
        for (statement, values), allowed in ((chapter, CHAPTER_LOGINS), (countries, DESK_LOGINS)):
            with doors.bound(login) as connection:  # type: ignore[arg-type]
                outcome = attempt(connection, statement, values)
            if outcome.refused == (login in allowed):
                yield f"{login}: {statement}: {outcome}"


def the_desk_sees_what_is_shared_in_its_countries(doors: Doors, amber: Twin, birch: Twin) -> Iterator[str]:
    """Bound to amber's country: the shared columns of amber's rows, no other column, no other table, no writing."""
    for login in DESK_LOGINS:
        with doors.countries(login, amber.country) as connection:
            for table, columns in _shared(login):
                outcome = attempt(connection, _selection(table, columns))
                if outcome.count != 1:
                    yield f"{login} sees {outcome.count} of amber's rows of {table}: {outcome}"
                yield from _seen(birch, outcome, login, table)
            yield from _refusals(connection, login, amber, birch)
        with doors.countries(login, amber.country, birch.country) as connection:
            for table, columns in _shared(login):
                outcome = attempt(connection, _selection(table, columns))
                if outcome.count != 2:
                    yield f"{login}, bound to both countries, sees {outcome.count} rows of {table}"


def a_person_sees_her_own_memberships(doors: Doors, amber: Twin, birch: Twin) -> Iterator[str]:
    """Of other chapters the web shows a person her own memberships, and nothing with them."""
    own, other = "birch's own person", "somebody else"
    with doors.chapter("web", None, birch.user_id) as connection:
        outcome = attempt(connection, "select * from memberships")
        if outcome.count != 1 or not shown(outcome.text, birch) or shown(outcome.text, amber):
            yield f"nobody bound, {own} sees {outcome.count} memberships"
        for table in lists.BEHIND_THE_WALL:
            if table != "memberships" and attempt(connection, _shaped("select * from {t}", table)).count:
                yield f"nobody bound, {own} sees {table}"
    with doors.chapter("web", amber.chapter_id, birch.user_id) as connection:
        if (count := attempt(connection, "select * from memberships").count) != 2:
            yield f"bound to amber, {own} sees {count} memberships, not amber's one and her own"
        update = attempt(connection, "update memberships set zone = zone where chapter_id = %s", [birch.chapter_id])
        if update.count:
            yield f"bound to amber, {own} changes her membership in birch"
    for login, actor in (("web", amber.user_id), ("web", new_id()), ("worker", birch.user_id)):
        with doors.chapter(login, amber.chapter_id, actor) as connection:  # type: ignore[arg-type]
            if shown(attempt(connection, "select * from memberships").text, birch):
                yield f"bound to amber, {login} shows birch's membership to {other}"


def identity_is_the_webs_alone(doors: Doors, amber: Twin, birch: Twin) -> Iterator[str]:
    """Workers, desk and compiler are refused every identity table they are not named for, even its number of rows."""
    for table, readers in lists.IDENTITY.items():
        for login in {"worker", *DESK_LOGINS}.difference(readers):
            with doors.bound(login) as connection:  # type: ignore[arg-type]
                if not attempt(connection, _shaped("select 1 from {t}", table)).refused:
                    yield f"{login} reads {table}"
        with doors.bound("web") as connection:
            if attempt(connection, _shaped("select 1 from {t}", table)).state:
                yield f"web does not read {table}"


def the_backup_reads_all_and_writes_nothing(doors: Doors, amber: Twin, birch: Twin) -> Iterator[str]:
    """The backup login passes the walls, so it must not be able to change anything behind them."""
    with doors.bound("backup") as connection:
        for table in lists.BEHIND_THE_WALL:
            if attempt(connection, _shaped("select * from {t}", table)).count < 2:
                yield f"backup does not read all of {table}"
            for statement in ("delete from {t}", "update {t} set {key} = {key}"):
                if not attempt(connection, _shaped(statement, table)).refused:
                    yield f"backup may {statement}"


def nobody_takes_a_wall_down(doors: Doors, amber: Twin, birch: Twin) -> Iterator[str]:
    """No login may alter, drop, grant, create, truncate, copy into a walled table or become somebody else."""
    for login in lists.LOGINS:
        with doors.bound(login) as connection:  # type: ignore[arg-type]
            for statement in LABOURS:
                outcome = attempt(connection, _shaped(statement, "memberships"))
                if outcome.state not in {"42501", "0A000", "42P01", "42704"}:
                    yield f"{login} may {statement}: {outcome}"


CHECKS: tuple[Check, ...] = (
    nothing_of_another_chapter_is_read,
    nothing_of_another_chapter_is_changed,
    nothing_is_written_for_another_chapter,
    no_key_points_into_another_chapter,
    nobody_bound_sees_nothing,
    a_binding_ends_with_its_transaction,
    a_binding_says_everything_anew,
    a_login_binds_only_its_own_kind,
    the_desk_sees_what_is_shared_in_its_countries,
    a_person_sees_her_own_memberships,
    identity_is_the_webs_alone,
    the_backup_reads_all_and_writes_nothing,
    nobody_takes_a_wall_down,
)


def columns_of(table: str) -> list[str]:
    """Return the names of a table's columns."""
    return [column.name for column in Base.metadata.tables[table].columns]


def _shaped(statement: str, table: str, column: str = "id") -> sql.Composed:
    key = "id" if table == lists.CHAPTERS else "chapter_id"
    return sql.SQL(statement).format(t=sql.Identifier(table), key=sql.Identifier(key), c=sql.Identifier(column))


def _ids(amber: Twin, birch: Twin) -> dict[str, object]:
    return {"amber": amber.chapter_id, "birch": birch.chapter_id}


def _seen(birch: Twin, outcome: Outcome, login: str, table: str) -> Iterator[str]:
    if outcome.state not in {"", "42501"}:
        yield f"{login} on {table}: the statement itself is wrong: {outcome}"
    elif marks := shown(outcome.text, birch) if not outcome.state else []:
        yield f"{login} reads birch's {table}: {marks}"


def _changes(table: str) -> Iterator[sql.Composed]:
    for column in columns_of(table):
        yield _shaped("update {t} set {c} = {c} where {key} = %(birch)s", table, column)
    yield _shaped("delete from {t} where {key} = %(birch)s", table)
    yield _shaped("with x as (delete from {t} where {key} = %(birch)s returning *) select * from x", table)
    yield _shaped(
        "merge into {t} x using (values (%(birch)s::uuid)) v (id) on x.{key} = v.id when matched then delete", table
    )


def _may(login: str, table: str, privilege: str, column: str | None = None) -> bool:
    return bool({(privilege, None), (privilege, column)} & lists.granted(login, table))


def _pointers(table: str, birch: Twin) -> Iterator[tuple[str, object]]:
    """Yield the columns of `table` that a key ties to a row of the same chapter, with birch's value for each."""
    for key in Base.metadata.tables[table].foreign_keys:
        target = key.column.table.name
        if target in lists.BEHIND_THE_WALL and key.parent.name != "chapter_id":
            yield key.parent.name, birch.rows[target][key.column.name]


def _shared(login: str) -> Iterator[tuple[str, list[str]]]:
    for table in lists.BEHIND_THE_WALL:
        columns = lists.readable_columns(login, table, columns_of(table))
        if columns:
            yield table, columns


def _selection(table: str, columns: list[str]) -> sql.Composed:
    return sql.SQL("select {} from {}").format(sql.SQL(", ").join(map(sql.Identifier, columns)), sql.Identifier(table))


def _refusals(connection: psycopg.Connection[Any], login: str, amber: Twin, birch: Twin) -> Iterator[str]:
    shared = dict(_shared(login))
    for table in lists.BEHIND_THE_WALL:
        for column in set(columns_of(table)) - set(shared.get(table, [])):
            if not attempt(connection, _shaped("select {c} from {t}", table, column)).refused:
                yield f"{login} reads {table}.{column}, which is not shared"
        row = fresh(amber, table)
        writing: list[tuple[sql.Composed, Row | None]] = [
            (insertion(table, row), row),
            (_shaped("update {t} set {c} = {c}", table), None),
            (_shaped("delete from {t}", table), None),
        ]
        for statement, values in writing:
            if not attempt(connection, statement, values).refused:
                yield f"{login} writes {table}"


def _outlives(doors: Doors, login: Any, binding: str, values: tuple[object, ...], column: str) -> Iterator[str]:
    table, columns = next((table, columns) for table, columns in _tables_of(login) if column in columns)
    for end in ("commit", "rollback"):
        connection = doors.connection(login)
        connection.rollback()
        connection.execute(binding.encode(), values)
        if not attempt(connection, _selection(table, columns)).count:
            yield f"{login} sees nothing where it is bound"
        getattr(connection, end)()
        if attempt(connection, _selection(table, columns)).count:
            yield f"{login} still sees {table} after {end}"
        names = ("app.chapter", "app.user", "app.countries")
        left = [connection.execute("select nullif(current_setting(%s, true), '')", [name]).fetchone() for name in names]
        if left != [(None,)] * 3:
            yield f"after {end} {login} is still told {left}"
        connection.rollback()


def _tables_of(login: str) -> list[tuple[str, list[str]]]:
    return [pair for pair in _shared(login) if pair[0] != lists.CHAPTERS]

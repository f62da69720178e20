"""Checks of the walls in the catalogue of the database. Each check returns violations as sentences.

The checks are functions of a connection, so that test_mutations.py can run them on a database with a mutation.
Sources: the scale-out lint beside this file, and the canonical texts in tenants/policies.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
from isolation import grants, lists
from isolation.database.catalogue_sql import (
    CREATION,
    FOREIGN_KEYS,
    FUNCTION_GRANTS,
    LOGINS,
    OF_NO_EXTENSION,
    POLICIES,
    TABLE_GRANTS,
    WAYS_AROUND,
)
from sqlalchemy.dialects.postgresql import ExcludeConstraint

import tenants.models
from tenants import policies
from tenants.db import Base

assert tenants.models  # the metadata is complete only after every model is imported

Connection = psycopg.Connection[Any]
Check = Callable[[Connection], list[str]]

WALL_TEXT = dict.fromkeys(lists.OWNED_TABLES, policies.WALL) | {lists.CHAPTERS: policies.WALL_OF_CHAPTER}
CHAPTER_LOGINS = ",".join(sorted(policies.CHAPTER_LOGINS))
DESK_LOGINS = ",".join(sorted(policies.DESK_LOGINS))


def violations(connection: Connection) -> Iterator[str]:
    """Yield the violations of all checks, each prefixed with the name of its check."""
    return (f"{check.__name__}: {violation}" for check in CHECKS for violation in check(connection))


def tables_have_their_place(connection: Connection) -> list[str]:
    """Every table is in exactly one list, and every listed table exists."""
    tables = [*lists.BEHIND_THE_WALL, *lists.REFERENCE, *lists.LOCAL]
    present = _column(
        connection,
        "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')",
    )
    twice = {table for table in tables if tables.count(table) > 1}
    return (
        [f"{table} is in no list of lists.py" for table in sorted(set(present) - set(tables))]
        + [f"{table} is listed and does not exist" for table in sorted(set(tables) - set(present))]
        + [f"{table} is in two lists" for table in sorted(twice)]
    )


def schema_stays_distributable(connection: Connection) -> list[str]:
    """The schema follows the twelve rules of scale_out_lint.sql."""
    return _column(connection, _lint(), {"reference": list(lists.REFERENCE), "local": list(lists.LOCAL)})


def walls_stand_where_they_should(connection: Connection) -> list[str]:
    """Row-level security is enabled and forced on the tables behind the wall, and on no other."""
    rows = connection.execute(
        """select relname, relrowsecurity, relforcerowsecurity from pg_class
           where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') order by relname"""
    ).fetchall()
    return [
        f"{table}: row-level security enabled {enabled}, forced {is_forced}"
        for table, enabled, is_forced in rows
        if (enabled, is_forced) != ((True, True) if table in lists.BEHIND_THE_WALL else (False, False))
    ]


def policies_say_the_canonical_text(connection: Connection) -> list[str]:
    """Each table has exactly the expected policies, with the expected logins and the canonical expressions."""
    actual = set(connection.execute(POLICIES).fetchall())
    expected = _expected_policies(connection)
    return [f"unexpected policy {policy}" for policy in sorted(map(str, actual - expected))] + [
        f"missing policy {policy}" for policy in sorted(map(str, expected - actual))
    ]


def keys_carry_the_chapter(connection: Connection) -> list[str]:
    """Every chapter-owned table has PRIMARY KEY (chapter_id, id), which is also the index that leads on the chapter."""
    keys = dict(
        connection.execute(
            """select c.relname, string_agg(a.attname, ',' order by k.place)
               from pg_class c join pg_index i on i.indrelid = c.oid and i.indisprimary and i.indisvalid
               cross join lateral unnest(i.indkey::int2[]) with ordinality k (number, place)
               join pg_attribute a on a.attrelid = c.oid and a.attnum = k.number
               where c.relnamespace = 'public'::regnamespace group by c.relname"""
        ).fetchall()
    )
    expected = dict.fromkeys(lists.OWNED_TABLES, "chapter_id,id") | {lists.CHAPTERS: "id"}
    return [f"{table}: primary key is ({keys.get(table)})" for table, key in expected.items() if keys.get(table) != key]


def keys_between_tables_are_those_of_the_models(connection: Connection) -> list[str]:
    """The validated foreign keys are exactly those of the models, with the same columns."""
    actual = set(connection.execute(FOREIGN_KEYS).fetchall())
    expected = {
        (
            table.name,
            ",".join(element.parent.name for element in key.elements),
            key.referred_table.name,
            ",".join(element.column.name for element in key.elements),
        )
        for table in Base.metadata.tables.values()
        for key in table.foreign_key_constraints
    }
    return [f"unexpected {key}" for key in sorted(actual - expected)] + [
        f"missing {key}" for key in sorted(expected - actual)
    ]


def unique_keys_lead_with_the_chapter(connection: Connection) -> list[str]:
    """`chapter_id` is the first column of every unique index. Otherwise rows of different chapters would conflict."""
    return _column(
        connection,
        """select c.relname || ': unique index ' || ic.relname || ' does not begin with chapter_id'
           from pg_index i join pg_class c on c.oid = i.indrelid join pg_class ic on ic.oid = i.indexrelid
           left join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
           where c.relname = any (%(owned)s) and i.indisunique and a.attname is distinct from 'chapter_id'""",
        {"owned": list(lists.OWNED_TABLES)},
    )


def exclusions_lead_with_the_chapter(connection: Connection) -> list[str]:
    """Exclusion constraints compare the chapter first, with =. Otherwise rows of different chapters would conflict."""
    return _column(
        connection,
        """select conrelid::regclass || ': ' || conname || ' does not begin with chapter_id and ='
           from pg_constraint left join pg_attribute a on a.attrelid = conrelid and a.attnum = conkey[1]
           where contype = 'x' and connamespace = 'public'::regnamespace
             and (a.attname is distinct from 'chapter_id'
                  or (select oprname from pg_operator where oid = conexclop[1]) <> '=')""",
    )


def exclusions_are_those_of_the_models(connection: Connection) -> list[str]:
    """The exclusion constraints are exactly those of the models."""
    actual = set(_column(connection, "select conname from pg_constraint where contype = 'x'"))
    expected = {
        str(rule.name)
        for table in Base.metadata.tables.values()
        for rule in table.constraints
        if isinstance(rule, ExcludeConstraint)
    }
    return [f"{name} is in one place alone" for name in sorted(actual ^ expected)]


def shared_rows_keep_their_country_true(connection: Connection) -> list[str]:
    """In each table that the desk reads, a foreign key keeps the country equal to that of the chapter's own row."""
    desk_tables = [table for table in lists.OWNED_TABLES if grants.granted("desk", table)]
    keyed_tables = _column(
        connection,
        """select conrelid::regclass::text from pg_constraint
           where contype = 'f' and confrelid = 'chapters'::regclass and convalidated
             and pg_get_constraintdef(oid) like 'FOREIGN KEY (chapter_id, country) REFERENCES chapters(id, country)'""",
    )
    return [
        f"{table}: nothing keeps its country equal to its chapter's"
        for table in desk_tables
        if table not in keyed_tables
    ]


def nothing_leads_around_the_walls(connection: Connection) -> list[str]:
    """No view, materialized view, foreign table, definer function, extension or schema gives access past the walls."""
    return _column(connection, WAYS_AROUND, {"functions": list(lists.FUNCTIONS), "extensions": list(lists.EXTENSIONS)})


def everything_belongs_to_the_owner(connection: Connection) -> list[str]:
    """Tables, indexes and functions belong to the owner, who is no login of the application."""
    return _column(
        connection,
        f"""select 'relation ' || relname || ' belongs to ' || relowner::regrole from pg_class
           where relnamespace = 'public'::regnamespace and relowner <> %(owner)s::regrole
           union all
           select 'function ' || proname || ' belongs to ' || proowner::regrole from pg_proc
           where pronamespace = 'public'::regnamespace and proowner <> %(owner)s::regrole
             and {OF_NO_EXTENSION.format(of="pg_proc", row="pg_proc.oid")}""",
        {"owner": lists.OWNER},
    )


def logins_are_weak(connection: Connection) -> list[str]:
    """No login is a superuser, only owner and backup bypass the walls, and no login is a member of another role."""
    return _column(connection, LOGINS, {"weak": [f"solidarity_{login}" for login in lists.LOGINS]})


def settings_bind_nobody(connection: Connection) -> list[str]:
    """No role and no database has a default for `app.*` or for a setting that changes the meaning of a statement."""
    return _column(
        connection,
        """select coalesce(nullif(setrole, 0)::regrole::text, 'the database') || ' sets ' || setting
           from pg_db_role_setting, unnest(setconfig) setting
           where setting ~* '^(app\\.|row_security|session_replication_role|search_path|role=)'
             and (setrole = 0 or setrole::regrole::text like 'solidarity%%')
             and (setdatabase = 0 or setdatabase = (select oid from pg_database where datname = current_database()))""",
        {},
    )


def grants_are_exactly_as_listed(connection: Connection) -> list[str]:
    """The grants on tables and columns are exactly those of lists.py, without grant option."""
    actual = set(connection.execute(TABLE_GRANTS, {"owner": lists.OWNER}).fetchall())
    expected = grants.every_grant()
    return [f"too much: {grant}" for grant in sorted(map(str, actual - expected))] + [
        f"missing: {grant}" for grant in sorted(map(str, expected - actual))
    ]


def functions_are_granted_as_listed(connection: Connection) -> list[str]:
    """Each function of the product may be called by exactly the logins that lists.py names, never by PUBLIC."""
    actual = set(connection.execute(FUNCTION_GRANTS).fetchall())
    expected = {(name, f"solidarity_{login}") for name, logins in lists.FUNCTIONS.items() for login in logins}
    return [f"too much: {grant}" for grant in sorted(map(str, actual - expected))] + [
        f"missing: {grant}" for grant in sorted(map(str, expected - actual))
    ]


def bindings_end_with_the_transaction(connection: Connection) -> list[str]:
    """Each binding function writes exactly the three settings, with `set local`, which ends with the transaction."""
    bodies = connection.execute(
        "select proname, prosrc from pg_proc where pronamespace = 'public'::regnamespace and proname like 'use\\_%'"
    ).fetchall()
    return [
        f"{name} writes {settings}"
        for name, body in bodies
        for settings in [re.findall(r"'(set\s[^=]*?)\s*=|(set_config)", body.replace('"', ""))]
        if settings != [(f"set local app.{setting}", "") for setting in ("chapter", "user", "countries")]
    ]


def nobody_may_create(connection: Connection) -> list[str]:
    """The logins may use the schema and connect. They create nothing, and no default privilege is set."""
    return _column(connection, CREATION, {"owner": lists.OWNER})


def personal_columns_stay_home(connection: Connection) -> list[str]:
    """Desk and compiler read no personal column, and only the readers in lists.IDENTITY read identity tables."""
    readers = [f"solidarity_{login} {table}" for table, logins in lists.IDENTITY.items() for login in logins]
    personal = [f"{table}.{column}" for table, columns in lists.PERSONAL.items() for column in columns]
    return _column(
        connection,
        """select login || ' may read ' || c.relname || '.' || a.attname
           from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
           cross join unnest(array['solidarity_desk', 'solidarity_compiler', 'solidarity_worker']) login
           where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
             and has_column_privilege(login, c.oid, a.attnum, 'select')
             and login || ' ' || c.relname <> all (%(readers)s)
             and (c.relname = any (%(identity)s)
                  or (login <> 'solidarity_worker' and c.relname || '.' || a.attname = any (%(personal)s)))""",
        {"identity": list(lists.IDENTITY), "readers": readers, "personal": personal},
    )


def local_tables_hold_no_words(connection: Connection) -> list[str]:
    """A table without a wall holds ids, states, times and figures. A text column in it needs a reason in lists.py."""
    walled_tables = [*lists.BEHIND_THE_WALL, *lists.IDENTITY]
    actual = _column(
        connection,
        """select c.relname || '.' || a.attname
           from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
           where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relname <> all (%(walled)s)
             and a.atttypid::regtype::text in ('text', 'character varying', 'jsonb', 'json', 'text[]')
           order by 1""",
        {"walled": walled_tables},
    )
    return [f"{column} is text outside every wall" for column in actual if column not in lists.TEXT_OF_LOCAL]


CHECKS: tuple[Check, ...] = (
    tables_have_their_place,
    schema_stays_distributable,
    walls_stand_where_they_should,
    policies_say_the_canonical_text,
    keys_carry_the_chapter,
    keys_between_tables_are_those_of_the_models,
    unique_keys_lead_with_the_chapter,
    exclusions_lead_with_the_chapter,
    exclusions_are_those_of_the_models,
    shared_rows_keep_their_country_true,
    nothing_leads_around_the_walls,
    everything_belongs_to_the_owner,
    logins_are_weak,
    settings_bind_nobody,
    grants_are_exactly_as_listed,
    functions_are_granted_as_listed,
    bindings_end_with_the_transaction,
    nobody_may_create,
    personal_columns_stay_home,
    local_tables_hold_no_words,
)


@cache
def _lint() -> str:
    text = Path(__file__).with_name("scale_out_lint.sql").read_text(encoding="utf-8")
    return text.replace("%", "%%").replace(":reference", "%(reference)s").replace(":local", "%(local)s")


def _column(connection: Connection, query: str, parameters: dict[str, object] | None = None) -> list[str]:
    return [str(row[0]) for row in connection.execute(query, parameters).fetchall()]


def _expected_policies(connection: Connection) -> set[tuple[str, ...]]:
    """Return the expected policies, with the canonical expressions as PostgreSQL formats them."""
    wall, chapter, own_memberships, desk = _as_written(
        connection, policies.WALL, policies.WALL_OF_CHAPTER, policies.OWN_MEMBERSHIPS, policies.DESK_READS
    )
    expected: set[tuple[str, ...]] = set()
    for table in lists.BEHIND_THE_WALL:
        text = chapter if table == lists.CHAPTERS else wall
        expected.add((table, "wall", "*", "true", CHAPTER_LOGINS, text, text))
        if grants.granted("desk", table):
            expected.add((table, "desk_reads", "r", "true", DESK_LOGINS, desk, None))  # type: ignore[arg-type]
    expected.add(("memberships", "own_memberships", "r", "true", "solidarity_web", own_memberships, None))  # type: ignore[arg-type]
    return expected


def _as_written(connection: Connection, *texts: str) -> list[str]:
    with connection.transaction(force_rollback=True):
        connection.execute(
            "create temp table as_written (id uuid, chapter_id uuid, user_id uuid, country varchar(2)) on commit drop"
        )
        for number, text in enumerate(texts):
            connection.execute(f"create policy p{number} on as_written using ({text})".encode())
        return _column(
            connection,
            """select pg_get_expr(polqual, polrelid) from pg_policy
               where polrelid = 'as_written'::regclass order by polname""",
        )

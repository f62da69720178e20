"""Rules for the catalogue of the migrated database. Each rule returns violations as sentences.

The product compares a database with its migrations. These rules say what migrations may make. They read the catalogue
as the product does, as statements. They are functions of a connection, so that test_mutations.py can run them on a
database with a mutation. Sources: the lists, the scale-out lint, and the canonical texts in tenants/policies.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from itertools import groupby, product
from pathlib import Path

from isolation import grants, lists
from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import ExcludeConstraint

import tenants.models
from solidarity.database.verification.differences import read_catalogue
from tenants import policies
from tenants.db import Base

assert tenants.models  # the metadata is complete only after every model is imported

Check = Callable[[Connection], list[str]]

CHAPTER_LOGINS = ", ".join(sorted(policies.CHAPTER_LOGINS))
DESK_LOGINS = ", ".join(sorted(policies.DESK_LOGINS))
WAYS_AROUND = (
    "view ",
    "materialized view ",
    "foreign ",
    "sequence ",
    "trigger ",
    "rule ",
    "schema ",
    "extension ",
    "event trigger ",
    "publication ",
    "operator ",
    "membership ",
    "parameter ",
    "setting ",
    "default privilege ",
)

FOREIGN_KEYS = """
    select conrelid::regclass::text,
           (select string_agg(a.attname, ',' order by k.place) from unnest(conkey) with ordinality k (number, place)
            join pg_attribute a on a.attrelid = conrelid and a.attnum = k.number),
           confrelid::regclass::text,
           (select string_agg(a.attname, ',' order by k.place) from unnest(confkey) with ordinality k (number, place)
            join pg_attribute a on a.attrelid = confrelid and a.attnum = k.number)
    from pg_constraint where contype = 'f' and connamespace = 'public'::regnamespace and convalidated
"""


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
    expected = {
        table: f"alter table {table} enable row level security, force row level security"
        if table in lists.BEHIND_THE_WALL
        else f"alter table {table} disable row level security, no force row level security"
        for table in (*lists.BEHIND_THE_WALL, *lists.REFERENCE, *lists.LOCAL)
    }
    return _unlike(_statements(connection, "row-level security of "), expected)


def policies_say_the_canonical_text(connection: Connection) -> list[str]:
    """Each table has exactly the expected policies, with the expected logins and the canonical expressions."""
    return _unlike(_statements(connection, "policy "), _expected_policies(connection))


def keys_carry_the_chapter(connection: Connection) -> list[str]:
    """Every chapter-owned table has PRIMARY KEY (chapter_id, id), which is also the index that leads on the chapter."""
    keys: dict[str, str] = dict(
        connection.exec_driver_sql(
            """select c.relname, string_agg(a.attname, ',' order by k.place)
               from pg_class c join pg_index i on i.indrelid = c.oid and i.indisprimary and i.indisvalid
               cross join lateral unnest(i.indkey::int2[]) with ordinality k (number, place)
               join pg_attribute a on a.attrelid = c.oid and a.attnum = k.number
               where c.relnamespace = 'public'::regnamespace group by c.relname"""
        ).all()
    )
    expected = dict.fromkeys(lists.OWNED_TABLES, "chapter_id,id") | {lists.CHAPTERS: "id"}
    return [f"{table}: primary key is ({keys.get(table)})" for table, key in expected.items() if keys.get(table) != key]


def keys_between_tables_are_those_of_the_models(connection: Connection) -> list[str]:
    """The validated foreign keys are exactly those of the models, with the same columns."""
    actual = {tuple(row) for row in connection.exec_driver_sql(FOREIGN_KEYS).all()}
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
    """There are the listed extensions and functions, and nothing that runs by itself or gives access past the walls."""
    allowed = {f"extension {name}" for name in lists.EXTENSIONS}
    functions = {place.partition("(")[0] for place in _statements(connection, "function ")}
    return sorted(
        place for place in read_catalogue(connection) if place.startswith(WAYS_AROUND) and place not in allowed
    ) + [f"function {name} is in one place alone" for name in sorted(functions ^ set(lists.FUNCTIONS))]


def functions_run_with_the_rights_of_their_caller(connection: Connection) -> list[str]:
    """No function has the rights of its owner, and each names the schemas that it searches."""
    return [
        name
        for name, statement in _statements(connection, "function ").items()
        if "security definer" in statement.lower() or "SET search_path TO 'pg_catalog', 'pg_temp'" not in statement
    ]


def everything_belongs_to_the_owner(connection: Connection) -> list[str]:
    """Tables and functions belong to the owner, who is no login of the application. Tables are logged."""
    tables = (*lists.BEHIND_THE_WALL, *lists.REFERENCE, *lists.LOCAL)
    expected = {table: f"alter table {table} owner to {lists.OWNER}, set logged" for table in tables}
    owners = _statements(connection, "owner of function ")
    return _unlike(_statements(connection, "table "), expected) + _unlike(
        owners, {name: f"alter routine {name} owner to {lists.OWNER}" for name in owners}
    )


def logins_are_weak(connection: Connection) -> list[str]:
    """No login is a superuser or may create anything, and only owner and backup bypass the walls."""
    expected = {
        f"solidarity_{login}": f"alter role solidarity_{login} login nosuperuser "
        f"{'bypassrls' if login == 'backup' else 'nobypassrls'} nocreaterole nocreatedb noreplication"
        for login in lists.LOGINS
    }
    return _unlike(_statements(connection, "role "), expected)


def grants_are_exactly_as_listed(connection: Connection) -> list[str]:
    """The grants are exactly those of the lists, without grant option; to use the schema, but not to create in it."""
    expected = {
        f"solidarity_{login} on {table}": f"grant {words} on {table} to solidarity_{login}"
        for login, table in product(lists.LOGINS, (*lists.BEHIND_THE_WALL, *lists.REFERENCE, *lists.LOCAL))
        if (words := _privileges(login, table))
    }
    for login in (f"solidarity_{login}" for login in lists.LOGINS):
        expected[f"{login} on schema public"] = f"grant usage on schema public to {login}"
    for function in _statements(connection, "function "):
        for login in lists.FUNCTIONS.get(function.partition("(")[0], ()):
            statement = f"grant execute on routine {function} to solidarity_{login}"
            expected[f"solidarity_{login} on function {function}"] = statement
    return _unlike(_statements(connection, "grant to "), expected)


def bindings_end_with_the_transaction(connection: Connection) -> list[str]:
    """Each binding function writes exactly the three settings, with `set local`, which ends with the transaction."""
    return [
        f"{name} writes {settings}"
        for name, body in _statements(connection, "function use_").items()
        for settings in [re.findall(r"'(set\s[^=]*?)\s*=|(set_config)", body.replace('"', ""))]
        if settings != [(f"set local app.{setting}", "") for setting in ("chapter", "user", "countries")]
    ]


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
    functions_run_with_the_rights_of_their_caller,
    everything_belongs_to_the_owner,
    logins_are_weak,
    grants_are_exactly_as_listed,
    bindings_end_with_the_transaction,
    personal_columns_stay_home,
    local_tables_hold_no_words,
)


@cache
def _lint() -> str:
    text = Path(__file__).with_name("scale_out_lint.sql").read_text(encoding="utf-8")
    return text.replace("%", "%%").replace(":reference", "%(reference)s").replace(":local", "%(local)s")


def _column(connection: Connection, query: str, parameters: dict[str, object] | None = None) -> list[str]:
    return [str(row[0]) for row in connection.exec_driver_sql(query, parameters).all()]


def _statements(connection: Connection, kind: str) -> dict[str, str]:
    """Return the statements of the product's reading of the catalogue whose place begins with `kind`, by its rest."""
    return {
        place.removeprefix(kind): entry.statement
        for place, entry in read_catalogue(connection).items()
        if place.startswith(kind)
    }


def _unlike(actual: dict[str, str], expected: dict[str, str]) -> list[str]:
    return [f"unexpected: {statement}" for place, statement in actual.items() if expected.get(place) != statement] + [
        f"missing: {statement}" for place, statement in expected.items() if actual.get(place) != statement
    ]


def _privileges(login: str, table: str) -> str:
    """Return the privileges of `login` on `table` as in a GRANT: "insert, select (id, name)"."""
    pairs = sorted((privilege, column or "") for privilege, column in grants.granted(login, table))
    privileges = {
        privilege: [column for _, column in group] for privilege, group in groupby(pairs, lambda pair: pair[0])
    }
    return ", ".join(
        privilege if columns == [""] else f"{privilege} ({', '.join(columns)})"
        for privilege, columns in privileges.items()
    )


def _expected_policies(connection: Connection) -> dict[str, str]:
    """Return the statements of the expected policies, with the canonical expressions as PostgreSQL formats them."""
    wall, chapter, own_memberships, desk = _as_written(
        connection, policies.WALL, policies.WALL_OF_CHAPTER, policies.OWN_MEMBERSHIPS, policies.DESK_READS
    )
    expected = {
        "memberships.own_memberships": "create policy own_memberships on memberships as permissive for select "
        f"to solidarity_web using ({own_memberships})"
    }
    for table in lists.BEHIND_THE_WALL:
        expression = chapter if table == lists.CHAPTERS else wall
        expected[f"{table}.wall"] = (
            f"create policy wall on {table} as permissive for all to {CHAPTER_LOGINS} "
            f"using ({expression}) with check ({expression})"
        )
        if grants.granted("desk", table):
            expected[f"{table}.desk_reads"] = (
                f"create policy desk_reads on {table} as permissive for select to {DESK_LOGINS} using ({desk})"
            )
    return expected


def _as_written(connection: Connection, *texts: str) -> list[str]:
    with connection.begin_nested() as savepoint:
        connection.exec_driver_sql(
            "create temp table as_written (id uuid, chapter_id uuid, user_id uuid, country varchar(2))"
        )
        for number, text in enumerate(texts):
            connection.exec_driver_sql(f"create policy p{number} on as_written using ({text})")
        formatted = _column(
            connection,
            """select pg_get_expr(polqual, polrelid) from pg_policy
               where polrelid = 'as_written'::regclass order by polname""",
        )
        savepoint.rollback()
    return formatted

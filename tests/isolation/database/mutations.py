"""Mutations of the database: each removes a protection from the schema, or adds a way around one.

At least one check of catalogue.py or table_checks.py must find each mutation; test_mutations.py counts them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from isolation import grants, lists
from sqlalchemy.dialects.postgresql import ExcludeConstraint, dialect
from sqlalchemy.schema import AddConstraint

from tenants import policies
from tenants.db import Base


@dataclass(frozen=True)
class Mutation:
    """A mutation of the database: the statements that make it, run as superuser.

    `behaves` means that the checks of the walls, not only those of the catalogue, must find it. Without `is_wall` the
    application starts nevertheless. `in_cluster` means that
    it changes more than one database (roles), so it is never committed.
    """

    name: str
    statements: tuple[str, ...]
    behaves: bool = False
    is_wall: bool = True
    in_cluster: bool = False


DESK_TABLES = tuple(table for table in lists.BEHIND_THE_WALL if grants.granted("desk", table))
WALLED_LOGINS = ", ".join(policies.CHAPTER_LOGINS)

BODY = {
    "use_chapter": (
        "chapter uuid, actor uuid",
        ("app.chapter", "coalesce(chapter::text, '')"),
        ("app.countries", "''"),
    ),
    "use_countries": (
        "countries text, actor uuid",
        ("app.chapter", "''"),
        ("app.countries", "coalesce(countries, '')"),
    ),
}


def database_mutations() -> Iterator[Mutation]:
    """Yield all mutations of the database. They are derived from the lists, so a new table is included."""
    for table in lists.BEHIND_THE_WALL:
        yield from _of_the_wall(table)
    for table in DESK_TABLES:
        yield from _of_the_desks_policy(table)
    for table in lists.OWNED_TABLES:
        yield from _of_the_keys(table)
    yield from _of_constraints()
    yield from _of_the_functions()
    yield from _of_grants()
    yield from _of_roles()
    yield from _of_ways_around()


def _of_the_wall(table: str) -> Iterator[Mutation]:
    wall = policies.WALL_OF_CHAPTER if table == lists.CHAPTERS else policies.WALL
    yield Mutation(f"{table}: not forced", (f"alter table {table} no force row level security",))
    yield Mutation(
        f"{table}: row-level security disabled", (f"alter table {table} disable row level security",), behaves=True
    )
    yield Mutation(f"{table}: no wall", (f"drop policy wall on {table}",), behaves=True)
    for title, using_expression, check in (
        ("true", "true", "true"),
        ("reads of all", "true", wall),
        ("writes for all", wall, "true"),
        ("an OR with a flag", f"{wall} or current_setting('app.all', true) = 'on'", wall),
        ("an OR that is always on", f"{wall} or current_setting('app.all', true) is null", wall),
        ("a wall of null", wall.replace("= nullif", "is not distinct from nullif"), wall),
    ):
        yield Mutation(
            f"{table}: the policy says {title}",
            (f"alter policy wall on {table} using ({using_expression}) with check ({check})",),
            behaves=title in {"true", "reads of all", "an OR that is always on"},
        )
    yield Mutation(f"{table}: a second policy", (f"create policy more on {table} using (true)",), behaves=True)
    yield Mutation(f"{table}: the wall stands for everybody", (f"alter policy wall on {table} to public",))
    yield Mutation(
        f"{table}: the wall is not the worker's", (f"alter policy wall on {table} to solidarity_web",), behaves=True
    )
    yield Mutation(
        f"{table}: restrictive",
        (
            f"create policy everything on {table} to {WALLED_LOGINS} using (true)",
            f"drop policy wall on {table}",
            f"create policy wall on {table} as restrictive to {WALLED_LOGINS} using ({wall}) with check ({wall})",
        ),
    )
    yield Mutation(f"{table}: belongs to the web", (f"alter table {table} owner to solidarity_web",))
    yield Mutation(f"{table}: may be truncated", (f"grant truncate on {table} to solidarity_web",))
    yield Mutation(f"{table}: may be referenced", (f"grant references on {table} to solidarity_worker",))
    yield Mutation(f"{table}: everybody reads", (f"grant select on {table} to public",))
    yield Mutation(
        f"{table}: a view for the worker",
        (f"create view escape as select * from {table}", "grant select on escape to solidarity_worker"),
    )
    yield Mutation(f"{table}: a materialized view", (f"create materialized view escape as select * from {table}",))


def _of_the_desks_policy(table: str) -> Iterator[Mutation]:
    yield Mutation(f"{table}: the desk has no policy", (f"drop policy desk_reads on {table}",), behaves=True)
    yield Mutation(f"{table}: the desk reads all", (f"alter policy desk_reads on {table} using (true)",), behaves=True)
    yield Mutation(
        f"{table}: the world is a flag",
        (
            (
                f"alter policy desk_reads on {table} using "
                f"({policies.DESK_READS} or current_setting('app.countries', true) = 'world')"
            ),
        ),
    )
    yield Mutation(
        f"{table}: the desk's policy is the web's too",
        (f"alter policy desk_reads on {table} to solidarity_desk, solidarity_compiler, solidarity_web",),
    )


def _of_the_keys(table: str) -> Iterator[Mutation]:
    yield Mutation(
        f"{table}: the key is the id",
        (f"alter table {table} drop constraint pk_{table} cascade, add constraint pk_{table} primary key (id)",),
    )
    yield Mutation(
        f"{table}: chapter_id may be missing",
        (
            f"alter table {table} drop constraint pk_{table} cascade",
            f"alter table {table} alter chapter_id drop not null",
        ),
    )
    yield Mutation(
        f"{table}: chapter_id has a default",
        (f"alter table {table} alter chapter_id set default nullif(current_setting('app.chapter', true), '')::uuid",),
        is_wall=False,
    )
    yield Mutation(f"{table}: a unique id of its own", (f"alter table {table} add constraint lone unique (id)",))
    yield Mutation(f"{table}: a key that begins with the id", (f"alter table {table} add unique (id, chapter_id)",))


def _of_constraints() -> Iterator[Mutation]:
    """Take chapter_id out of every composite key and every unique constraint that the models name."""
    for table in sorted(Base.metadata.tables.values(), key=lambda table: table.name):
        if table.name not in lists.OWNED_TABLES:
            continue
        for key in table.foreign_key_constraints:
            target = key.referred_table.name
            elements = [element for element in key.elements if element.parent.name != "chapter_id"]
            if target in lists.BEHIND_THE_WALL and elements:
                yield from _of_a_key(
                    table.name, str(key.name), target, elements[0].parent.name, elements[0].column.name
                )
        for rule in table.constraints:
            if isinstance(rule, ExcludeConstraint):
                yield from _of_an_exclusion(table.name, rule)
        for unique in table.indexes:
            if unique.unique:
                rest = [column.name for column in unique.columns if column.name != "chapter_id"]
                columns = ", ".join(rest or ["id"])  # an index of one row for each chapter has no other column
                yield Mutation(
                    f"{table.name}: {unique.name} over all chapters",
                    (f"drop index {unique.name}", f"create unique index {unique.name} on {table.name} ({columns})"),
                )


def _of_a_key(table: str, key: str, target: str, column: str, target_column: str) -> Iterator[Mutation]:
    without = f"alter table {table} drop constraint {key}"
    yield Mutation(f"{table}: without {key}", (without,), behaves=True)
    yield Mutation(
        f"{table}: {key} set null",
        (
            (
                f"alter table {table} drop constraint {key}, add constraint {key} foreign key (chapter_id, {column}) "
                f"references {target} ({'id' if target == 'chapters' else 'chapter_id'}, {target_column}) "
                f"on delete set null ({column})"
            ),
        ),
    )
    if target_column == "id":
        yield Mutation(
            f"{table}: {key} without chapter_id",
            (
                f"alter table {target} add constraint lone unique (id)",
                without,
                f"alter table {table} add constraint {key} foreign key ({column}) references {target} (id)",
            ),
            behaves=True,
        )


def _of_an_exclusion(table: str, rule: ExcludeConstraint) -> Iterator[Mutation]:
    """Drop the constraint, remove the chapter from it, or put another column before the chapter."""
    definition = str(AddConstraint(rule).compile(dialect=dialect()))  # type: ignore[no-untyped-call]
    without = (f"alter table {table} drop constraint {rule.name}",)
    yield Mutation(f"{table}: without {rule.name}", without)
    yield Mutation(f"{table}: {rule.name} over all chapters", (*without, definition.replace("chapter_id WITH =, ", "")))
    chapter_last = re.sub(r"chapter_id WITH =, (.* WITH &&)", r"\1, chapter_id WITH =", definition)
    yield Mutation(f"{table}: {rule.name} with the chapter last", (*without, chapter_last))


def _of_the_functions() -> Iterator[Mutation]:
    for name, (arguments, chapter, countries) in BODY.items():
        settings = (chapter, ("app.user", "coalesce(actor::text, '')"), countries)
        for title, words in (
            ("set", [f"execute format('set %s = %%L', {value})" % _quoted(key) for key, value in settings]),
            ("set_config", [f"perform set_config('{key}', {value}, false)" for key, value in settings]),
            ("no person", [_local(key, value) for key, value in settings if key != "app.user"]),
        ):
            # "no person" keeps an earlier person only within one transaction; a check that binds it twice finds this.
            body = "; ".join(words)
            yield Mutation(
                f"{name}: {title}",
                (
                    (
                        f"create or replace function {name}({arguments}) returns void language plpgsql "
                        f"set search_path = pg_catalog, pg_temp as $$ begin {body}; end $$"
                    ),
                ),
                behaves=True,
            )
        kinds = ", ".join(word.split()[1] for word in arguments.split(", "))
        yield Mutation(
            f"{name}: for everybody", (f"grant execute on function {name}({kinds}) to public",), behaves=True
        )
        yield Mutation(f"{name}: no search path", (f"alter function {name}({kinds}) reset search_path",))
        yield Mutation(f"{name}: security definer", (f"alter function {name}({kinds}) security definer",))
    yield Mutation(
        "use_chapter: for the desk",
        ("grant execute on function use_chapter(uuid, uuid) to solidarity_desk",),
        behaves=True,
    )
    yield Mutation(
        "use_countries: for the web",
        ("grant execute on function use_countries(text, uuid) to solidarity_web",),
        behaves=True,
    )


def _local(key: str, value: str) -> str:
    return f"execute format('set local {_quoted(key)} = %L', {value})"


def _quoted(key: str) -> str:
    return ".".join(f'"{part}"' for part in key.split("."))


def _of_grants() -> Iterator[Mutation]:
    for table, readers in lists.IDENTITY.items():
        for login in ("worker", "desk", "compiler"):
            if login in readers:
                continue
            yield Mutation(
                f"{table}: for the {login}", (f"grant select on {table} to solidarity_{login}",), behaves=True
            )
    for table, columns in lists.PERSONAL.items():
        for column in columns:
            yield Mutation(
                f"{table}.{column}: for the desk",
                (f"grant select ({column}) on {table} to solidarity_desk",),
                behaves=True,
            )
    for table in ("activities", "activity_revisions", "head_counts"):
        yield Mutation(f"{table}: the desk writes", (f"grant insert, update, delete on {table} to solidarity_desk",))
        yield Mutation(f"{table}: the web deletes", (f"grant delete on {table} to solidarity_web",))
    yield Mutation("activity_revisions: the web overwrites", ("grant update on activity_revisions to solidarity_web",))
    yield Mutation(
        "activities: the compiler reads whole rows",
        ("grant select on activities to solidarity_compiler",),
        behaves=True,
    )
    yield Mutation("audit_entries: the web changes them", ("grant update on audit_entries to solidarity_web",))
    yield Mutation(
        "memberships: backup writes", ("grant update, delete on memberships to solidarity_backup",), behaves=True
    )
    yield Mutation("figures: the web writes", ("grant insert on figures to solidarity_web",))
    yield Mutation("activities: the web hands on", ("grant select on activities to solidarity_web with grant option",))
    yield Mutation(
        "a default privilege", ("alter default privileges in schema public grant select on tables to solidarity_desk",)
    )
    yield Mutation("the web creates in the schema", ("grant create on schema public to solidarity_web",), behaves=True)
    yield Mutation("everybody uses the schema", ("grant usage on schema public to public",))


def _of_roles() -> Iterator[Mutation]:
    for login in ("web", "worker", "desk", "compiler"):
        role = f"solidarity_{login}"
        for right in ("bypassrls", "superuser", "createrole", "createdb", "replication"):
            yield Mutation(f"{login}: {right}", (f"alter role {role} {right}",), in_cluster=True)
        strong = ("create role strong bypassrls nologin", f"grant strong to {role}")
        yield Mutation(f"{login}: has a strong friend", strong, in_cluster=True)
        yield Mutation(f"{login}: is the backup", (f"grant solidarity_backup to {role}",), in_cluster=True)
        yield Mutation(f"{login}: reads all data", (f"grant pg_read_all_data to {role}",), in_cluster=True)
        yield Mutation(f"{login}: is born in a chapter", (f"alter role {role} set app.chapter = ''",), in_cluster=True)
        yield Mutation(
            f"{login}: may silence the keys",
            (f"grant set on parameter session_replication_role to {role}",),
            in_cluster=True,
        )
    yield Mutation(
        "a new login that passes the walls", ("create role solidarity_else login bypassrls",), in_cluster=True
    )


def _of_ways_around() -> Iterator[Mutation]:
    yield Mutation(
        "a function with its owner's rights",
        (
            (
                "create function everything() returns setof activities language sql security definer "
                "set search_path = pg_catalog, pg_temp as 'select * from public.activities'"
            ),
        ),
    )
    yield Mutation("an extension nobody listed", ("create extension hstore",))
    hidden = "create function hidden() returns int language sql as 'select 1'"
    yield Mutation("a function hidden in an extension", (hidden, "alter extension btree_gist add function hidden()"))
    yield Mutation("a table in no list", ("create table notes (id uuid primary key, words text)",))
    yield Mutation("another schema", ("create schema elsewhere",))
    yield Mutation("words outside every wall", ("alter table chapter_slugs add column name text",), is_wall=False)
    yield Mutation(
        "a trigger",
        (
            (
                "create function copy_it() returns trigger language plpgsql set search_path = pg_catalog, pg_temp "
                "as $$ begin return new; end $$"
            ),
            "create trigger copied after insert on activities for each row execute function copy_it()",
        ),
    )
    yield Mutation("a rule", ("create rule also as on insert to activities do also nothing",))
    yield Mutation(
        "a sequence", ("alter table activities add column number bigint generated always as identity",), is_wall=False
    )
    yield Mutation("an unlogged table", ("alter table consumed_rungs set unlogged",))
    yield Mutation("a publication", ("create publication all_of_it for table activities",))
    yield Mutation(
        "a key into a platform table",
        (
            (
                "alter table memberships add constraint to_local foreign key (user_id) "
                "references desk_appointments (id) not valid"
            ),
        ),
    )
    yield Mutation(
        "a platform table that points inside",
        (
            (
                "alter table compile_marks add constraint inside foreign key (chapter_id) "
                "references chapters (id) not valid"
            ),
        ),
    )
    yield Mutation("a long name", (f"create index {'x' * 60} on activities (chapter_id)",), is_wall=False)

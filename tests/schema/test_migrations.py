"""The migrations have no branches, run up, down and up again, and produce exactly the schema of the models."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from psycopg import sql
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

import tenants.models
from solidarity.database.migrate import become_owner, configuration, is_at_head, migrate
from solidarity.settings import Settings
from tenants.db import Base

ROOT = Path(__file__).resolve().parents[2]
SQUAWK = Path(sysconfig.get_path("scripts")) / "squawk"

LEFT_BY_A_DOWNGRADE = {"alembic_version"}


@pytest.fixture
def empty(superuser_url: str) -> Iterator[Settings]:
    """A database before its first migration."""
    name = f"empty_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{os.getpid()}"
    with psycopg.connect(superuser_url, autocommit=True) as admin:
        statement = sql.SQL("create database {} owner solidarity_owner").format(sql.Identifier(name))
        admin.execute(statement)
        try:
            settings = Settings()
            url = settings.database("owner").set(drivername="postgresql", database=name)
            secret = type(settings.database_url)(url.render_as_string(hide_password=False))
            yield settings.model_copy(update={"database_url": secret})
        finally:
            admin.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


@contextmanager
def connected(settings: Settings) -> Iterator[Connection]:
    engine = create_engine(settings.database("owner"), poolclass=NullPool)
    with engine.connect() as connection:
        become_owner(connection)
        yield connection


def test_there_is_one_line_of_migrations() -> None:
    scripts = ScriptDirectory.from_config(configuration())
    assert len(scripts.get_heads()) == 1
    assert len(scripts.get_bases()) == 1
    assert [script.revision for script in scripts.walk_revisions() if script.is_merge_point] == []


def test_up_down_and_up_again(empty: Settings) -> None:
    with connected(empty) as connection:
        config = configuration(connection)
        assert not is_at_head(connection)
        command.upgrade(config, "head")
        assert is_at_head(connection)
        first = _shape(connection)
        command.downgrade(config, "base")
        assert _left(connection) == LEFT_BY_A_DOWNGRADE
        command.upgrade(config, "head")
        assert _shape(connection) == first


def test_each_step_goes_up_down_and_up(empty: Settings) -> None:
    with connected(empty) as connection:
        config = configuration(connection)
        for script in reversed(list(ScriptDirectory.from_config(config).walk_revisions())):
            command.upgrade(config, script.revision)
            shape = _shape(connection)
            command.downgrade(config, "-1")
            command.upgrade(config, script.revision)
            assert _shape(connection) == shape, script.revision


def test_no_login_may_put_a_temporary_table_before_ours(empty: Settings) -> None:
    migrate(empty)
    with connected(empty) as connection:
        may = connection.execute(
            text(
                "select rolname from pg_roles where rolname like 'solidarity%' and rolname <> 'solidarity_owner' "
                "and has_database_privilege(rolname, current_database(), 'temporary')"
            )
        ).all()
        assert may == []
    migrate(empty)


def test_the_models_are_what_the_migrations_make(settings: Settings) -> None:
    assert tenants.models
    with connected(settings) as connection:
        options = {"compare_type": True, "compare_server_default": True}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, Base.metadata) == []


def test_the_checks_are_those_of_the_models(settings: Settings) -> None:
    """Compare the CHECKs, which Alembic does not compare, as PostgreSQL formats them."""
    with connected(settings) as connection:
        checks = _checks(connection, "public")
        connection.execute(text("create schema of_models"))
        connection.execute(text("set local search_path = of_models"))
        Base.metadata.create_all(connection)
        assert _checks(connection, "of_models") == checks
        connection.rollback()


def test_squawk_finds_nothing_that_would_lock_or_break(tmp_path: Path) -> None:
    script = tmp_path / "migrations.sql"
    script.write_text(_offline_sql(), encoding="utf-8")
    assert "create policy wall" in script.read_text(encoding="utf-8")
    answer = subprocess.run(
        [SQUAWK, "--config", ROOT / "migrations" / "squawk.toml", script], capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, answer.stdout + answer.stderr


def test_each_execute_is_one_statement(monkeypatch: pytest.MonkeyPatch) -> None:
    """A distributed database refuses several statements at once, and an error would not name the failed one."""
    statements: list[str] = []
    real = Operations.execute

    def note(self: Operations, sqltext: str, *args: Any, **options: Any) -> None:
        statements.append(str(sqltext))
        real(self, sqltext, *args, **options)

    monkeypatch.setattr(Operations, "execute", note)
    _offline_sql()
    assert statements
    without_bodies = [re.sub(r"\$\$.*?\$\$|'[^']*'", "", statement, flags=re.DOTALL) for statement in statements]
    assert [statement for statement in without_bodies if ";" in statement.strip().removesuffix(";")] == []


def test_squawk_would_find_what_it_should(tmp_path: Path) -> None:
    script = tmp_path / "bad.sql"
    script.write_text("alter table activities add column n int not null default random();\ndrop table activities;\n")
    answer = subprocess.run(
        [SQUAWK, "--config", ROOT / "migrations" / "squawk.toml", script], capture_output=True, text=True, check=False
    )
    assert answer.returncode != 0


def _offline_sql() -> str:
    """Return the SQL of the migrations, without Alembic's statements for its own table."""
    buffer = io.StringIO()
    config = configuration()
    config.output_buffer = buffer
    command.upgrade(config, "head", sql=True)
    return re.sub(r"(CREATE TABLE|INSERT INTO|UPDATE) alembic_version.*?;", "", buffer.getvalue(), flags=re.DOTALL)


def _left(connection: Connection) -> set[str]:
    relations = (
        "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'v', 'm')"
    )
    functions = "select proname from pg_proc where pronamespace = 'public'::regnamespace"
    return set(connection.scalars(text(f"{relations} union all {functions}")).all())


def _shape(connection: Connection) -> list[str]:
    """Return tables, columns, constraints, indexes, policies, functions and grants as PostgreSQL formats them."""
    return sorted(str(row) for query in SHAPES for row in connection.execute(text(query)).all())


def _checks(connection: Connection, schema: str) -> set[tuple[str, str, str]]:
    query = text(
        "select c.relname, k.conname, pg_get_constraintdef(k.oid) from pg_constraint k "
        "join pg_class c on c.oid = k.conrelid where k.contype = 'c' and c.relnamespace = cast(:s as regnamespace)"
    )
    return {tuple(row) for row in connection.execute(query, {"s": schema}).all()}


SHAPES = (
    """select c.relname, a.attname, row_number() over (partition by c.oid order by a.attnum),
              format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attacl::text
       from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
       where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relname <> 'alembic_version'""",
    """select conrelid::regclass::text, conname, pg_get_constraintdef(oid) from pg_constraint
       where connamespace = 'public'::regnamespace""",
    "select indexdef from pg_indexes where schemaname = 'public'",
    """select polrelid::regclass::text, polname, polcmd, polroles::regrole[]::text, pg_get_expr(polqual, polrelid),
              pg_get_expr(polwithcheck, polrelid) from pg_policy""",
    """select relname, relrowsecurity, relforcerowsecurity, relacl::text, relowner::regrole::text from pg_class
       where relnamespace = 'public'::regnamespace and relkind = 'r' and relname <> 'alembic_version'""",
    """select proname, prosrc, proacl::text, proconfig::text from pg_proc
       where pronamespace = 'public'::regnamespace""",
)

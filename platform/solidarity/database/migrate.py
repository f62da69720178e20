"""Bring a database up to date: first the logins, then the migrations.

`migrate` connects with DATABASE_URL. A superuser creates `solidarity_owner` and migrates in its name. An owner without
the right to create logins gets an error with the SQL that an administrator must run.
"""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from psycopg import sql
from sqlalchemy import Connection, text
from sqlalchemy.exc import ProgrammingError

from solidarity.database.engines import unpooled_engine
from solidarity.settings import LOGIN_PREFIX, Login, Settings
from tenants.errors import SolidarityError

ROOT = Path(__file__).resolve().parents[3]
CHAPTER_AND_DESK: tuple[Login, ...] = ("web", "worker", "desk", "compiler", "backup")
OWNER = f"{LOGIN_PREFIX}owner"


class LoginsMissing(SolidarityError):
    """The logins do not exist and DATABASE_URL may not create them. An administrator must run `statements`."""

    def __init__(self, statements: list[str]) -> None:
        super().__init__(
            "DATABASE_URL may not create logins. Ask an administrator of the database to run:\n" + "\n".join(statements)
        )
        self.statements = statements


def migrate(settings: Settings, *, revision: str = "head") -> None:
    """Create the missing logins and upgrade the database to `revision`.

    Raises LoginsMissing with the SQL to run if DATABASE_URL has no right to create them.
    """
    with unpooled_engine(settings, "owner").connect() as connection:
        ensure_logins(connection, settings)
        become_owner(connection)
        command.upgrade(configuration(connection), revision)
        keep_temporary_tables_out(connection)


def configuration(connection: Connection | None = None) -> Config:
    """Return Alembic's configuration from pyproject.toml, for one open connection."""
    config = Config(toml_file=str(ROOT / "pyproject.toml"))
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.attributes["connection"] = connection
    return config


def is_at_head(connection: Connection) -> bool:
    """Whether the database behind `connection` has run every migration."""
    heads = set(ScriptDirectory.from_config(configuration()).get_heads())
    return set(MigrationContext.configure(connection).get_current_heads()) == heads


def ensure_logins(connection: Connection, settings: Settings) -> None:
    """Create the missing logins and set every password. Raises LoginsMissing without the right to do so."""
    present = set(connection.scalars(text("select rolname from pg_roles")).all())
    statements = [
        _role_statement(login, settings, exists=f"{LOGIN_PREFIX}{login}" in present) for login in CHAPTER_AND_DESK
    ]
    if _is_superuser(connection) and OWNER not in present:
        statements.insert(0, f"create role {OWNER} login bypassrls createrole")
    try:
        for statement in statements:
            connection.exec_driver_sql(statement)
        connection.commit()
    except ProgrammingError as error:
        connection.rollback()
        if all(f"{LOGIN_PREFIX}{login}" in present for login in CHAPTER_AND_DESK):
            return  # an administrator manages the logins and their passwords
        raise LoginsMissing([f"{statement};" for statement in _without_passwords(present)]) from error


def become_owner(connection: Connection) -> None:
    """Make a superuser migrate as the owner, because tables must not belong to a superuser."""
    if _is_superuser(connection):
        database = connection.scalar(text("select current_database()"))
        connection.exec_driver_sql(f'alter database "{database}" owner to {OWNER}')
        connection.exec_driver_sql(f"alter schema public owner to {OWNER}")
        connection.exec_driver_sql(f"set role {OWNER}")
        connection.commit()


def keep_temporary_tables_out(connection: Connection) -> None:
    """Let only the owner create temporary tables, because such a table could hide one of ours with the same name."""
    database = connection.scalar(text("select current_database()"))
    connection.exec_driver_sql(f'revoke temporary on database "{database}" from public')
    connection.commit()


def _role_statement(login: Login, settings: Settings, *, exists: bool) -> str:
    password = settings.database(login).password
    secret = sql.Literal(str(password)).as_string() if password else "null"
    verb = "alter" if exists else "create"
    return f"{verb} role {LOGIN_PREFIX}{login} login password {secret}{_rights(login) if not exists else ''}"


def _rights(login: Login) -> str:
    return " bypassrls" if login == "backup" else " nobypassrls"


def _without_passwords(present: set[str]) -> list[str]:
    return [
        f"create role {LOGIN_PREFIX}{login} login password '...'{_rights(login)}"
        for login in CHAPTER_AND_DESK
        if f"{LOGIN_PREFIX}{login}" not in present
    ]


def _is_superuser(connection: Connection) -> bool:
    return bool(connection.scalar(text("select rolsuper from pg_roles where rolname = current_user")))

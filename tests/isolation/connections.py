"""The logins' own connections to one database, and the outcome of a statement that is sent through one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

import psycopg
from psycopg import sql

from solidarity.settings import Login, Settings

INSUFFICIENT_PRIVILEGE = "42501"  # a missing privilege, or a row that the policy's check refuses
BROKEN_KEY = "23503"

Statement = str | sql.Composed


@dataclass(frozen=True)
class Outcome:
    """The outcome of a statement: SQLSTATE ('' on success), number of affected rows, and the text of all results."""

    state: str
    count: int = 0
    text: str = ""

    @property
    def refused(self) -> bool:
        """Whether privileges or a policy refused the statement."""
        return self.state == INSUFFICIENT_PRIVILEGE


@dataclass
class Connections:
    """One connection for each login, opened at first use."""

    settings: Settings
    opened: dict[str, psycopg.Connection[Any]] = field(default_factory=dict)

    def connection(self, login: Login) -> psycopg.Connection[Any]:
        """Return the login's connection."""
        if login not in self.opened:
            url = self.settings.database(login).set(drivername="postgresql")
            self.opened[login] = psycopg.connect(url.render_as_string(hide_password=False), connect_timeout=10)
        return self.opened[login]

    def close(self) -> None:
        """Close all connections."""
        for connection in self.opened.values():
            connection.close()
        self.opened.clear()

    @contextmanager
    def bound(self, login: Login, binding: str = "", *values: object) -> Iterator[psycopg.Connection[Any]]:
        """Begin a transaction, bind it with `binding`, and roll everything back afterwards."""
        connection = self.connection(login)
        connection.rollback()
        if binding:
            connection.execute(binding.encode(), values)
        try:
            yield connection
        finally:
            connection.rollback()

    @contextmanager
    def chapter(
        self, login: Literal["web", "worker"], chapter_id: object, actor: object = None
    ) -> Iterator[psycopg.Connection[Any]]:
        """Begin a transaction bound to a chapter, or to none."""
        with self.bound(login, "select use_chapter(%s, %s)", chapter_id, actor) as connection:
            yield connection

    @contextmanager
    def countries(self, login: Literal["desk", "compiler"], *countries: str) -> Iterator[psycopg.Connection[Any]]:
        """Begin a transaction bound to a list of countries."""
        with self.bound(login, "select use_countries(%s, null)", ",".join(countries)) as connection:
            yield connection


def attempt(connection: psycopg.Connection[Any], statement: Statement, values: Any = None) -> Outcome:
    """Run one statement in a savepoint, roll it back, and return the outcome."""
    try:
        with connection.transaction(force_rollback=True):
            cursor = connection.execute(_query(statement), values)
            rows = cursor.fetchall() if cursor.description else []
            return Outcome("", cursor.rowcount, "\n".join(map(str, rows)))
    except psycopg.Error as error:
        return Outcome(error.sqlstate or "?", 0, str(error))


def copied(connection: psycopg.Connection[Any], statement: Statement) -> Outcome:
    """Run a COPY TO in a savepoint, and return the outcome."""
    try:
        with connection.transaction(force_rollback=True), connection.cursor().copy(_query(statement)) as copy:
            lines = [bytes(block).decode() for block in copy]
            return Outcome("", len(lines), "".join(lines))
    except psycopg.Error as error:
        return Outcome(error.sqlstate or "?", 0, str(error))


def _query(statement: Statement) -> Any:
    return statement if isinstance(statement, sql.Composed) else statement.encode()

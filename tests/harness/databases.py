"""A database of a test's own, and the application over it.

Making an application and compiling its templates and statements costs more than the database does. So an application
is kept and lent to one test of a process after the other, over a database that is made anew each time under one name.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from flask import Flask
from jinja2 import FileSystemBytecodeCache
from psycopg import sql
from pydantic import SecretStr

from solidarity.app import create_app
from solidarity.database.engines import dispose_engines
from solidarity.enqueue import init_bell
from solidarity.settings import Settings

_numbers = itertools.count()


@dataclass(frozen=True)
class Kept:
    """An application between two tests, and what it was when it was new."""

    app: Flask
    settings: Settings
    database: str
    was: dict[str, dict[Any, Any]]

    def renew(self) -> None:
        """Undo what a test may have set or hung onto requests, and forget whether a broker was away."""
        for name, then in self.was.items():
            now = getattr(self.app, name)
            now.clear()
            now.update({key: list(value) if isinstance(value, list) else value for key, value in then.items()})
        init_bell(self.app, self.settings.redis_url.get_secret_value())
        self.app._got_first_request = False


_idle: list[Kept] = []
CHANGED_BY_TESTS = ("config", "extensions", "before_request_funcs", "after_request_funcs", "teardown_request_funcs")


def settings_for(database: str) -> Settings:
    """Return the settings of this run, pointed at one database, and at the numbered part of Valkey of this process."""
    here = Settings()
    url = here.database("owner").set(drivername="postgresql", database=database)
    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 15 + 1
    valkey = here.redis_url.get_secret_value().rsplit("/", 1)[0]
    return here.model_copy(
        update={
            "database_url": SecretStr(url.render_as_string(hide_password=False)),
            "redis_url": SecretStr(f"{valkey}/{number}"),
        }
    )


def new_name() -> str:
    """Return a name that no other database of this run has."""
    return f"t_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{os.getpid()}_{next(_numbers)}"


@contextmanager
def cloned(template: str, superuser_url: str, name: str | None = None) -> Iterator[Settings]:
    """Clone a database for one test, yield settings that point at it, and drop it."""
    name = name or new_name()
    with psycopg.connect(superuser_url, autocommit=True) as admin:
        admin.execute(
            sql.SQL("create database {} template {} owner solidarity_owner strategy file_copy").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )
        try:
            yield settings_for(name)
        finally:
            admin.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


def made(settings: Settings) -> Flask:
    """Make the application over `settings` as tests want it."""
    app = create_app(settings)
    app.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=False)
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(os.environ["SERVICES_DIR"], "%s.jinja")
    return app


@contextmanager
def running(settings: Settings) -> Iterator[Flask]:
    """Yield a new application over `settings`, with its connections closed at the end."""
    app = made(settings)
    try:
        yield app
    finally:
        dispose_engines(app)


def keep(app: Flask, settings: Settings, database: str) -> Kept:
    """Remember what a new application is like."""
    was = {
        name: {key: list(value) if isinstance(value, list) else value for key, value in getattr(app, name).items()}
        for name in CHANGED_BY_TESTS
    }
    return Kept(app, settings, database, was)


@contextmanager
def lent(template: str, superuser_url: str) -> Iterator[tuple[Flask, Settings]]:
    """Clone a database and lend a kept application over it; a test that holds two at once gets two."""
    kept = _idle.pop() if _idle else None
    name = kept.database if kept else new_name()
    with cloned(template, superuser_url, name) as settings:
        if kept is None or kept.settings != settings:
            kept = keep(made(settings), settings, name)
        kept.renew()
        try:
            yield kept.app, settings
        finally:
            dispose_engines(kept.app)
    _idle.append(kept)

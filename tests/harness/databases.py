"""A separate database for each test, and the application over it.

Creating an application and compiling its templates and statements takes longer than cloning a database. So the tests
of a process share an application, one after the other. Each gets a new clone of the database under the same name.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from harness.people import Browser, Person, World, make_world
from jinja2 import FileSystemBytecodeCache, StrictUndefined
from psycopg import sql
from pydantic import SecretStr
from sqlalchemy import create_engine
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from solidarity.app import create_app
from solidarity.enqueue import init_enqueue
from solidarity.settings import Settings
from tenants.db import db, opened
from tenants.scope import BoundSession, ChapterScope, Scope, bind

TEMPLATE = "solidarity"
CHANGED_BY_TESTS = ("config", "extensions", "before_request_funcs", "after_request_funcs", "teardown_request_funcs")
_numbers = itertools.count()


def settings_for(database: str) -> Settings:
    """Return the settings of this run for `database`, with the Valkey database number of this process."""
    settings = Settings()
    url = settings.database("owner").set(drivername="postgresql", database=database)
    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 15 + 1
    valkey = settings.redis_url.get_secret_value().rsplit("/", 1)[0]
    return settings.model_copy(
        update={
            "database_url": SecretStr(url.render_as_string(hide_password=False)),
            "redis_url": SecretStr(f"{valkey}/{number}"),
        }
    )


def database_of(settings: Settings) -> str:
    """Return the name of the database that `settings` point at."""
    return str(settings.database("owner").database)


def new_name() -> str:
    """Return a database name that is unique in this run."""
    return f"t_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{os.getpid()}_{next(_numbers)}"


@contextmanager
def cloned(template: str, superuser_url: str, name: str | None = None) -> Iterator[Settings]:
    """Clone `template`, yield settings that point at the clone, and drop it."""
    name = name or new_name()
    creation = sql.SQL("create database {} template {} owner solidarity_owner strategy file_copy")
    with psycopg.connect(superuser_url, autocommit=True) as admin:
        admin.execute(creation.format(sql.Identifier(name), sql.Identifier(template)))
        try:
            yield settings_for(name)
        finally:
            admin.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


def owner_connection(settings: Settings, *, autocommit: bool = False) -> psycopg.Connection[Any]:
    """Connect as the owner, who bypasses row-level security."""
    url = settings.database("owner").set(drivername="postgresql")
    return psycopg.connect(url.render_as_string(hide_password=False), autocommit=autocommit)


def superuser_connection(settings: Settings, superuser_url: str) -> psycopg.Connection[Any]:
    """Connect as the server's superuser to the database that `settings` point at."""
    return psycopg.connect(superuser_url, dbname=database_of(settings))


def app_for_tests(settings: Settings) -> Flask:
    """Create the application with the configuration of the tests."""
    app = create_app(settings)
    app.test_client_class = Browser
    app.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=False)
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(os.environ["SERVICES_DIR"], "%s.jinja")
    app.jinja_env.undefined = StrictUndefined  # a misspelt name is an empty text for visitors, and an error in tests
    return app


def disconnect(app: Flask) -> None:
    """Close all connections of an application."""
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose()


@contextmanager
def running_app(settings: Settings, *, make: Callable[[Settings], Flask] = app_for_tests) -> Iterator[Flask]:
    """Yield a new application over `settings`, and close its connections. `make` is `create_app` for production's."""
    app = make(settings)
    try:
        yield app
    finally:
        disconnect(app)


@dataclass(frozen=True)
class CachedApp:
    """An idle application, and copies of its attributes when it was new."""

    app: Flask
    settings: Settings
    database: str
    attributes: dict[str, dict[Any, Any]]

    @classmethod
    def of(cls, app: Flask, settings: Settings, database: str) -> CachedApp:
        """Copy the attributes of a new application that tests change."""
        return cls(app, settings, database, {name: _copy(getattr(app, name)) for name in CHANGED_BY_TESTS})

    def renew(self) -> None:
        """Restore the attributes, and forget whether the broker was unavailable."""
        for name, original in self.attributes.items():
            current = getattr(self.app, name)
            current.clear()
            current.update(_copy(original))
        init_enqueue(self.app, self.settings.redis_url.get_secret_value())
        self.app._got_first_request = False


_idle: list[CachedApp] = []


def _copy(values: dict[Any, Any]) -> dict[Any, Any]:
    return {key: list(value) if isinstance(value, list) else value for key, value in values.items()}


@contextmanager
def lent(template: str, superuser_url: str) -> Iterator[tuple[Flask, Settings]]:
    """Clone a database and yield an idle application over it, or a new one if none is idle."""
    idle = _idle.pop() if _idle else None
    name = idle.database if idle else new_name()
    with cloned(template, superuser_url, name) as settings:
        if idle is None or idle.settings != settings:
            idle = CachedApp.of(app_for_tests(settings), settings, name)
        idle.renew()
        try:
            yield idle.app, settings
        finally:
            disconnect(idle.app)
    _idle.append(idle)


@pytest.fixture
def settings(superuser_url: str) -> Iterator[Settings]:
    """The settings of a new database for one test, migrated and empty."""
    with cloned(TEMPLATE, superuser_url) as settings:
        yield settings


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """The application over an empty database."""
    with running_app(settings) as app:
        yield app


@pytest.fixture(scope="session")
def _world_template(superuser_url: str) -> Iterator[tuple[str, World]]:
    """A database with the people and chapters of `World`, made once for each process."""
    with cloned(TEMPLATE, superuser_url) as settings:
        with running_app(settings) as app, app.app_context():
            world = make_world()
        yield database_of(settings), world


@pytest.fixture(scope="session")
def worlds(_world_template: tuple[str, World], superuser_url: str) -> Callable[[], AbstractContextManager[World]]:
    """Return a function that opens a world like that of the fixture `world`: `with worlds() as world:`."""
    template, world = _world_template

    @contextmanager
    def open_world() -> Iterator[World]:
        with lent(template, superuser_url) as (app, settings):
            yield world.placed(app, settings)

    return open_world


@pytest.fixture
def world(worlds: Callable[[], AbstractContextManager[World]]) -> Iterator[World]:
    """Alice, Bob, Charlie, Dana and their chapters, in a new clone of the database under `world.app`."""
    with worlds() as world:
        yield world


@pytest.fixture
def client(world: World) -> FlaskClient:
    """A browser without a signed-in person."""
    return world.app.test_client()


@pytest.fixture
def as_person(world: World) -> Callable[[Person], FlaskClient]:
    """Return a function that returns a browser in which a person is signed in."""
    return world.browser_of


@pytest.fixture
def in_chapter(world: World) -> Iterator[Callable[..., AbstractContextManager[Session]]]:
    """Return a function that opens a committing session in a chapter: `with in_chapter(world.recife) as session:`."""
    with world.app.app_context():
        yield lambda chapter, actor=None, login="web": opened(
            ChapterScope(chapter.id, actor_id=actor.user_id if actor else None, login=login)
        )


@pytest.fixture
def rolled_back(_world_template: tuple[str, World]) -> Iterator[Callable[[Scope], Session]]:
    """Return a function that opens a session for one scope, in a transaction that is rolled back after the test.

    A test uses it for one role only, because in savepoint-joined sessions a binding outlives its request.
    """
    template, _ = _world_template
    sessions: list[tuple[Session, Any, Any]] = []

    def open_session(scope: Scope) -> Session:
        engine = create_engine(settings_for(template).database(scope.login), poolclass=NullPool)
        connection = engine.connect()
        transaction = connection.begin()
        session = BoundSession(db, bind=connection, join_transaction_mode="create_savepoint")
        bind(session, scope)
        sessions.append((session, transaction, connection))
        return session

    yield open_session
    for session, transaction, connection in reversed(sessions):
        session.close()
        transaction.rollback()
        connection.close()

"""Real services, a migrated template, a clone a test.

The xdist controller starts PostgreSQL, Valkey and a mail sink once, and migrates the database that every test's own
is cloned from. Flows that cross roles or processes use `app` or `world` (a clone, real commits); a test of one role may
use `rolled_back` instead.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from argon2 import PasswordHasher
from browser import chromium_path, serving
from clones import cloned, lent, running, settings_for
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, sync_playwright
from psycopg import sql
from services import Services, start_services
from sqlalchemy import create_engine
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from solidarity.database.migrate import migrate
from solidarity.settings import Settings
from tenants.db import db, opened
from tenants.people import passwords
from tenants.scope import BoundSession, ChapterScope, Scope, bind

if TYPE_CHECKING:
    from people import Person, World

TEMPLATE = "solidarity"
STARTED = pytest.StashKey[Services]()
# What takes long begins first, so that no process waits for it at the end.
LONG = (
    "tests/storm/",
    "tests/look/test_pages_in_browser.py",
    "tests/look/test_refusals_in_browser.py",
    "tests/running/test_up.py",
    "tests/isolation/test_mutations.py",
    "tests/faults/",
    "tests/flow/",
    "tests/jobs/",
)


def pytest_configure(config: pytest.Config) -> None:
    """Start the services in the controller; workers find them in the environment."""
    passwords._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)  # every test signs somebody in
    if hasattr(config, "workerinput") or config.option.collectonly:
        return
    services = config.stash[STARTED] = start_services()
    os.environ.update(services.environment, SUPERUSER_URL=services.superuser_url, SERVICES_DIR=str(services.folder))
    migrate(Settings())


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the long ones first, after the order was shuffled; every process does so alike."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONG))


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop what was started."""
    if STARTED in config.stash:
        config.stash[STARTED].stop()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the figures that tests have recorded, such as how many mutations were found."""
    for outcome in ("passed", "failed"):
        for report in terminalreporter.getreports(outcome):
            for name, value in report.user_properties:
                if name == "figure":
                    terminalreporter.write_line(str(value))


@pytest.fixture(scope="session")
def superuser_url() -> str:
    """The server's superuser, for what only an administrator may do."""
    return os.environ["SUPERUSER_URL"]


@pytest.fixture(scope="session")
def services_dir() -> Path:
    """Where the services of this run keep their files; the sink's mails are in `mail`."""
    return Path(os.environ["SERVICES_DIR"])


@pytest.fixture
def settings(superuser_url: str) -> Iterator[Settings]:
    """Settings of an empty, migrated database of this test's own."""
    with cloned(TEMPLATE, superuser_url) as settings:
        yield settings


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """The application over an empty database."""
    with running(settings) as app:
        yield app


@pytest.fixture(scope="session")
def _world_template(superuser_url: str) -> Iterator[tuple[str, World]]:
    """A database in which the standing people live, made once a process."""
    from people import make_world

    name = f"world_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{os.getpid()}"
    with psycopg.connect(superuser_url, autocommit=True) as admin:
        admin.execute(
            sql.SQL("create database {} template {} owner solidarity_owner strategy file_copy").format(
                sql.Identifier(name), sql.Identifier(TEMPLATE)
            )
        )
        with running(settings_for(name)) as app, app.app_context():
            made = make_world()
        yield name, made
        admin.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


@pytest.fixture(scope="session")
def worlds(_world_template: tuple[str, World], superuser_url: str) -> Callable[[], AbstractContextManager[World]]:
    """Return what opens a world as `world` is, for as long as the caller likes: `with worlds() as world:`."""
    name, made = _world_template

    @contextmanager
    def open_world() -> Iterator[World]:
        with lent(name, superuser_url) as (app, settings):
            yield made.placed(app, settings)

    return open_world


@pytest.fixture
def world(worlds: Callable[[], AbstractContextManager[World]]) -> Iterator[World]:
    """The standing people and their chapters, in a clone of their own with the application over it (`world.app`)."""
    with worlds() as world:
        yield world


@pytest.fixture
def address(world: World) -> Iterator[str]:
    """Where a browser finds the application over `world`."""
    with serving(world.app) as address:
        yield address


@pytest.fixture
def client(world: World) -> FlaskClient:
    """A browser in which nobody is signed in."""
    return world.app.test_client()


@pytest.fixture
def as_person(world: World) -> Callable[[Person], FlaskClient]:
    """Return a function that gives a browser in which a person is signed in."""
    return world.browser_of


@pytest.fixture
def in_chapter(world: World) -> Iterator[Callable[..., AbstractContextManager[Session]]]:
    """Return a function that opens a committing session in a chapter: `with in_chapter(world.recife) as session:`."""
    with world.app.app_context():
        yield lambda chapter, actor=None, login="web": opened(
            ChapterScope(chapter.id, actor_id=actor.user_id if actor else None, login=login)
        )


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A real browser without a window; open a context a person: `chromium.new_context(viewport=...)`."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium_path(),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
        )
        yield browser
        browser.close()


@pytest.fixture
def rolled_back(_world_template: tuple[str, World], superuser_url: str) -> Iterator[Callable[[Scope], Session]]:
    """Return a function that opens a session for one scope, in a transaction that is rolled back after the test.

    For one role only: in savepoint-joined sessions a binding outlives its request.
    """
    name, _ = _world_template
    opened_here: list[tuple[Session, object, object]] = []
    here = settings_for(name)

    def open_session(scope: Scope) -> Session:
        engine = create_engine(here.database(scope.login), poolclass=NullPool)
        connection = engine.connect()
        outer = connection.begin()
        session = BoundSession(db, bind=connection, join_transaction_mode="create_savepoint")
        bind(session, scope)
        opened_here.append((session, outer, connection))
        return session

    yield open_session
    for session, outer, connection in reversed(opened_here):
        session.close()
        outer.rollback()  # type: ignore[attr-defined]
        connection.close()  # type: ignore[attr-defined]

"""Databases and applications for the isolation tests: clones that commit, and a kernel without the web around it."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from flask import Flask
from psycopg import sql

from solidarity.database.engines import LOGINS, opened_application
from solidarity.settings import Settings
from tenants.db import db

_numbers = itertools.count()


@contextmanager
def clone(template: str, superuser_url: str) -> Iterator[Settings]:
    """Clone `template` and yield settings that point at the clone; drop it afterwards."""
    name = f"wall_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{os.getpid()}_{next(_numbers)}"
    with psycopg.connect(superuser_url, autocommit=True) as admin:
        making = sql.SQL("create database {} template {} owner solidarity_owner strategy file_copy")
        admin.execute(making.format(sql.Identifier(name), sql.Identifier(template)))
        try:
            yield settings_for(name)
        finally:
            admin.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


def settings_for(database: str) -> Settings:
    """Return this run's settings, pointed at `database`."""
    here = Settings()
    url = here.database("owner").set(drivername="postgresql", database=database)
    return here.model_copy(update={"database_url": type(here.database_url)(url.render_as_string(hide_password=False))})


def database_of(settings: Settings) -> str:
    """Return the name of the database that `settings` point at."""
    return str(settings.database("owner").database)


def owner_connection(settings: Settings, *, autocommit: bool = False) -> psycopg.Connection[Any]:
    """Connect as the owner, who passes the walls."""
    url = settings.database("owner").set(drivername="postgresql")
    return psycopg.connect(url.render_as_string(hide_password=False), autocommit=autocommit)


def administrator_connection(settings: Settings, superuser_url: str) -> psycopg.Connection[Any]:
    """Connect as the server's superuser to the database that `settings` point at."""
    return psycopg.connect(superuser_url, dbname=database_of(settings))


@contextmanager
def kernel(settings: Settings, *, pool_size: int = 2) -> Iterator[Flask]:
    """Yield an application that has the sessions and engines of ours and nothing else, inside its context.

    `pool_size` is how many connections each login may hold; one more waits, and fails after two seconds.
    """
    app = Flask("kernel")
    app.config["SQLALCHEMY_BINDS"] = {
        login: {"url": settings.database(login), "pool_size": pool_size, "max_overflow": 0, "pool_timeout": 2}
        for login in LOGINS
    }
    db.init_app(app)
    with opened_application(app):
        yield app

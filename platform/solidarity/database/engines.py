"""The engines, one per login, and the check that no login can see past the wall."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from solidarity.database.connections import connect_args, make_interruptible
from solidarity.settings import Login, Settings
from tenants.db import db
from tenants.errors import SolidarityError

LOGINS: tuple[Login, ...] = ("web", "worker", "desk", "compiler")
# Fewer connections than threads: when PostgreSQL does not answer, threads remain for pages that need no database.
POOL_SIZE = 6
POOL_SECONDS = 1.0

POWERS = text(
    """
    with owners as (select distinct relowner as oid from pg_class where relnamespace = 'public'::regnamespace)
    select r.rolsuper as superuser, r.rolbypassrls as bypass, r.oid in (select oid from owners) as owner,
           (select f.rolname from pg_auth_members m join pg_roles f on f.oid = m.roleid
            where m.member = r.oid and exists (
              select from pg_roles s where pg_has_role(f.oid, s.oid, 'member')
                and (s.rolsuper or s.rolbypassrls or s.oid in (select oid from owners)))
            order by f.rolname limit 1) as becomes
    from pg_roles r where r.rolname = current_user
    """
)


class UnsafeDatabase(SolidarityError):
    """A database, or a login to it, that could show a chapter the rows of another. The message has the correction."""


class LoginTooPowerful(UnsafeDatabase):
    """A login that could see past row-level security."""


def init_database(app: Flask, settings: Settings, *, logins: tuple[Login, ...] = LOGINS) -> None:
    """Give `app` one engine per login. Nothing connects yet."""
    app.config["SQLALCHEMY_BINDS"] = {
        login: {
            "url": settings.database(login),
            "pool_pre_ping": True,
            "pool_size": POOL_SIZE,
            "max_overflow": 0,
            "pool_timeout": POOL_SECONDS,
            "pool_recycle": 1800,
            "hide_parameters": True,  # errors of statements must not log names and addresses
            "connect_args": connect_args(login),
        }
        for login in logins
    }
    db.init_app(app)
    with app.app_context():
        for engine in db.engines.values():
            make_interruptible(engine)


@contextmanager
def opened_application(app: Flask) -> Iterator[None]:
    """Enter the context of `app` for one command, and leave no database connection open."""
    try:
        with app.app_context():
            yield
    finally:
        dispose_engines(app)


def dispose_engines(app: Flask, *, close: bool = True) -> None:
    """Drop the pooled connections of `app`. After a fork they belong to the parent: `close=False` leaves them open."""
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose(close=close)


def unpooled_engine(settings: Settings, login: Login, **connect_args: Any) -> Engine:
    """Return an engine that closes each connection after use and so needs no disposal."""
    return create_engine(settings.database(login), poolclass=NullPool, connect_args=connect_args, hide_parameters=True)


def refuse_powerful_logins(app: Flask) -> None:
    """Raise LoginTooPowerful, with instructions, if a login is or may become superuser, owner or exempt from the wall.

    A login that cannot connect now is skipped: `solidarity doctor` and /healthz report that.
    """
    with app.app_context():
        for login, engine in db.engines.items():
            try:
                refuse_powerful_login(str(login), engine)
            except OperationalError:
                continue
            finally:
                engine.dispose()  # processes forked from this one must not share its connections


def refuse_powerful_login(login: str, engine: Engine) -> None:
    """Raise LoginTooPowerful if the login of `engine` could see past the wall. Raises OperationalError unhandled."""
    with engine.connect() as connection:
        powers = connection.execute(POWERS).one()
        role = connection.scalar(text("select current_user"))
    if powers.superuser or powers.bypass:
        raise LoginTooPowerful(
            f"The {login} login connects as {role}, which row-level security does not hold. "
            f"Mend it as an administrator: alter role {role} nosuperuser nobypassrls;"
        )
    if powers.owner:
        raise LoginTooPowerful(
            f"The {login} login connects as {role}, which owns tables and could take the wall down. "
            f"Give the tables to solidarity_owner: reassign owned by {role} to solidarity_owner; "
            f"then set {login.upper()}_DB_PASSWORD so that we connect as solidarity_{login}."
        )
    if powers.becomes:
        raise LoginTooPowerful(
            f"The {login} login connects as {role}, which may become {powers.becomes} and so see past the wall. "
            f"Mend it as an administrator: revoke {powers.becomes} from {role};"
        )

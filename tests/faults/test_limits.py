"""PostgreSQL ends what takes too long for a login."""

from __future__ import annotations

import pytest
from harness.people import World
from psycopg.errors import LockNotAvailable, QueryCanceled
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from solidarity.database.connections import LIMITS
from solidarity.database.engines import LOGINS
from tenants.db import db


@pytest.mark.parametrize("login", LOGINS)
def test_each_login_has_its_limits(world: World, login: str) -> None:
    names = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
    with world.app.app_context(), db.engines[login].connect() as connection:
        seconds = [
            connection.scalar(text(f"select extract(epoch from current_setting('{name}')::interval)")) for name in names
        ]
    assert tuple(seconds) == LIMITS[login]  # type: ignore[index]


def test_a_statement_and_a_wait_end_with_an_error_that_is_answered_with_503(world: World) -> None:
    with world.app.app_context(), db.engines["web"].connect() as connection, db.engines["web"].connect() as other:
        with pytest.raises(OperationalError) as canceled:
            connection.execute(text("set local statement_timeout = 50; select pg_sleep(5)"))
        assert isinstance(canceled.value.orig, QueryCanceled)
        connection.rollback()
        connection.execute(text("select pg_advisory_xact_lock(77)"))
        with pytest.raises(OperationalError) as unavailable:
            other.execute(text("set local lock_timeout = 50; select pg_advisory_xact_lock(77)"))
        assert isinstance(unavailable.value.orig, LockNotAvailable)

"""The application refuses to start with a login that bypasses the walls, and its message shows the correction."""

from __future__ import annotations

import os
from collections.abc import Iterator

import psycopg
import pytest
from isolation.kernel import kernel
from isolation.rows import TwoChapters
from sqlalchemy import Engine, create_engine
from sqlalchemy.pool import NullPool

from solidarity.database.engines import LOGINS, LoginTooPowerful, refuse_powerful_login, refuse_powerful_logins
from tenants.db import db


@pytest.fixture
def role(superuser_url: str) -> Iterator[str]:
    """A new login without privileges, for one test."""
    name = f"someone_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{os.getpid()}"
    with psycopg.connect(superuser_url, autocommit=True) as admin:
        admin.execute(f"create role {name} login password 'known'".encode())
        yield name
        admin.execute(f"reassign owned by {name} to solidarity_owner".encode())
        admin.execute(f"drop role {name}".encode())


def _engine(two_chapters: TwoChapters, role: str) -> Engine:
    url = two_chapters.settings.database("web").set(username=role, password="known")
    return create_engine(url, poolclass=NullPool)


@pytest.mark.parametrize(
    ("power", "mend"),
    [
        ("alter role {} superuser", "alter role {} nosuperuser nobypassrls;"),
        ("alter role {} bypassrls", "alter role {} nosuperuser nobypassrls;"),
        ("grant solidarity_owner to {}", "revoke solidarity_owner from {};"),
        ("grant solidarity_backup to {}", "revoke solidarity_backup from {};"),
    ],
    ids=["superuser", "exempt", "becomes the owner", "becomes the backup"],
)
def test_a_login_with_power_is_refused_with_its_mend(
    two_chapters: TwoChapters, superuser_url: str, role: str, power: str, mend: str
) -> None:
    engine = _engine(two_chapters, role)
    refuse_powerful_login("web", engine)
    with psycopg.connect(superuser_url, autocommit=True) as admin:
        admin.execute(power.format(role).encode())
        with pytest.raises(LoginTooPowerful) as error:
            refuse_powerful_login("web", engine)
        sentence = str(error.value)
        assert role in sentence
        assert mend.format(role) in sentence
        admin.execute(mend.format(role).encode())
    refuse_powerful_login("web", engine)


def test_the_owner_is_refused_as_a_login_of_the_web(two_chapters: TwoChapters) -> None:
    engine = create_engine(two_chapters.settings.database("owner"), poolclass=NullPool)
    with pytest.raises(LoginTooPowerful, match="solidarity_owner"):
        refuse_powerful_login("web", engine)


def test_the_logins_of_ours_are_let_through_and_leave_no_connection(two_chapters: TwoChapters) -> None:
    with kernel(two_chapters.settings) as app:
        refuse_powerful_logins(app)
        assert {login: db.engines[login].pool.checkedin() for login in LOGINS} == dict.fromkeys(LOGINS, 0)  # type: ignore[attr-defined]

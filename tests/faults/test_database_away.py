"""The database becomes unavailable while digests are written. No chapter is postponed; the next tick processes it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import psycopg
import pytest
from harness.deliveries import QUIET_SINCE, QUIET_WEEKS, deliveries
from harness.people import World
from sqlalchemy import text, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from tenants.db import database_is_away, opened
from tenants.mail.desk_models import DeskReader
from tenants.mail.ledger import PLAIN
from tenants.mail.models import MailKind
from tenants.reminders import due
from tenants.reminders.desk import due as desk_due
from tenants.reminders.due import POISON_PAUSE, process_chapter
from tenants.reminders.models import ChapterClock
from tenants.reminders.rungs import on_the_ladder
from tenants.scope import NobodyScope

TerminateConnection = Callable[[Session], None]


@pytest.fixture
def terminate_connection(superuser_url: str) -> TerminateConnection:
    """Return a function that terminates a session's connection, as a killed database does."""

    def terminate(session: Session) -> None:
        number = session.scalar(text("select pg_backend_pid()"))
        with psycopg.connect(superuser_url, autocommit=True) as admin:
            admin.execute("select pg_terminate_backend(%s, 5000)", [number])

    return terminate


def first(terminate_connection: TerminateConnection, step: Callable[..., Any]) -> Callable[..., Any]:
    """Return `step` with the connection terminated before its first call."""
    times: list[bool] = []

    def cut_first(session: Session, *args: Any, **kwargs: Any) -> Any:
        if not times:
            times.append(True)
            terminate_connection(session)
        return step(session, *args, **kwargs)

    return cut_first


def next_at(model: Any, subject: UUID) -> Any:
    with opened(NobodyScope(login="worker")) as session:
        return session.get_one(model, subject).next_at


def test_a_chapter_is_not_put_off_when_the_database_goes_away(
    world: World, terminate_connection: TerminateConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(due, "on_the_ladder", first(terminate_connection, on_the_ladder))
    with world.app.app_context():
        before = next_at(ChapterClock, world.recife.id)
        with pytest.raises(OperationalError):
            process_chapter(world.recife.id, at=QUIET_SINCE, quiet_weeks=QUIET_WEEKS)
        assert next_at(ChapterClock, world.recife.id) == before
        assert process_chapter(world.recife.id, at=QUIET_SINCE, quiet_weeks=QUIET_WEEKS) == 1
        assert len(deliveries()) == 1


def test_a_reader_at_the_desk_is_not_put_off_when_the_database_goes_away(
    world: World, terminate_connection: TerminateConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = QUIET_SINCE
    monkeypatch.setattr(desk_due, "_kind_of_morning", first(terminate_connection, desk_due._kind_of_morning))
    with world.app.app_context():
        with opened(NobodyScope(login="worker")) as session:
            session.execute(update(DeskReader).values(next_at=at), execution_options=PLAIN)
        with pytest.raises(OperationalError):
            desk_due.process_reader(world.dana.user_id, at=at, quiet_weeks=QUIET_WEEKS)
        assert next_at(DeskReader, world.dana.user_id) == at
        assert desk_due.process_reader(world.dana.user_id, at=at, quiet_weeks=QUIET_WEEKS) == 1
        assert len(deliveries(MailKind.DESK_SUMMARY)) == 1


def test_a_statement_that_takes_too_long_is_the_chapters_own_fault(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def endless(session: Session, **_kwargs: Any) -> None:
        session.execute(text("set local statement_timeout = 50"))
        session.execute(text("select pg_sleep(5)"))

    monkeypatch.setattr(due, "on_the_ladder", endless)
    with world.app.app_context():
        assert process_chapter(world.recife.id, at=QUIET_SINCE, quiet_weeks=QUIET_WEEKS) == 0
        assert next_at(ChapterClock, world.recife.id) == QUIET_SINCE + POISON_PAUSE


def test_only_a_database_is_away() -> None:
    assert not database_is_away(ConnectionError())
    assert database_is_away(OperationalError("", {}, psycopg.OperationalError("server closed the connection")))
    assert not database_is_away(OperationalError("", {}, psycopg.errors.QueryCanceled()))

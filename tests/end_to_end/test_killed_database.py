"""PostgreSQL is killed while people log. Acknowledged activities are stored, and pages recover by themselves."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from harness.activity_form import WELL_FILLED, boxes
from harness.databases import running_app
from harness.people import World, make_world
from harness.processes import eventually
from harness.reporting import Reporting
from harness.services import running_postgres, temporary_folder
from pydantic import SecretStr
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from solidarity.database.migrate import migrate
from solidarity.embedded.servers.postgres import Postgres
from solidarity.settings import Settings
from tenants.db import db, new_id, opened
from tenants.scope import BoundSession, ChapterScope

WRITERS = 3
NEW = "/c/recife/activities/new"
PEOPLE = 44  # in each logged activity


@pytest.fixture
def server() -> Iterator[Postgres]:
    """A separate PostgreSQL with fsync, for one test."""
    with temporary_folder() as folder, running_postgres(folder) as server:
        yield server


@pytest.fixture
def own_world(server: Postgres) -> Iterator[World]:
    """The people of `World` on that server, with the application over it."""
    settings = Settings().model_copy(update={"database_url": SecretStr(server.make_owner("the owner's password"))})
    migrate(settings)
    with running_app(settings) as app:
        with app.app_context():
            world = make_world()
        yield world.placed(app, settings)


def test_what_alice_was_told_is_saved_is_there_after_the_database_was_killed(
    server: Postgres, own_world: World
) -> None:
    loggers = [Logger(own_world.browser_of(own_world.alice)) for _ in range(WRITERS)]
    for logger in loggers:
        logger.start()
    eventually(lambda: all(len(logger.saved) > 2 for logger in loggers), description="everybody has saved something")

    server.kill()
    eventually(
        lambda: all(logger.refused for logger in loggers), description="everybody has been told that it does not work"
    )
    server.start()
    before = [len(logger.saved) for logger in loggers]
    eventually(
        lambda: all(len(logger.saved) > earlier_count for logger, earlier_count in zip(loggers, before, strict=True)),
        description="everybody saves again, without a restart of the web",
    )
    for logger in loggers:
        logger.stop()

    saved_titles = {title for logger in loggers for title in logger.saved}
    assert saved_titles <= titles(own_world)
    assert {code for logger in loggers for code in logger.refused} == {503}
    reporting = Reporting(own_world)
    reporting.send(own_world.recife)
    reporting.approve(own_world.recife)
    reporting.compile()
    assert reporting.world_total() == PEOPLE * len(titles(own_world)), (
        "the report holds every entry there is, each once"
    )
    assert not reporting.check()


def test_a_database_killed_at_the_very_commit_is_told_as_such(server: Postgres, own_world: World) -> None:
    alice = own_world.browser_of(own_world.alice)
    form = {**boxes(alice.get(NEW).get_data(as_text=True)), **WELL_FILLED}

    def kill(session: Session) -> None:
        if session is db.session():
            server.kill()

    event.listen(BoundSession, "before_commit", kill)
    try:
        answer = alice.post(NEW, data=form)
    finally:
        event.remove(BoundSession, "before_commit", kill)
    assert answer.status_code == 503

    server.start()
    assert alice.post(NEW, data=form).status_code == 302, "sent again, it is saved, and counts once"
    assert len(titles(own_world)) == 1


class Logger(threading.Thread):
    """A person who logs one activity after another. It records the acknowledged titles and the refusals."""

    def __init__(self, client: FlaskClient) -> None:
        super().__init__(daemon=True)
        self.saved: list[str] = []
        self.refused: list[int] = []
        self._client = client
        self._form = boxes(client.get(NEW).get_data(as_text=True))
        self._enough = threading.Event()

    def run(self) -> None:
        """Log activities until `stop`."""
        while not self._enough.is_set():
            title = f"Roda {new_id()}"
            fields = {**self._form, **WELL_FILLED, "form_key": str(new_id()), "title": title}
            answer = self._client.post(NEW, data=fields)
            if answer.status_code == 302:
                self.saved.append(title)
            else:
                self.refused.append(answer.status_code)
                time.sleep(0.05)

    def stop(self) -> None:
        """Stop after the current activity."""
        self._enough.set()
        self.join(30)


def titles(world: World) -> set[str]:
    """Return the titles of the activities in Recife."""
    with world.app.app_context(), opened(ChapterScope(world.recife.id)) as session:
        return set(session.scalars(text("select title from activity_revisions")))

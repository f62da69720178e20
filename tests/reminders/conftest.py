"""A mail sink of this process's own, emptied before each test, and the world sending to it."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from mailroom import FailingServer, Mailbox, failing_server, point_mail_at
from people import World
from posting import QUIET_SINCE, QUIET_WEEKS
from services import start_sink, wait_for_sink

from solidarity.embedded.processes import end, free_port
from tenants.reminders.delivery import PostOffice
from tenants.reminders.due import wake
from workers.reminders import post_office


@pytest.fixture(scope="session")
def _sink(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mailbox]:
    folder: Path = tmp_path_factory.mktemp("sink")
    port = free_port()
    process = start_sink(folder, port)
    wait_for_sink(process, port)
    yield Mailbox(port, folder / "mail")
    end(process, (signal.SIGTERM, 5.0))


@pytest.fixture
def mailbox(_sink: Mailbox) -> Mailbox:
    """Our own sink, empty."""
    _sink.empty()
    return _sink


@pytest.fixture
def failing() -> Iterator[FailingServer]:
    """A mail server that fails as it is told."""
    with failing_server() as server:
        yield server


@pytest.fixture
def office(world: World, mailbox: Mailbox) -> Iterator[PostOffice]:
    """The post office of the world's application over our own sink, inside its context."""
    settings = point_mail_at(world.app, port=mailbox.port, outbox=mailbox.folder)
    assert settings.outbox_dir == mailbox.folder
    with world.app.app_context():
        yield impatient(world.app)


def impatient(app: Flask) -> PostOffice:
    """Return the post office of `app`, looking into uncertain mails at once."""
    return replace(post_office(app), grace=timedelta(0))


@pytest.fixture
def digest_of_recife(world: World, office: PostOffice) -> World:
    """Recife has been quiet, and its digest waits in the ledger."""
    assert wake(world.recife.id, at=QUIET_SINCE, quiet_weeks=QUIET_WEEKS) == 1
    return world

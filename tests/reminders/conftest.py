"""A mail sink of this process's own, emptied before each test, and the world sending to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from mailroom import FailingServer, Mailbox, failing_server, mailbox, point_mail_at, running_sink
from people import World
from posting import QUIET_SINCE, QUIET_WEEKS
from time_machine import travel

from tenants.mail.consumption import Reminder
from tenants.mail.delivery import PostOffice
from tenants.obligations.models import Obligation
from tenants.reminders.digest import Digest, read_digest
from tenants.reminders.due import wake
from workers.reminders import post_office

__all__ = ["mailbox", "running_sink"]


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
    with world.app.app_context(), travel(QUIET_SINCE, tick=True):
        yield impatient(world.app)


def impatient(app: Flask) -> PostOffice:
    """Return the post office of `app`, looking into uncertain mails at once."""
    return replace(post_office(app), grace=timedelta(0))


@pytest.fixture
def digest_of_recife(world: World, office: PostOffice) -> World:
    """Recife has been quiet, and its digest waits in the ledger."""
    assert wake(world.recife.id, at=QUIET_SINCE, quiet_weeks=QUIET_WEEKS) == 1
    return world


@pytest.fixture
def tell(monkeypatch: pytest.MonkeyPatch) -> Callable[[list[Obligation]], None]:
    """Return a function that says what the digests of this test tell of."""

    def say(obligations: list[Obligation]) -> None:
        def read(*args: Any, **more: Any) -> Digest:
            reminders = [Reminder(due, 0, is_new=True) for due in obligations]
            return replace(read_digest(*args, **more), reminders=reminders)

        monkeypatch.setattr("workers.emails.writing.read_digest", read)

    return say

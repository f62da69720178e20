"""A mail sink of this process, and the world sending to it on a Monday when two chapters have overdue obligations."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from harness.mail_sink import Mailbox, point_mail_at
from harness.people import World
from reminders.desk.mornings import MONDAY, settle
from time_machine import travel

from tenants.mail.delivery import MailSender
from workers.reminders import make_mail_sender


@pytest.fixture
def mail_sender(world: World, mailbox: Mailbox) -> Iterator[MailSender]:
    """The mail sender of the world's application, inside its context, on a Monday at 9:00 UTC."""
    point_mail_at(world.app, port=mailbox.port, outbox=mailbox.folder)
    with world.app.app_context(), travel(MONDAY, tick=True):
        settle()
        yield make_mail_sender(world.app)
